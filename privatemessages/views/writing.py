"""What the forms for messages do: a text is stored, and a command is carried out."""

from __future__ import annotations

from uuid import UUID, uuid5

from django.contrib.auth.models import AbstractBaseUser
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from .. import actions, commands, history
from ..errors import MessengerError, NotFound
from ..forms import MessageForm, problem
from ..standing import Place
from .notes import leave_note
from .requests import person_of


def write(request: HttpRequest, thread_id: int, form: MessageForm) -> bool:
    """Whether it is done; when not, the form says why. Raises NotFound."""
    text = form.cleaned_data["message"]
    if commands.is_command(text):
        return _carry_out(request, thread_id, form)
    return _send(person_of(request), thread_id, form, commands.unescape(text))


def to_newest(person: AbstractBaseUser, thread_id: int) -> HttpResponse:
    """The place in the page, for a browser without scripts; the inbox, after somebody left."""
    place = history.place(person.pk, thread_id)
    if place is None:
        return redirect("privatemessages:inbox")
    return redirect(_newest(thread_id, place) + "#newest")


def _newest(thread_id: int, place: Place) -> str:
    """A thread begins where one has not read; the newest may be on a later page."""
    if place.version - place.read <= history.PAGE_SIZE:
        return reverse("privatemessages:thread", args=[thread_id])
    return reverse("privatemessages:message", args=[thread_id, place.version])


def _carry_out(request: HttpRequest, thread_id: int, form: MessageForm) -> bool:
    call = commands.begin(person_of(request), thread_id)
    answer = commands.answer(call, form.cleaned_data["message"])
    if answer.code is not None:
        form.add_error("message", ValidationError(answer.text, code=answer.code))
        return False
    if answer.text:
        leave_note(request, answer.text)
    return True


def _send(person: AbstractBaseUser, thread_id: int, form: MessageForm, text: str) -> bool:
    try:
        _store(person, thread_id, text, form.cleaned_data["uuid"])
    except NotFound:
        raise
    except MessengerError as error:
        form.add_error("message", problem(error))
        return False
    return True


def _store(person: AbstractBaseUser, thread_id: int, text: str, uuid: UUID | None) -> None:
    message, _ = actions.send_message(person, thread_id, text, uuid=uuid)
    if uuid is not None and message.text != text:
        # "Back" may bring back the form of a message that was sent, to write another one in it.
        actions.send_message(person, thread_id, text, uuid=uuid5(uuid, text))
