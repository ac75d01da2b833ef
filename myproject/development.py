"""What a production site is told by its environment, made up and remembered for development."""

import os
import secrets
import tempfile
from pathlib import Path

SECRET_BYTES = 32
REDIS_NOTE = "redis_url"


def remembered_secret(folder: Path, name: str) -> str:
    """The secret of that name: made up at the first call, the same ever after."""
    path = folder / name
    if not path.exists():
        _make(path)
    return path.read_text()


def _make(path: Path) -> None:
    """Two servers that start together agree on one secret."""
    draft = _draft(path, secrets.token_urlsafe(SECRET_BYTES))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another server was first
    finally:
        draft.unlink()


def note_redis(folder: Path, url: str) -> None:
    """For commands beside `make run`, until `forget_redis`: its Redis has a port of its own."""
    path = folder / REDIS_NOTE
    _draft(path, url).replace(path)


def noted_redis(folder: Path) -> str | None:
    try:
        return (folder / REDIS_NOTE).read_text()
    except FileNotFoundError:
        return None


def forget_redis(folder: Path) -> None:
    (folder / REDIS_NOTE).unlink(missing_ok=True)


def _draft(path: Path, text: str) -> Path:
    """Its owner's alone. What it becomes appears whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    return Path(draft)
