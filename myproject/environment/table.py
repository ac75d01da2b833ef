"""The variables as a table in Markdown, for docs/deploying.md."""

from __future__ import annotations

from myproject.environment.variables import VARIABLES, Variable

HEAD = ("variable", "what it is", "has to be", "unless set")


def table() -> str:
    rows = [HEAD, ["---"] * len(HEAD), *map(_row, VARIABLES)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(variable: Variable) -> list[str]:
    names = ", ".join(f"`{name}`" for name in (variable.name, variable.file) if name)
    return [names, variable.about, variable.kind.words, variable.otherwise or _default(variable)]


def _default(variable: Variable) -> str:
    """Nothing, where it is empty."""
    return "" if variable.default in ("", None, []) else f"`{variable.default}`"
