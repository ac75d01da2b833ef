"""Waits until the site answers, then says where it is."""

import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from myproject.management.commands.createdemopeople import PEOPLE

PATIENCE = 60  # seconds
POLL_INTERVAL = 0.2  # seconds
REQUEST_TIMEOUT = 5  # seconds

PAGES = f"http://127.0.0.1:{os.environ['PORT']}/"
SOCKETS = f"http://127.0.0.1:{os.environ['TORNADO_PORT']}/"


def main() -> None:
    deadline = time.monotonic() + PATIENCE
    for name, url in (("Django", f"{PAGES}readyz"), ("Tornado", f"{SOCKETS}readyz")):
        while (problem := trouble(url)) is not None:
            if time.monotonic() > deadline:
                sys.exit(f"{name} is not up after {PATIENCE} s: {url}: {problem}")
            time.sleep(POLL_INTERVAL)
    print(box())


def trouble(url: str) -> str | None:
    """Why it does not answer well; None if it does."""
    try:
        with urllib.request.urlopen(url, timeout=REQUEST_TIMEOUT):  # noqa: S310  # our own http URL
            return None
    except (urllib.error.URLError, OSError) as error:
        return str(error)


def box() -> str:
    lines = [f"Open {PAGES}", "", "in two browsers, or a window and a private window, as", ""]
    lines += [f"    {name}, password {password}" for name, password in PEOPLE.items()]
    lines += ["", "Ctrl-C stops everything; what was written is kept."]
    width = max(map(len, lines))
    edge = f"+{'-' * (width + 2)}+"
    return "\n".join([edge, *(f"| {line:{width}} |" for line in lines), edge])


if __name__ == "__main__":
    main()
