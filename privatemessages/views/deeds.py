"""What each act of the members' page does: which form it comes with, and the words afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.contrib.auth.models import AbstractBaseUser
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import actions, history
from ..forms import (
    ActForm,
    AddForm,
    AppointForm,
    ConfigureForm,
    LastingForm,
    PersonForm,
    ReasonForm,
    RenameForm,
    TopicForm,
)
from ..models import Thread
from ..people import name_of
from ..roles import Role
from .inbox import recipient

Data = dict[str, Any]
Do = Callable[[AbstractBaseUser, int, Data], str]


@dataclass(frozen=True, slots=True)
class Deed:
    """`do` returns what the next page says, which is `then`.

    `field` is where a refusal is shown.
    """

    form: type[ActForm]
    do: Do
    field: str | None = None
    then: Literal["members", "thread", "inbox"] = "members"


def _add(person: AbstractBaseUser, thread_id: int, data: Data) -> str:
    return _admit(person, thread_id, recipient(data))


def _grant(person: AbstractBaseUser, thread_id: int, data: Data) -> str:
    return _admit(person, thread_id, _other(data))


def _admit(person: AbstractBaseUser, thread_id: int, other: AbstractBaseUser) -> str:
    if actions.add_member(person, thread_id, other):
        return _("%(name)s belongs here now.") % {"name": name_of(other)}
    return _("%(name)s belonged here already.") % {"name": name_of(other)}


def _decline(person: AbstractBaseUser, thread_id: int, data: Data) -> str:
    other = _other(data)
    actions.decline_entry(person, thread_id, other)
    return _("%(name)s was not let in.") % {"name": name_of(other)}


def _remove(person: AbstractBaseUser, thread_id: int, data: Data) -> str:
    other = _other(data)
    actions.remove_member(person, thread_id, other, data["reason"])
    return _("%(name)s was removed.") % {"name": name_of(other)}


def _ban(person: AbstractBaseUser, thread_id: int, data: Data) -> str:
    other = _other(data)
    actions.ban(person, thread_id, other, lasting=data["lasting"], reason=data["reason"])
    return _("%(name)s was banned.") % {"name": name_of(other)}


def _unban(person: AbstractBaseUser, thread_id: int, data: Data) -> str:
    other = _other(data)
    actions.unban(person, thread_id, other)
    return _("%(name)s may come in again.") % {"name": name_of(other)}


def _mute(person: AbstractBaseUser, thread_id: int, data: Data) -> str:
    other = _other(data)
    actions.mute(person, thread_id, other, lasting=data["lasting"], reason=data["reason"])
    return _("%(name)s may read now, but not write.") % {"name": name_of(other)}


def _unmute(person: AbstractBaseUser, thread_id: int, data: Data) -> str:
    other = _other(data)
    actions.unmute(person, thread_id, other)
    return _("%(name)s may write again.") % {"name": name_of(other)}


def _appoint(person: AbstractBaseUser, thread_id: int, data: Data) -> str:
    other, role = _other(data), data["role"]
    actions.appoint(person, thread_id, other, role)
    return _APPOINTED[role]() % {"name": name_of(other)}


_APPOINTED: Mapping[Role, Callable[[], str]] = {
    Role.OWNER: lambda: _("%(name)s is an owner now."),
    Role.MODERATOR: lambda: _("%(name)s is a moderator now."),
    Role.MEMBER: lambda: _("%(name)s is a plain member now."),
}


def _rename(person: AbstractBaseUser, thread_id: int, data: Data) -> str:
    actions.rename(person, thread_id, data["title"])
    return _("The name was changed.")


def _set_topic(person: AbstractBaseUser, thread_id: int, data: Data) -> str:
    actions.set_topic(person, thread_id, data["topic"])
    return _("The topic was changed.")


def _configure(person: AbstractBaseUser, thread_id: int, data: Data) -> str:
    is_room = history.thread(person, thread_id).kind == Thread.Kind.ROOM
    is_public = data["is_public"] if is_room else None
    actions.configure(person, thread_id, is_public=is_public, shows_past=data["shows_past"])
    return _("The settings were changed.")


def _leave(person: AbstractBaseUser, thread_id: int, data: Data) -> str:
    title = history.thread(person, thread_id).title
    actions.leave(person, thread_id)
    return _("You left “%(title)s”.") % {"title": title}


def _mark_read(person: AbstractBaseUser, thread_id: int, data: Data) -> str:
    actions.mark_read(person, thread_id, history.thread(person, thread_id).version)
    return _("It is marked as read.")


def _plain(act: Callable[[AbstractBaseUser, int], Any], words: Promise) -> Do:
    """An act that needs nothing but the thread, and what the next page says of it."""

    def do(person: AbstractBaseUser, thread_id: int, data: Data) -> str:
        act(person, thread_id)
        return str(words)

    return do


def _other(data: Data) -> AbstractBaseUser:
    """Raises NoSuchPerson."""
    return history.anybody_with_id(data["person"])


DEEDS: Mapping[str, Deed] = {
    "add": Deed(AddForm, _add, "recipient_name"),
    "grant": Deed(PersonForm, _grant),
    "decline": Deed(PersonForm, _decline),
    "remove": Deed(ReasonForm, _remove),
    "ban": Deed(LastingForm, _ban),
    "unban": Deed(PersonForm, _unban),
    "mute": Deed(LastingForm, _mute),
    "unmute": Deed(PersonForm, _unmute),
    "appoint": Deed(AppointForm, _appoint),
    "rename": Deed(RenameForm, _rename, "title"),
    "set_topic": Deed(TopicForm, _set_topic, "topic"),
    "configure": Deed(ConfigureForm, _configure),
    "leave": Deed(ActForm, _leave),
    "clear": Deed(ActForm, _plain(actions.clear_history, gettext_lazy("The history was cleared."))),
    "close": Deed(ActForm, _plain(actions.close_thread, gettext_lazy("This is closed now."))),
    "reopen": Deed(ActForm, _plain(actions.reopen_thread, gettext_lazy("This is open again."))),
    "delete": Deed(ActForm, _plain(actions.delete_thread, gettext_lazy("It was deleted."))),
    "mark_unread": Deed(
        ActForm, _plain(actions.mark_unread, gettext_lazy("It is marked as unread.")), then="inbox"
    ),
    "mark_read": Deed(ActForm, _mark_read, then="thread"),
    "silence": Deed(
        ActForm,
        _plain(actions.silence, gettext_lazy("You hear nothing more of what is written here.")),
        then="thread",
    ),
    "unsilence": Deed(
        ActForm,
        _plain(actions.unsilence, gettext_lazy("You hear of what is written here again.")),
        then="thread",
    ),
}
