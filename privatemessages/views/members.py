"""Who belongs to a group or room, and what one may do there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .. import history, pagedata
from ..errors import Malformed, NotFound
from ..forms import LASTING, USUAL, ActForm, AddForm, ConfigureForm, RenameForm, TopicForm
from ..history import MemberPage, ThreadCard
from ..models import REASON_LIMIT, Thread
from .asking import who_asks, who_is_banned
from .notes import take_notes
from .requests import person_of
from .rows import rows_of

REFUSED = 400


@dataclass(frozen=True, slots=True)
class Refused:
    """An act that was not done, with the form that says why."""

    act: str
    form: ActForm
    status: int

    @property
    def person(self) -> str:
        """To whom it was meant to be done."""
        return str(self.form.data.get("person", ""))


@require_safe
@never_cache
@login_required
def members(request: HttpRequest, thread_id: int) -> HttpResponse:
    try:
        return members_page(request, thread_id)
    except NotFound as error:
        raise Http404(error.detail) from None


def members_page(
    request: HttpRequest, thread_id: int, refused: Refused | None = None
) -> HttpResponse:
    """Raises NotFound, for a direct thread too: its two people are on its own page."""
    card = history.thread(person_of(request), thread_id)
    if card.kind == Thread.Kind.DIRECT:
        raise NotFound
    found, search_problem = _search(request, thread_id)
    forms = _forms(card, refused)
    context = {
        "thread": card,
        "search": request.GET.get("q", ""),
        "search_problem": search_problem,
        "members": rows_of(found, card, person_of(request)),
        "next": _next(request, found),
        "refused": refused,
        "problems": _problems(refused, forms),
        "lasting": LASTING,
        "chosen_time": USUAL,
        "reason_limit": REASON_LIMIT,
        "address": _address(request, card),
        "notes": take_notes(request),
        "page": pagedata.for_page(request),
        **_waiting(request, card),
        "forms": forms,
    }
    status = refused.status if refused else REFUSED if search_problem else 200
    return render(request, "privatemessages/members.html", context, status=status)


def _search(request: HttpRequest, thread_id: int) -> tuple[MemberPage, str]:
    """The members that were asked for; or all of them, with what is wrong with the search."""
    person, query = person_of(request), request.GET.get("q", "").strip()
    after = request.GET.get("after")
    try:
        return history.members(person, thread_id, query=query, after=after), ""
    except Malformed as error:
        if after is not None:
            raise NotFound from error
        return history.members(person, thread_id), _("Nobody here is called so.")


def _next(request: HttpRequest, found: MemberPage) -> str | None:
    """The query of the next page."""
    if found.next is None:
        return None
    return urlencode({"q": request.GET.get("q", ""), "after": found.next})


def _waiting(request: HttpRequest, card: ThreadCard) -> dict[str, Any]:
    """Who asks to be let in, and who is kept out, for those who may change it."""
    person = person_of(request)
    return {"requests": who_asks(person, card), "bans": who_is_banned(person, card)}


def _address(request: HttpRequest, card: ThreadCard) -> str:
    """As people read it, to tell it to others."""
    if card.slug is None:
        return ""
    return unquote(request.build_absolute_uri(reverse("privatemessages:room", args=[card.slug])))


def _forms(card: ThreadCard, refused: Refused | None) -> dict[str, ActForm]:
    forms: dict[str, ActForm] = {
        "add": AddForm(),
        "rename": RenameForm(initial={"title": card.title}),
        "set_topic": TopicForm(initial={"topic": card.topic}),
        "configure": ConfigureForm(
            initial={"is_public": card.is_public, "shows_past": card.shows_past}
        ),
    }
    if refused is not None and refused.act in forms and refused.act in card.acts:
        forms[refused.act] = refused.form
    if card.kind != Thread.Kind.ROOM:
        del forms["configure"].fields["is_public"]
    return forms


def _problems(refused: Refused | None, forms: dict[str, ActForm]) -> list[str]:
    """What is wrong with an act whose form is not on the page to show it."""
    if refused is None or refused.form in forms.values():
        return []
    return [str(words) for found in refused.form.errors.values() for words in found]
