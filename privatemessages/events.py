"""What happened to a thread, said in a sentence. Pure, but for the language of the moment."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext, gettext_noop

from . import protocol

SENTENCES: Mapping[str, str] = {
    "created": gettext_noop("%(actor)s made this: %(value)s"),
    "joined": gettext_noop("%(actor)s came in"),
    "added": gettext_noop("%(actor)s added %(person)s"),
    "left": gettext_noop("%(actor)s left"),
    "removed": gettext_noop("%(actor)s removed %(person)s"),
    "banned": gettext_noop("%(actor)s banned %(person)s"),
    "renamed": gettext_noop("%(actor)s changed the name to %(value)s"),
    "topic": gettext_noop("%(actor)s set the topic: %(value)s"),
    "topic_gone": gettext_noop("%(actor)s took the topic away"),
    "cleared": gettext_noop("%(actor)s cleared the history"),
    "closed": gettext_noop("%(actor)s closed this: it can be read, but nobody may write"),
    "reopened": gettext_noop("%(actor)s opened this again"),
    "erased": gettext_noop("A message by a deleted person was removed"),
    "appointed_owner": gettext_noop("%(person)s is an owner now"),
    "appointed_moderator": gettext_noop("%(person)s is a moderator now"),
    "appointed_member": gettext_noop("%(person)s is not a moderator any more"),
}
NOBODY = gettext_noop("A deleted person")


def english(actor: protocol.Sender | None, event: protocol.Happening) -> str:
    return _fill(SENTENCES[_key(event)], actor, event, NOBODY)


def sentence(actor: protocol.Sender | None, event: protocol.Happening) -> str:
    """In the language of whoever reads it now."""
    return _fill(gettext(SENTENCES[_key(event)]), actor, event, gettext(NOBODY))


def _key(event: protocol.Happening) -> str:
    if event.code == "appointed":
        return f"appointed_{event.value}"
    return "topic_gone" if event.code == "topic" and not event.value else event.code


def _fill(words: str, actor: protocol.Sender | None, event: protocol.Happening, nobody: str) -> str:
    return words % {
        "actor": actor.name if actor else nobody,
        "person": event.person.name if event.person else nobody,
        "value": event.value,
    }
