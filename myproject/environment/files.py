"""Secrets that are given as files, as container platforms and systemd do."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from myproject.environment.variables import Variable


class Untold(Exception):
    """A sentence about what is given; never its content."""


def text_of(variable: Variable, given: Mapping[str, str]) -> str:
    """What was given for it, directly or as a file; "" where nothing was. Raises Untold."""
    text, path = given.get(variable.name, ""), given.get(variable.file, "")
    if text and path:
        raise Untold(f"{variable.name} and {variable.file} are both set: keep one of them.")
    return _read(variable.file, path) if path else text


def _read(name: str, path: str) -> str:
    try:
        text = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise Untold(f"{name} names a file that cannot be read: {path} ({reason}).") from None
    except ValueError:
        raise Untold(f"{name} names a file that is not text in UTF-8: {path}.") from None
    if not text.strip():
        raise Untold(f"{name} names a file that is empty: {path}.")
    return text
