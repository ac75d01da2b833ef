"""What one PostgreSQL carries, behind one process of Django: batches at the save endpoint."""

import json
import time
from collections.abc import Sequence
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg2

from bench.usage import cpu_seconds
from bench.world import Member, World

BATCH = 200  # messages: SAVE_BATCH
BATCHES = 100
WARM_UP = 5  # batches before anything counts
TEXT = "What is said between two people is seldom longer than this line of text."
ROW_SIZE = """
    SELECT pg_total_relation_size('privatemessages_message')::float / count(*)
    FROM privatemessages_message
"""
MICROSECONDS = 1_000_000
GIB = 1024**3

Figures = dict[str, float]


def measure(world: World) -> Figures:
    for number in range(WARM_UP):
        _save(world, _batch(world.members, number))
    processes = {"Django": world.django, "PostgreSQL": world.postgres}
    before = {name: cpu_seconds(process.family()) for name, process in processes.items()}
    began = time.monotonic()
    for number in range(BATCHES):
        _save(world, _batch(world.members, WARM_UP + number))
    seconds, stored = time.monotonic() - began, BATCH * BATCHES
    return {
        "PostgreSQL: messages stored per second, one batch at a time": stored / seconds,
        **{
            f"{name}: CPU per message stored (µs)": (cpu_seconds(process.family()) - before[name])
            / stored
            * MICROSECONDS
            for name, process in processes.items()
        },
        "PostgreSQL: a million messages on disk (GiB)": _bytes_per_row(world) * 1_000_000 / GIB,
    }


def _batch(members: Sequence[Member], number: int) -> bytes:
    """As much as everybody writes in a moment: of as many threads as there are."""
    start = number * BATCH % len(members)
    speakers = (members * 2)[start : start + BATCH]
    return json.dumps({"messages": [_entry(member) for member in speakers], "reads": []}).encode()


def _entry(member: Member) -> dict[str, object]:
    said = {"thread": member.thread, "sender": member.user, "id": str(uuid4())}
    return said | {"kind": "text", "text": TEXT, "sent_at": int(time.time() * 1000)}


def _save(world: World, body: bytes) -> None:
    url = urlsplit(world.env["SEND_MESSAGE_API_URL"])
    link = HTTPConnection(url.netloc)
    headers = {"Authorization": f"Bearer {world.env['API_KEY']}"}
    link.request("POST", url.path, body, headers | {"Content-Type": "application/json"})
    results = json.load(link.getresponse())["results"]
    link.close()
    assert all(result["status"] == "stored" for result in results), results[0]


def _bytes_per_row(world: World) -> float:
    """With its indexes."""
    with closing(psycopg2.connect(world.env["DATABASE_URL"])) as link, link.cursor() as cursor:
        cursor.execute(ROW_SIZE)
        return float(cursor.fetchone()[0])
