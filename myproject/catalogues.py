"""Turns translations into the form that programs read. Needs Babel, and none of gettext's tools."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_catalogues(project: Path) -> list[Path]:
    """Write the .mo beside each of the apps' .po that has none, or an older one; those written."""
    return [_compile(source) for source in _sources(project) if _is_stale(source)]


def _sources(project: Path) -> Iterator[Path]:
    return project.glob("*/locale/*/LC_MESSAGES/*.po")


def _is_stale(source: Path) -> bool:
    target = source.with_suffix(".mo")
    return not target.exists() or target.stat().st_mtime < source.stat().st_mtime


def _compile(source: Path) -> Path:
    target = source.with_suffix(".mo")
    draft = target.with_suffix(".mo.draft")
    with source.open("rb") as text, draft.open("wb") as binary:
        write_mo(binary, read_po(text))
    return draft.replace(target)
