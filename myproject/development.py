"""What a production site is told by its environment, made up and remembered for development."""

import os
import secrets
import tempfile
from pathlib import Path

SECRET_BYTES = 32


def remembered_secret(folder: Path, name: str) -> str:
    """The secret of that name: made up at the first call, the same ever after."""
    path = folder / name
    if not path.exists():
        _make(path)
    return path.read_text()


def _make(path: Path) -> None:
    """Appears whole or not at all: two servers that start together agree on one secret."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(SECRET_BYTES))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another server was first
    finally:
        Path(draft).unlink()
