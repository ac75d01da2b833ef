"""What the roles may do: one table, which `actions` enforces and nobody else decides.

A person may do an act where their role is at least the one that stands in the table for the act
and the kind of thread; an act that is not there is for nobody. Acts on a person need a higher role
than that person has. Whoever has the permission ADMINISTER may do every act of administration in
groups and rooms, as if above all owners, without belonging there; reading and writing still need a
place in the thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

ADMINISTER = "privatemessages.administer_threads"  # Django's permission, for an operator's staff


class Role(StrEnum):
    """In the order of their rank, the lowest first."""

    MEMBER = "member"
    MODERATOR = "moderator"
    OWNER = "owner"

    @property
    def rank(self) -> int:
        return list(Role).index(self)


class Act(StrEnum):
    READ = "read"
    POST = "post"
    LEAVE = "leave"
    ADD = "add"  # somebody; in a private room also by granting a request
    REMOVE = "remove"
    RENAME = "rename"
    SET_TOPIC = "set_topic"
    MUTE = "mute"
    UNMUTE = "unmute"
    BAN = "ban"
    UNBAN = "unban"
    APPOINT = "appoint"  # give somebody another role
    CONFIGURE = "configure"  # public or private; whether newcomers see the past
    CLEAR = "clear"
    CLOSE = "close"
    REOPEN = "reopen"
    DELETE = "delete"


# What anybody who belongs may do; the rest is administration, which ADMINISTER allows too.
PERSONAL = frozenset({Act.READ, Act.POST, Act.LEAVE})

_GATHERING: Mapping[Act, Role] = {
    Act.READ: Role.MEMBER,
    Act.POST: Role.MEMBER,
    Act.LEAVE: Role.MEMBER,
    Act.ADD: Role.MODERATOR,
    Act.REMOVE: Role.MODERATOR,
    Act.RENAME: Role.MODERATOR,
    Act.SET_TOPIC: Role.MODERATOR,
    Act.MUTE: Role.MODERATOR,
    Act.UNMUTE: Role.MODERATOR,
    Act.BAN: Role.MODERATOR,
    Act.UNBAN: Role.MODERATOR,
    Act.APPOINT: Role.OWNER,
    Act.CONFIGURE: Role.OWNER,
    Act.CLEAR: Role.OWNER,
    Act.CLOSE: Role.OWNER,
    Act.REOPEN: Role.OWNER,
    Act.DELETE: Role.OWNER,
}

RIGHTS: Mapping[str, Mapping[Act, Role]] = {
    "direct": {Act.READ: Role.MEMBER, Act.POST: Role.MEMBER},
    "group": _GATHERING,
    "room": {**_GATHERING, Act.RENAME: Role.OWNER},  # a room's name is its address
}


def allows(role: Role | None, act: Act, kind: str, *, administers: bool = False) -> bool:
    """Whether somebody of this role, None for who does not belong, may do that there."""
    needed = RIGHTS[kind].get(act)
    if needed is None:
        return False
    has_role = role is not None and role.rank >= needed.rank
    return has_role or (administers and act not in PERSONAL)


def acts_of(role: Role | None, kind: str, *, administers: bool = False) -> list[Act]:
    """What somebody may do there, as the table has it; `role` is None for who does not belong."""
    return [act for act in RIGHTS[kind] if allows(role, act, kind, administers=administers)]
