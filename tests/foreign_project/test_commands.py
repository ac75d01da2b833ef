"""A command of the project's own, beside ours."""

import asyncio
from uuid import uuid4

import pytest

from tests.foreign_project.club import DOMAIN, sockets


@pytest.fixture
def group(club, ann, ben):
    """Ann's, with Ben and Cleo."""
    people = [club.people[name] for name in ("ben", "cleo")]
    made = ann.call("threads", {"kind": "group", "title": "Tennis", "people_ids": people})
    assert made.status == 201, made.text
    return made.json["id"]


def test_it_is_carried_out_from_a_socket(club, ann, ben, thread):
    told, heard = asyncio.run(_roll(ann, ben, thread))
    assert (told["text"], told["code"]) == ("The die is cast.", None)
    assert heard["kind"] == "action"
    assert heard["text"] in [f"rolls {number}" for number in range(1, 21)]
    assert heard["sender"] == {"id": club.people["ann"], "name": "Ann Archer"}
    assert heard["text"] in club.stored(thread)


async def _roll(ann, ben, thread):
    """What Ann is told, and what Ben hears."""
    frame_id = str(uuid4())
    async with sockets(ann, ben) as (here, there):
        await here.until("hello")
        await there.until("hello")
        await here.send(type="send", id=frame_id, thread=thread, text="/roll 20")
        told = await here.until("notice", id=frame_id)
        heard = await there.until("message", thread=thread)
    return told, heard


def test_it_is_listed_and_shows_its_usage(ann, thread):
    offers = ann.call(f"threads/{thread}/commands").json
    roll = {"name": "roll", "usage": "/roll [sides]", "help": "throws a die for all to see"}
    assert roll | {"takes_member": False} in offers
    assert _run(ann, thread, "/roll 1") == ("Write it like this: /roll [sides]", "bad_arguments")
    assert _run(ann, thread, "/rol") == (
        "There is no command /rol. Did you mean /roll?",
        "unknown_command",
    )


def test_people_are_called_by_their_shown_names_where_nobody_knows_their_addresses(ann, group):
    assert _run(ann, group, '/mute "Ben Baker" 1h')[1] is None
    assert _run(ann, group, '/unmute @"ben baker"')[1] is None
    assert _run(ann, group, '/ban "Ben Baker"') == ("Ben Baker is kept out for good.", None)
    assert _run(ann, group, '/unban "Ben Baker"') == ("Ben Baker may come back.", None)
    assert _run(ann, group, f"/invite ben{DOMAIN}") == ("Ben Baker belongs to this now.", None)


def _run(browser, thread, text):
    answer = browser.call(f"threads/{thread}/commands", {"text": text})
    assert answer.status == 200, answer.text
    return answer.json["text"], answer.json["code"]
