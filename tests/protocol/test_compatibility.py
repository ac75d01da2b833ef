"""Protocol 1 for ever: what its clients say is understood, and they are told what they rely on.

What is in `frozen/` is never changed; a later protocol gets files of its own. A change that fails
here shuts out pages that are open while a new version comes.
"""

import json
from pathlib import Path

import pytest

from privatemessages import protocol
from privatemessages.errors import UnknownType
from tests.client import Client
from tests.client.chance import chance
from tests.protocol.test_outgoing import FRAMES

FROZEN = Path(__file__).with_name("frozen")
SAID = json.loads((FROZEN / "client_1.json").read_text())
TOLD = json.loads((FROZEN / "server_1.json").read_text())

FOR_WORKERS = {"session_ended", "recheck", "rights_changed", "preferences_changed"}
KNOWN = {frame.type: type(frame) for frame in FRAMES}


@pytest.mark.parametrize("said", SAID, ids=lambda said: said["frame"])
def test_what_a_client_says_is_understood_as_it_was_meant(said):
    frame = protocol.check(protocol.load(said["frame"]))
    assert frame.model_dump() == said["read"]


@pytest.mark.parametrize("told", TOLD, ids=json.dumps)
def test_what_a_client_is_told_has_all_that_it_relies_on(told):
    """There may be more in it. A field that is missing here, or of another type, breaks clients."""
    frame = KNOWN[told["type"]].model_validate(told)
    assert without_news(json.loads(protocol.encode(frame)), told) == told


def test_every_frame_of_protocol_1_is_held_here():
    assert {said["read"]["type"] for said in SAID} == {"send", "read", "typing", "ping"}
    assert {told["type"] for told in TOLD} == KNOWN.keys() - FOR_WORKERS


def test_its_clients_are_greeted_as_such_and_may_write_as_much_as_ever():
    hello = protocol.Hello(user=protocol.Sender(id="7", name="alice"), heartbeat=25, threads={})
    assert (protocol.SUBPROTOCOL, hello.protocol) == ("privatemessages.v1", 1)
    assert hello.limits.text >= 10_000
    assert hello.limits.frame >= 128 * 1024


def test_a_close_code_still_tells_a_client_that_never_heard_of_it_what_to_do():
    final = {code for code in protocol.CloseCode if 4500 <= code <= 4999}
    assert final == {4501, 4503, 4504}


def test_what_a_newer_client_says_is_refused_by_name_and_nothing_else_happens():
    with pytest.raises(UnknownType):
        protocol.check({"type": "wave", "thread": 42})


def test_a_client_passes_over_what_only_a_newer_server_says():
    client = Client("7", chance(1))
    for told in (frame for frame in TOLD if frame["type"] != "removed"):
        client.hear(told | {"news": {"of": ["another", "version"]}}, 0.0)
    before = {thread: copy.stored for thread, copy in client.copies.items()}
    assert before[42]
    client.hear({"type": "waved", "thread": 42, "at": "you"}, 0.0)
    assert {thread: copy.stored for thread, copy in client.copies.items()} == before


def without_news(found, expected):
    """`found` without the fields that `expected` does not have."""
    if isinstance(found, dict) and isinstance(expected, dict):
        return {key: without_news(found[key], expected[key]) for key in expected if key in found}
    if isinstance(found, list) and isinstance(expected, list):
        return [without_news(one, other) for one, other in zip(found, expected, strict=True)]
    return found
