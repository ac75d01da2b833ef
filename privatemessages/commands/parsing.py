"""The text of a command, word for word. Pure."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils.translation import gettext_noop

from ..errors import BadArguments, BadDuration

FOREVER = "forever"
SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
DIGITS = 9  # of a time at most; with more it would be longer than any that is allowed
NOT_A_TIME = gettext_noop("Times are written like this: 10m, 2h, 3d, 1w or forever.")

# Keyboards of telephones turn quotation marks into these by themselves.
_QUOTED = re.compile(r'@?(?:"([^"]*)"|“([^”]*)”|„([^“”]*)[“”]|«([^»]*)»)(?=\s|$)')
_OPENING = re.compile(r'@?["“„«]')
_MEANT_AS_TIME = re.compile(r"[-−–+]?[0-9]")
_TIME = re.compile(rf"\+?0*([0-9]{{1,{DIGITS}}})([{''.join(SECONDS)}])")
_BELOW_ZERO = re.compile(rf"[-−–][0-9]+[{''.join(SECONDS)}]")


def split(text: str) -> tuple[str, str]:
    """The command's name, in lower case and without its slash, and what follows it."""
    words = text[1:].split(maxsplit=1)
    if not words or text[1].isspace():
        return "", text[1:].strip()
    return words[0].casefold(), words[1].strip() if len(words) > 1 else ""


class Words:
    """What follows a command's name, taken from the left."""

    def __init__(self, text: str) -> None:
        self.rest = text

    def peek(self) -> str:
        return self.rest.split(maxsplit=1)[0] if self.rest else ""

    def next(self) -> str:
        """The next word, or what stands in quotation marks; "" at the end.

        Raises BadArguments for a quotation that does not end.
        """
        if quoted := _QUOTED.match(self.rest):
            self.rest = self.rest[quoted.end() :].lstrip()
            return "".join(filter(None, quoted.groups()))
        if _OPENING.match(self.rest):
            raise BadArguments
        word = self.peek()
        self.rest = self.rest[len(word) :].lstrip()
        return word

    def all(self) -> str:
        text, self.rest = self.rest, ""
        return text


def is_duration(word: str) -> bool:
    """Whether a word is meant as one, be it well written or not."""
    return word.lower() == FOREVER or _MEANT_AS_TIME.match(word) is not None


def duration(word: str) -> timedelta | None:
    """None is without end. Raises BadDuration; whether a time is too long, `actions` says."""
    word = word.lower()
    if word == FOREVER:
        return None
    if _BELOW_ZERO.fullmatch(word):
        raise BadDuration
    return _seconds(word)


def _seconds(word: str) -> timedelta:
    written = _TIME.fullmatch(word)
    if written is None:
        raise BadDuration(NOT_A_TIME)
    try:
        return timedelta(seconds=int(written[1]) * SECONDS[written[2]])
    except OverflowError:
        raise BadDuration from None
