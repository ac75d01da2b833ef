"""The commands of those who run a group or room."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import actions, people
from ..roles import Act, Role
from .arguments import Anybody, BannedPerson, Duration, Member, Person, Text
from .calls import Call
from .registry import command

PERSON = gettext_lazy("person")
PERSON_AND_REASON = gettext_lazy("person [reason]")
PERSON_TIME_AND_REASON = gettext_lazy("person [10m|2h|3d|1w|forever] [reason]")

_SOME_DAY = datetime(2001, 1, 1, tzinfo=UTC)  # how long a month is, depends on where it begins


@command("invite", usage=PERSON, help=gettext_lazy("lets somebody in"), act=Act.ADD)
def invite(call: Call, person: Person) -> str:
    if actions.add_member(call.person, call.thread.id, person):
        return _("%(person)s belongs to this now.") % _named(person)
    return _("%(person)s belonged to this already.") % _named(person)


@command(
    "kick",
    usage=PERSON_AND_REASON,
    help=gettext_lazy("removes somebody, who may come back"),
    aliases=["kill"],  # as it was called in older chats
    act=Act.REMOVE,
)
def kick(call: Call, person: Member, reason: Text = "") -> str:
    actions.remove_member(call.person, call.thread.id, person, reason)
    return _("%(person)s does not belong to this any more.") % _named(person)


@command(
    "ban",
    usage=PERSON_TIME_AND_REASON,
    help=gettext_lazy("removes somebody and keeps them out"),
    act=Act.BAN,
)
def ban(call: Call, person: Anybody, lasting: Duration = None, reason: Text = "") -> str:
    actions.ban(call.person, call.thread.id, person, lasting=lasting, reason=reason)
    if lasting is None:
        return _("%(person)s is kept out for good.") % _named(person)
    return _("%(person)s is kept out. For how long: %(time)s.") % _timed(person, lasting)


@command("unban", usage=PERSON, help=gettext_lazy("ends a ban"), act=Act.UNBAN)
def unban(call: Call, person: BannedPerson) -> str:
    actions.unban(call.person, call.thread.id, person)
    return _("%(person)s may come back.") % _named(person)


@command(
    "mute",
    usage=PERSON_TIME_AND_REASON,
    help=gettext_lazy("lets somebody read and not write"),
    act=Act.MUTE,
)
def mute(call: Call, person: Member, lasting: Duration = None, reason: Text = "") -> str:
    actions.mute(call.person, call.thread.id, person, lasting=lasting, reason=reason)
    if lasting is None:
        return _("%(person)s may not write any more.") % _named(person)
    return _("%(person)s may not write. For how long: %(time)s.") % _timed(person, lasting)


@command("unmute", usage=PERSON, help=gettext_lazy("lets somebody write again"), act=Act.UNMUTE)
def unmute(call: Call, person: Member) -> str:
    actions.unmute(call.person, call.thread.id, person)
    return _("%(person)s may write.") % _named(person)


@command("mod", usage=PERSON, help=gettext_lazy("makes somebody a moderator"), act=Act.APPOINT)
def make_moderator(call: Call, person: Member) -> str:
    actions.appoint(call.person, call.thread.id, person, Role.MODERATOR)
    return _("%(person)s is a moderator.") % _named(person)


@command("unmod", usage=PERSON, help=gettext_lazy("makes a moderator a member"), act=Act.APPOINT)
def unmake_moderator(call: Call, person: Member) -> str:
    actions.appoint(call.person, call.thread.id, person, Role.MEMBER)
    return _("%(person)s is no moderator.") % _named(person)


@command("clear", help=gettext_lazy("takes the history away, for everybody"), act=Act.CLEAR)
def clear(call: Call) -> str:
    actions.clear_history(call.person, call.thread.id)
    return _("The history is cleared.")


def _named(person: AbstractBaseUser) -> dict[str, str]:
    return {"person": people.name_of(person)}


def _timed(person: AbstractBaseUser, lasting: timedelta) -> dict[str, str]:
    return {**_named(person), "time": timesince(_SOME_DAY, _SOME_DAY + lasting)}
