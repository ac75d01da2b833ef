"""A tab in a process of its own, which only reads: so that it can be frozen.

    python -m tests.client.reader <configuration as JSON> <file>

Whenever it is at rest it writes what it holds into the file; `read_report` gets it from there.
"""

import asyncio
import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tornado.httpclient import AsyncHTTPClient

from tests.client.chance import chance
from tests.client.history import Copy, Held
from tests.client.model import Client
from tests.client.tab import Site, Tab
from tests.services import PYTHON, Process

REPORT_INTERVAL = 0.3  # s


@dataclass(frozen=True)
class Report:
    closings: Counter[int]
    greetings: int
    copies: dict[int, Copy]


def reader(site: Site, user: str, session: str, seed: int, path: Path) -> Process:
    configuration = {"sockets": site.sockets, "api": site.api, "user": user}
    configuration |= {"session": session, "seed": seed}
    return Process([PYTHON, "-m", "tests.client.reader", json.dumps(configuration), str(path)])


def read_report(path: Path) -> Report | None:
    if not path.exists():
        return None
    content = json.loads(path.read_text())
    closings = Counter({int(code): count for code, count in content["closings"].items()})
    copies = {int(thread): _copy(copy) for thread, copy in content["copies"].items()}
    return Report(closings, content["greetings"], copies)


async def main(configuration: dict[str, Any], path: Path) -> None:
    site = Site(configuration["sockets"], configuration["api"])
    own = chance(configuration["seed"])
    client = Client(configuration["user"], own)
    http = AsyncHTTPClient(force_instance=True)
    tab = Tab(site, configuration["session"], client, http, own)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(tab.run())
        tasks.create_task(_report(tab, path))


async def _report(tab: Tab, path: Path) -> None:
    last = ""
    while True:
        await asyncio.sleep(REPORT_INTERVAL)
        report = json.dumps(_content(tab)) if tab.client.at_rest else last
        if report != last:
            fresh = path.with_suffix(".new")
            fresh.write_text(report)
            fresh.replace(path)  # so that nobody reads a half
            last = report


def _content(tab: Tab) -> dict[str, Any]:
    copies = tab.client.copies.items()
    return {
        "closings": tab.closings,
        "greetings": tab.greetings,
        "copies": {thread: _copy_content(copy) for thread, copy in copies},
    }


def _copy_content(copy: Copy) -> dict[str, Any]:
    entries = [[*key, held.text, held.seq] for key, held in copy.entries.items()]
    return {"version": copy.version, "oldest": copy.oldest, "entries": entries}


def _copy(content: dict[str, Any]) -> Copy:
    entries = {(user, name): Held(text, seq) for user, name, text, seq in content["entries"]}
    return Copy(content["version"], content["version"], content["oldest"], entries)


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1]), Path(sys.argv[2])))
