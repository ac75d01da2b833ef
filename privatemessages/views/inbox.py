"""The inbox, and writing to somebody from there."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from .. import actions, history
from ..errors import NotFound, ToSelf
from ..forms import NewMessageForm, problem
from .messenger import inbox_page
from .requests import person_of
from .writing import to_newest, write


@require_safe
@never_cache
@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    return inbox_page(request, NewMessageForm(), pane="inbox")


# An answer means committed, whatever the project's ATOMIC_REQUESTS says.
@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def send_message(request: HttpRequest) -> HttpResponse:
    """Writes to somebody by name, in the one thread with that person."""
    form = NewMessageForm(request.POST or None)
    if form.is_valid() and (thread_id := _write_to_person(request, form)):
        return to_newest(person_of(request), thread_id)
    return inbox_page(request, form, pane="thread")


def recipient(chosen: dict[str, Any]) -> AbstractBaseUser:
    """What a RecipientForm holds. Raises NoSuchPerson."""
    if chosen["recipient_id"]:
        return history.person_with_id(chosen["recipient_id"])
    return history.person_named(chosen["recipient_name"])


def _write_to_person(request: HttpRequest, form: NewMessageForm) -> int | None:
    """The thread, or None when the form says now why not."""
    try:
        found, _ = actions.start_direct_thread(person_of(request), recipient(form.cleaned_data))
    except (NotFound, ToSelf) as error:
        form.add_error("recipient_name", problem(error))
        return None
    return found.pk if write(request, found.pk, form) else None
