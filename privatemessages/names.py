"""What groups and rooms may be called, and the address that a room's name has. Pure."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext_noop

from .errors import BadName, NameTooLong

NAME_LIMIT = 60  # code points
TOPIC_LIMIT = 250  # code points
SLUG_LIMIT = 200  # code points; one character of a name may unfold into several
# Code points as they come in; one that is composed is written with four at most. To put marks in
# their order takes Python time by the square of their number: hours for what one request may hold.
WRITTEN_LIMIT = 4 * TOPIC_LIMIT

UNSEEN_IN_TOPIC = gettext_noop("A topic has no invisible characters.")

# General categories of characters (Unicode, table 4-4).
_ALOUD = frozenset("LN")  # letters and numbers
_WORD = _ALOUD | {"M"}  # and the marks that belong to them
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Unseen letters and marks, which the categories do not tell from others.
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
# Unseen too, but part of words in Persian, Hindi and Mongolian, and of emoji.
_JOINERS = frozenset("\u200c\u200d")
_SELECTORS = frozenset(
    map(chr, (*range(0x180B, 0x180E), 0x180F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)


def clean_name(name: str) -> str:
    """The name as it is kept: composed (NFC), single spaces.

    Raises BadName for one that is empty, has nothing to say aloud, or hides characters that turn
    or change what stands beside them; NameTooLong.
    """
    name = _plain(name)
    if len(name) > NAME_LIMIT:
        raise NameTooLong
    if not any(unicodedata.category(character)[0] in _ALOUD for character in name):
        raise BadName
    return name


def clean_topic(topic: str) -> str:
    """May be empty, which takes it away; raises BadName and NameTooLong."""
    topic = _plain(topic, UNSEEN_IN_TOPIC)
    if len(topic) > TOPIC_LIMIT:
        raise NameTooLong
    return topic


def slug_of(name: str) -> str:
    """The one address of all names that differ in letter case, width and punctuation alone.

    What is not seen makes no difference either. Raises NameTooLong, and BadName where nothing is
    left.
    """
    _check_written(name)
    seen = "".join(c for c in name if c not in _JOINERS | _SELECTORS)
    words = "".join(c if _is_word(c) or c == "_" else " " for c in _folded(seen)).split()
    slug = "-".join(words)
    if not slug.strip("_-"):
        raise BadName
    if len(slug) > SLUG_LIMIT:
        raise NameTooLong
    return slug


def _folded(text: str) -> str:
    """Compatible forms and letter cases are one (The Unicode Standard, section 3.13, D146)."""
    for form in ("NFD", "NFKD"):
        text = unicodedata.normalize(form, text).casefold()
    return unicodedata.normalize("NFKC", text)


def _check_written(text: str) -> None:
    if len(text) > WRITTEN_LIMIT:
        raise NameTooLong


def _plain(text: str, unseen: str = "") -> str:
    """Raises BadName, which says `unseen` where that is given."""
    _check_written(text)
    text = " ".join(unicodedata.normalize("NFC", text).split())
    if any(_is_unseen(c) for c in text):
        raise BadName(unseen)
    return text


def _is_unseen(character: str) -> bool:
    if character in _JOINERS:
        return False
    return character in _FILLERS or unicodedata.category(character) in _UNSEEN


def _is_word(character: str) -> bool:
    return unicodedata.category(character)[0] in _WORD
