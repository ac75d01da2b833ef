"""Which texts are commands: "/who" is one, and "//who" is how to write "/who". Pure."""

from __future__ import annotations

SLASH = "/"


def is_command(text: str) -> bool:
    """Of a text that is stripped, as `clean_text` gives it."""
    return text.startswith(SLASH) and not text.startswith(SLASH * 2)


def unescape(text: str) -> str:
    """What is meant by a text that is no command."""
    return text[1:] if text.startswith(SLASH * 2) else text
