"""The rows of a list of members: what each one is, and what I may do to them."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser

from ..history import MemberCard, MemberPage, ThreadCard
from ..people import administers
from ..roles import Act, Role

ON_PEOPLE = frozenset({Act.REMOVE, Act.BAN, Act.MUTE, Act.UNMUTE, Act.APPOINT})


@dataclass(frozen=True, slots=True)
class Row:
    """`acts` are those that make sense now; `roles` those that I may give them."""

    card: MemberCard
    is_me: bool
    acts: frozenset[str]
    roles: frozenset[str]


def rows_of(page: MemberPage, mine: ThreadCard, person: AbstractBaseUser) -> list[Row]:
    above = len(Role) if administers(person) else Role(mine.role).rank
    return [_row(card, mine, str(person.pk), above) for card in page.members]


def _row(card: MemberCard, mine: ThreadCard, user_id: str, above: int) -> Row:
    is_me = card.person.id == user_id
    may = not is_me and Role(card.role).rank < above
    acts = ON_PEOPLE.intersection(mine.acts) if may else frozenset()
    acts -= {Act.UNMUTE} if card.muted_until is None else set()
    return Row(
        card=card,
        is_me=is_me,
        acts=frozenset(acts),
        roles=frozenset(set(Role) - {card.role}) if Act.APPOINT in acts else frozenset(),
    )
