"""One thread: its history, and the form that writes in it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .. import history, pagedata
from ..errors import Malformed, NotFound
from ..forms import MessageForm
from ..history import MessagePage, ThreadCard
from .asking import who_asks
from .lines import lines_of
from .notes import take_notes
from .presence import here_now
from .requests import number, person_of
from .writing import to_newest, write


@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """A thread's newest messages, or with `?before=` the ones before; its form posts here."""
    form = MessageForm(request.POST or None)
    try:
        if form.is_valid() and write(request, thread_id, form):
            return to_newest(person_of(request), thread_id)
        return thread_page(request, thread_id, form)
    except (NotFound, Malformed) as error:
        raise Http404(error.detail) from None


def thread_page(request: HttpRequest, thread_id: int, form: MessageForm) -> HttpResponse:
    """Raises NotFound and Malformed."""
    before = number(request.GET.get("before"))
    card = history.thread(person_of(request), thread_id)
    page = history.messages(person_of(request), thread_id, before=before)
    context = _context(request, card, page, form) | {"is_newest": before is None}
    return render(request, "privatemessages/thread.html", context)


def _context(
    request: HttpRequest, card: ThreadCard, page: MessagePage, form: MessageForm
) -> dict[str, Any]:
    is_full = len(page.messages) == history.PAGE_SIZE
    return {
        "thread": card,
        "lines": lines_of(page.messages, str(person_of(request).pk)),
        "earlier": page.messages[0].seq if is_full else None,
        "present": here_now(person_of(request), card),
        "asking": len(who_asks(person_of(request), card)),
        "form": form,
        "notes": take_notes(request),
        "page": pagedata.for_thread(request, card, page),
    }
