"""The page with two panes: the threads, and beside them one of them, or the way to somebody new."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from .. import history, pagedata
from ..errors import Malformed
from ..forms import MessageForm, NewMessageForm
from ..history import Opening
from .asking import who_asks
from .lines import lines_of
from .notes import take_notes
from .presence import here_now
from .requests import person_of


def inbox_page(request: HttpRequest, form: NewMessageForm, *, pane: str) -> HttpResponse:
    """`pane` is what a phone shows: "inbox", or "thread" for the form."""
    try:
        return _page(request, None, {"new_form": form, "form": MessageForm(), "pane": pane})
    except Malformed as error:
        raise Http404(error.detail) from None


def thread_page(request: HttpRequest, opening: Opening, form: MessageForm) -> HttpResponse:
    """Raises NotFound, where somebody was removed in this moment, and Malformed."""
    context = _conversation(request, opening) | {"form": form, "pane": "thread"}
    return _page(request, opening, context)


def _page(request: HttpRequest, opening: Opening | None, context: dict[str, Any]) -> HttpResponse:
    inbox = history.inbox(person_of(request), before=request.GET.get("before"))
    shared = {
        "cards": inbox.threads,
        "next": inbox.next,
        "new_form": NewMessageForm(),
        "notes": take_notes(request),
        "page": pagedata.for_messenger(request, inbox, opening),
    }
    return render(request, "privatemessages/messenger.html", shared | context)


def _conversation(request: HttpRequest, opening: Opening) -> dict[str, Any]:
    person, card, entries = person_of(request), opening.thread, opening.messages
    return {
        "thread": card,
        "lines": lines_of(entries, str(person.pk), opening.first_unread),
        "earlier": None if opening.is_oldest or not entries else entries[0].seq,
        "later": None if opening.is_newest or not entries else entries[-1].seq,
        "present": here_now(person, card),
        "asking": len(who_asks(person, card)),
    }
