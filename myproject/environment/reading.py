"""From texts to values. Everything that is wrong is said at once, a sentence each."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from myproject.environment.files import Untold, text_of
from myproject.environment.variables import VARIABLES, Variable
from privatemessages.hosts import may_hold_password

PLACEHOLDER = "REPLACE_ME"  # stands in deploy/environment.example
NEEDED = ("SECRET_KEY", "API_KEY", "ALLOWED_HOSTS")
EXAMPLES = {"ALLOWED_HOSTS": ", such as chat.example.com"}


class WrongEnvironment(ImproperlyConfigured):
    """One sentence in each line; no secret in any."""


def read(given: Mapping[str, str]) -> dict[str, Any]:
    """The value of each variable, by name. Raises WrongEnvironment."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    for variable in VARIABLES:
        try:
            values[variable.name] = _value(variable, given)
        except Untold as error:
            problems.append(str(error))
    if not problems:
        values["DEBUG"] = _is_development(given) if values["DEBUG"] is None else values["DEBUG"]
        problems += _missing(values)
    if problems:
        raise WrongEnvironment("\n".join(problems))
    return values


def _value(variable: Variable, given: Mapping[str, str]) -> Any:
    """An empty text is none: a line of a file that nobody filled in."""
    text = text_of(variable, given)
    if PLACEHOLDER in text:
        raise Untold(f"{variable.name} is still that of the example: replace {PLACEHOLDER}.")
    if not text:
        return variable.default
    try:
        return variable.kind.parse(text)
    except ValueError as error:
        raise Untold(_complaint(variable, text, error)) from None


def _complaint(variable: Variable, text: str, error: ValueError) -> str:
    if variable.kind.explains:
        return str(error).replace("REDIS_URL", variable.name)
    is_shown = not variable.is_secret and not may_hold_password(text)
    shown = f" is {text!r}, and" if is_shown else ""
    return f"{variable.name}{shown} has to be {variable.kind.words}."


def _is_development(given: Mapping[str, str]) -> bool:
    """Where DEBUG does not say. Whoever forgets a secret must not show errors to the world."""
    if _is_service(given):
        return False
    return not any(name in given or f"{name}_FILE" in given for name in NEEDED)


def _is_service(given: Mapping[str, str]) -> bool:
    """Started by supervisor or by systemd itself, whose variables a person's shell has too."""
    return "SUPERVISOR_ENABLED" in given or given.get("SYSTEMD_EXEC_PID") == str(os.getpid())


def _missing(values: Mapping[str, Any]) -> Iterator[str]:
    for name in NEEDED:
        if not values[name] and not values["DEBUG"]:
            example = EXAMPLES.get(name, "")
            yield f"Set {name} in the environment{example} (or DEBUG=True to try the site)."
