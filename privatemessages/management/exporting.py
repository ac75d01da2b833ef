"""What is everybody's own, written as files of JSON that nobody else may read.

A list is written entry by entry, so that a million of them need no memory.
"""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder

OWN_FILE, OWN_FOLDER = 0o600, 0o700  # nobody else may look into them

Values = Mapping[str, Any]
Opening = Callable[[str], AbstractContextManager[IO[bytes]]]


@contextmanager
def folder(path: Path) -> Iterator[Opening]:
    """All of it or nothing. Raises FileExistsError: what is there is never mixed with it."""
    path.mkdir(mode=OWN_FOLDER)
    try:
        yield lambda name: _own_file(path / name)
    except BaseException:
        shutil.rmtree(path)
        raise


@contextmanager
def archive(path: Path) -> Iterator[Opening]:
    """All of it or nothing. Raises FileExistsError."""
    file = _own_file(path)
    try:
        with file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            yield lambda name: packed.open(name, "w", force_zip64=True)
    except BaseException:
        path.unlink()
        raise


def _own_file(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWN_FILE), "wb")


def write_one(opened: Opening, name: str, values: Values) -> None:
    with opened(name) as file:
        file.write(_encoded(values, indent=2) + b"\n")


def write_all(opened: Opening, name: str, entries: Iterable[Values]) -> int:
    """A JSON array with an entry in each line; how many there were."""
    count = 0
    with opened(name) as file:
        file.write(b"[")
        for count, entry in enumerate(entries, 1):
            file.write((b",\n" if count > 1 else b"\n") + _encoded(entry))
        file.write(b"\n]\n")
    return count


def _encoded(values: Values, indent: int | None = None) -> bytes:
    text = json.dumps(values, cls=DjangoJSONEncoder, ensure_ascii=False, indent=indent)
    return text.encode()
