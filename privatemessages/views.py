"""The pages. They check and call; what is decided, `actions` and `history` decide."""

from __future__ import annotations

from typing import Any, cast
from uuid import uuid5

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django.views.i18n import JavaScriptCatalog

from . import actions, history, pagedata
from .errors import Malformed, MessengerError, NotFound, ToSelf
from .forms import MessageForm, NewMessageForm, problem
from .history import MessagePage, ThreadCard

LONGEST_NUMBER = 19  # digits

javascript_catalog = JavaScriptCatalog.as_view(packages=["privatemessages"])


@require_safe
@never_cache
@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    return _inbox_page(request, NewMessageForm())


# An answer means committed, whatever the project's ATOMIC_REQUESTS says.
@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def send_message(request: HttpRequest) -> HttpResponse:
    """Writes to somebody by name, in the one thread with that person."""
    if request.method != "POST":  # signing in leads back here, without what was written
        return redirect("privatemessages:inbox")
    form = NewMessageForm(request.POST)
    if form.is_valid() and (thread_id := _write_to_person(_person(request), form)):
        return _to_newest(thread_id)
    return _inbox_page(request, form)


@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """A thread's newest messages, or with `?before=` the ones before; its form posts here."""
    form = MessageForm(request.POST or None)
    try:
        if form.is_valid() and _write(_person(request), thread_id, form):
            return _to_newest(thread_id)
        return _thread_page(request, thread_id, form)
    except (NotFound, Malformed) as error:
        raise Http404(error.detail) from None


def _write_to_person(person: AbstractBaseUser, form: NewMessageForm) -> int | None:
    """The thread, or None when the form says now why not."""
    try:
        found, _ = actions.start_direct_thread(person, _recipient(form))
    except (NotFound, ToSelf) as error:
        form.add_error("recipient_name", problem(error))
        return None
    return found.pk if _write(person, found.pk, form) else None


def _recipient(form: NewMessageForm) -> AbstractBaseUser:
    """Raises NoSuchPerson."""
    if chosen := form.cleaned_data["recipient_id"]:
        return history.person_with_id(chosen)
    return history.person_named(form.cleaned_data["recipient_name"])


def _write(person: AbstractBaseUser, thread_id: int, form: MessageForm) -> bool:
    """Whether it is stored; when not, the form says why. Raises NotFound."""
    text, uuid = form.cleaned_data["message"], form.cleaned_data["uuid"]
    try:
        message, _ = actions.send_message(person, thread_id, text, uuid=uuid)
        if message.text != text:
            # "Back" may bring back the form of a message that was sent, to write another one in it.
            actions.send_message(person, thread_id, text, uuid=uuid5(uuid, text))
    except NotFound:
        raise
    except MessengerError as error:
        form.add_error("message", problem(error))
        return False
    return True


def _inbox_page(request: HttpRequest, form: NewMessageForm) -> HttpResponse:
    try:
        page = history.inbox(_person(request), before=request.GET.get("before"))
    except Malformed as error:
        raise Http404(error.detail) from None
    data = pagedata.for_inbox(request, page.threads)
    context = {"cards": page.threads, "next": page.next, "form": form, "page": data}
    return render(request, "privatemessages/inbox.html", context)


def _thread_page(request: HttpRequest, thread_id: int, form: MessageForm) -> HttpResponse:
    before = _number(request.GET.get("before"))
    card = history.thread(_person(request), thread_id)
    page = history.messages(_person(request), thread_id, before=before)
    context = _thread_context(request, card, page, form) | {"is_newest": before is None}
    return render(request, "privatemessages/thread.html", context)


def _thread_context(
    request: HttpRequest, card: ThreadCard, page: MessagePage, form: MessageForm
) -> dict[str, Any]:
    is_full = len(page.messages) == history.PAGE_SIZE
    return {
        "thread": card,
        "entries": page.messages,
        "earlier": page.messages[0].seq if is_full else None,
        "form": form,
        "page": pagedata.for_thread(request, card, page),
    }


def _number(text: str | None) -> int | None:
    """Raises Malformed."""
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER):
        raise Malformed
    return int(text)


def _to_newest(thread_id: int) -> HttpResponse:
    """The place in the page, for a browser without scripts."""
    return redirect(reverse("privatemessages:thread", args=[thread_id]) + "#newest")


def _person(request: HttpRequest) -> AbstractBaseUser:
    """Behind `login_required` nobody is anonymous."""
    return cast(AbstractBaseUser, request.user)
