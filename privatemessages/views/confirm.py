"""What is not easily undone is asked once more, on a page that says what will happen."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .. import history, pagedata
from ..errors import NotFound
from ..history import ThreadCard
from ..protocol import Sender
from .questions import QUESTIONS, Question
from .requests import person_of


@require_safe
@never_cache
@login_required
def confirm(request: HttpRequest, thread_id: int, act: str) -> HttpResponse:
    """Who may not do it hears that here already."""
    try:
        card = history.thread(person_of(request), thread_id)
        return _page(request, card, QUESTIONS[act])
    except (NotFound, KeyError):
        raise Http404 from None


def _page(request: HttpRequest, card: ThreadCard, question: Question) -> HttpResponse:
    """Raises NotFound where it is about a person who does not belong there."""
    if question.act not in card.acts:
        raise PermissionDenied
    person = _member(card, request.GET.get("person", "")) if question.is_about_a_person else None
    context = {
        "thread": card,
        "question": question,
        "person": person,
        "title": question.title_of(card, person),
        "consequences": question.consequences(card),
        "page": pagedata.for_page(request),
    }
    return render(request, "privatemessages/confirm.html", context)


def _member(card: ThreadCard, user_id: str) -> Sender:
    other = history.anybody_with_id(user_id)
    if history.place(other.pk, card.id) is None:
        raise NotFound
    return history.sender_shape(other)
