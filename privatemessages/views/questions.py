"""Before something that is not easily undone: the question, and what will happen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..history import ThreadCard
from ..models import Thread
from ..protocol import Sender
from ..roles import Act, Role


@dataclass(frozen=True, slots=True)
class Question:
    """`title` takes the thread's title, and the name of the person whom it is about."""

    act: Act
    title: Promise
    button: Promise
    consequences: Callable[[ThreadCard], list[str]]
    role: str = ""
    is_about_a_person: bool = False

    def title_of(self, card: ThreadCard, person: Sender | None) -> str:
        return str(self.title) % {"title": card.title, "name": person.name if person else ""}


def _leaving(card: ThreadCard) -> list[str]:
    lines = [_("You can neither read nor write here any more."), _return_of(card)]
    if card.member_count == 1:
        lines.append(_("You are the last one: nobody will be left."))
    elif card.role == Role.OWNER:
        lines.append(
            _(
                "If nobody else owns it, it passes to the moderator who has belonged longest, or"
                " else to the member who has."
            )
        )
    return lines


def _return_of(card: ThreadCard) -> str:
    if card.kind == Thread.Kind.GROUP:
        return _("To come back, you have to be added again.")
    if card.is_public:
        return _("You may come in again whenever you like.")
    return _("To come back, you have to be let in again.")


def _clearing(card: ThreadCard) -> list[str]:
    return [
        _("All that was written so far disappears, for everybody and from every open page."),
        _("This cannot be undone."),
    ]


def _closing(card: ThreadCard) -> list[str]:
    return [
        _("Nobody can write here any more, neither can you."),
        _("Everything can still be read, and it can be opened again."),
    ]


def _reopening(card: ThreadCard) -> list[str]:
    return [_("Everybody who belongs here can write again, except those who are muted.")]


def _deleting(card: ThreadCard) -> list[str]:
    lines = [
        ngettext(
            "It disappears with all that was written, for its %(count)s member.",
            "It disappears with all that was written, for all its %(count)s members.",
            card.member_count,
        )
        % {"count": card.member_count},
        _("This cannot be undone."),
    ]
    if card.kind == Thread.Kind.ROOM:
        lines.insert(1, _("Anybody may then make a new room of this name."))
    return lines


def _owning(card: ThreadCard) -> list[str]:
    return [
        _("They can then do everything that you can do here, closing and deleting included."),
        _("You stay an owner too, until you leave."),
        _("You cannot take this back."),
    ]


QUESTIONS: Mapping[str, Question] = {
    "leave": Question(
        Act.LEAVE, gettext_lazy("Leave “%(title)s”?"), gettext_lazy("Leave"), _leaving
    ),
    "clear": Question(
        Act.CLEAR,
        gettext_lazy("Clear the history of “%(title)s”?"),
        gettext_lazy("Clear the history"),
        _clearing,
    ),
    "close": Question(
        Act.CLOSE, gettext_lazy("Close “%(title)s”?"), gettext_lazy("Close"), _closing
    ),
    "reopen": Question(
        Act.REOPEN, gettext_lazy("Open “%(title)s” again?"), gettext_lazy("Open again"), _reopening
    ),
    "delete": Question(
        Act.DELETE, gettext_lazy("Delete “%(title)s”?"), gettext_lazy("Delete"), _deleting
    ),
    "own": Question(
        Act.APPOINT,
        gettext_lazy("Make %(name)s an owner of “%(title)s”?"),
        gettext_lazy("Make an owner"),
        _owning,
        role=Role.OWNER,
        is_about_a_person=True,
    ),
}
