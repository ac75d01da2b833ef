"""What went wrong, and where, without the data at which it did.

What an exception says often quotes what it was given: pydantic the input, PostgreSQL the row. So
only what these kinds say is repeated, and of a database's the first line alone. For all others the
traceback has to do.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator

from django.core.exceptions import ImproperlyConfigured
from django.db.utils import Error as DatabaseError
from django.db.utils import IntegrityError, InterfaceError, OperationalError, ProgrammingError

from .errors import MessengerError

SPEAKING = (
    MessengerError,
    ImproperlyConfigured,
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    # Of the programs themselves, and of the system.
    AttributeError,
    ImportError,
    NameError,
    OSError,
    TypeError,
)
HIDDEN = "(what it says is left out)"
INDENT = "  "  # of what a group of exceptions holds


def text_of(error: BaseException) -> str:
    return "\n".join(_lines(error, set()))


def message_of(error: BaseException) -> str:
    if not isinstance(error, SPEAKING):
        return HIDDEN
    said = str(error)
    # The lines that follow are about the row.
    return said.partition("\n")[0] if isinstance(error, DatabaseError) else said


def _lines(error: BaseException, told: set[int]) -> Iterator[str]:
    told.add(id(error))
    earlier, how = _earlier(error)
    if earlier is not None and id(earlier) not in told:
        yield from _lines(earlier, told)
        yield how
    yield "Traceback (most recent call last):"
    yield "".join(traceback.format_tb(error.__traceback__)).rstrip("\n")
    yield f"{_name(type(error))}: {message_of(error)}"
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from (INDENT + line for line in _lines(inner, told))


def _earlier(error: BaseException) -> tuple[BaseException | None, str]:
    if error.__cause__ is not None:
        return error.__cause__, "This was the cause of:"
    if error.__suppress_context__:
        return None, ""
    return error.__context__, "While this was handled:"


def _name(kind: type[BaseException]) -> str:
    return (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )
