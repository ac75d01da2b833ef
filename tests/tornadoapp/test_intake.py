"""What comes in: each frame and its answer, and everything that is no proper frame."""

import asyncio
import json
import time
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.utils import timezone

from privatemessages import actions, history
from privatemessages.errors import Unavailable
from privatemessages.models import Member, Message, Thread
from privatemessages.protocol import CloseCode
from privatemessages.tornadoapp import outbox
from tests.messenger import make_person, write
from tests.services import eventually
from tests.tornadoapp.client import BINARY, Closed
from tests.tornadoapp.conftest import all_stored, stored_texts

pytestmark = pytest.mark.django_db(transaction=True)

FOREIGN = 2**40  # no thread has this id
WITHIN = 0.5  # seconds in which a choice has to reach open sockets


@pytest.fixture
def socket(worker, enter, alice, thread):
    """Alice's; she has one thread."""
    return enter(worker, alice)


@pytest.fixture
def others(worker, enter, bob, thread):
    return enter(worker, bob)


@pytest.fixture
def foreign(carol, bob):
    """Bob's and Carol's, with a message in it."""
    made, _ = actions.start_direct_thread(bob, carol)
    write(carol, made, "a secret")
    return made


def sending(thread_id, **fields):
    frame = {"type": "send", "id": str(uuid4()), "thread": thread_id, "text": "hello"}
    return {name: value for name, value in (frame | fields).items() if value is not ...}


def deactivate(person):
    person.is_active = False
    person.save()


class TestSend:
    def test_it_is_told_to_all_as_spoken_accepted_to_the_sender_and_stored(
        self, socket, others, alice, thread
    ):
        before = time.time() * 1000
        message_id = socket.say(thread.id, " héllo 👋 ")
        told = others.until("message")
        assert before - 1 <= told.pop("sent_at") <= time.time() * 1000
        assert told == {
            "type": "message",
            "thread": thread.id,
            "sender": {"id": str(alice.pk), "name": "alice"},
            "id": message_id,
            "kind": "text",
            "text": "héllo 👋",
            "event": None,
            "reply_to": None,
            "seq": None,
            "version": None,
        }
        assert [socket.receive()["type"] for _ in range(2)].count("accepted") == 1
        assert others.until("stored")["messages"][0]["seq"] == 1
        assert others.waiting() == []
        assert stored_texts(thread) == ["héllo 👋"]

    def test_an_answer_keeps_its_number(self, socket, bob, thread):
        write(bob, thread, "one")
        socket.say(thread.id, "two", reply_to=1)
        assert socket.until("stored")
        assert Message.objects.get(text="two").reply_to == 1

    def test_an_answer_to_what_does_not_exist_is_refused_to_all(
        self, socket, others, alice, thread
    ):
        message_id = socket.say(thread.id, reply_to=99)
        refused = {
            "type": "refused",
            "thread": thread.id,
            "sender": str(alice.pk),
            "id": message_id,
            "code": "malformed",
        }
        assert socket.until("refused") == others.until("refused") == refused
        assert stored_texts(thread) == []

    def test_every_send_is_answered_also_for_a_repeated_id(self, socket, others, thread):
        message_id = str(uuid4())
        for _ in range(5):
            socket.say(thread.id, message_id=message_id)
        for _ in range(5):
            socket.until("accepted", id=message_id)
        assert all_stored(thread, 1)
        # Once more, when it has left the outbox: accepted again, and stored as it was.
        time.sleep(0.2)
        socket.say(thread.id, message_id=message_id)
        socket.until("accepted", id=message_id)
        again = socket.until("stored")
        assert again["messages"][0]["seq"] == 1
        assert stored_texts(thread) == ["hello"]

    def test_the_order_of_a_socket_is_the_order_of_the_history(self, start, enter, alice, thread):
        worker = start(SEND_RATE=1000, SEND_BURST=1000, FRAME_RATE=1000, FRAME_BURST=1000)
        socket = enter(worker, alice)
        texts = [str(number) for number in range(300)]
        for text in texts:
            socket.say(thread.id, text)
        assert all_stored(thread, 300)
        assert stored_texts(thread) == texts

    def test_the_longest_text_in_the_widest_letters_is_stored(self, socket, thread):
        text = "👋" * 10_000
        socket.say(thread.id, text)
        socket.until("stored")
        assert stored_texts(thread) == [text]

    def test_who_may_not_post_is_told_so(self, worker, enter, alice, bob, thread):
        type(bob).objects.filter(pk=bob.pk).update(is_active=False)
        place = history.place(alice.pk, thread.id)
        assert not place.standing.may_post
        socket = enter(worker, alice)
        message_id = socket.say(thread.id)
        assert socket.until("error", id=message_id)["code"] == "may_not_post"
        assert stored_texts(thread) == []

    @pytest.mark.parametrize("end", [deactivate, lambda person: person.delete()])
    def test_who_has_nobody_to_write_to_any_more_is_told_so(self, socket, bob, thread, end):
        socket.until("accepted", id=socket.say(thread.id, "hello"))
        assert all_stored(thread, 1)
        end(bob)
        time.sleep(1)
        assert socket.until("error", id=socket.say(thread.id, "hello?"))["code"] == "may_not_post"
        assert stored_texts(thread) == ["hello"]


class TestRead:
    @pytest.fixture(autouse=True)
    def soon(self, monkeypatch):
        monkeypatch.setattr(outbox, "READS_PAUSE", 0.2)

    def test_a_mark_is_saved_and_told(self, socket, others, alice, bob, thread):
        write(bob, thread, "one", "two")
        socket.send({"type": "read", "thread": thread.id, "seq": 2})
        told = others.until("read")
        assert told == {"type": "read", "thread": thread.id, "user": str(alice.pk), "seq": 2}
        assert Member.objects.get(user=alice).read_seq == 2

    @pytest.mark.parametrize("seq", [3, 2**63 - 1])
    def test_one_beyond_the_last_message_reaches_to_it(
        self, socket, others, alice, bob, thread, seq
    ):
        write(bob, thread, "one", "two")
        socket.send({"type": "read", "thread": thread.id, "seq": seq})
        assert others.until("read")["seq"] == 2
        assert Member.objects.get(user=alice).read_seq == 2

    def test_it_never_goes_back(self, socket, alice, bob, thread):
        write(bob, thread, "one", "two")
        for seq in (2, 1, 0):
            socket.send({"type": "read", "thread": thread.id, "seq": seq})
        assert eventually(lambda: Member.objects.get(user=alice).read_seq == 2)

    def test_all_tabs_of_the_reader_know_before_it_is_saved(
        self, start, enter, alice, bob, thread, monkeypatch
    ):
        monkeypatch.setattr(outbox, "READS_PAUSE", 60.0)
        workers = [start(), start(leased=False)]
        tabs = [enter(workers[0], alice), enter(workers[0], alice), enter(workers[1], alice)]
        others = enter(workers[0], bob)
        write(bob, thread, "one", "two")
        others.until("message", seq=2)
        tabs[0].send({"type": "read", "thread": thread.id, "seq": 2})
        told = {"type": "read", "thread": thread.id, "user": str(alice.pk), "seq": 2}
        assert [tab.until("read", 1.0) for tab in tabs] == [told] * 3
        assert "read" not in {frame["type"] for frame in others.waiting()}
        assert Member.objects.get(user=alice).read_seq == 0

    def test_of_a_flood_only_a_part_is_told_before_it_is_saved(
        self, socket, bob, thread, monkeypatch
    ):
        monkeypatch.setattr(outbox, "READS_PAUSE", 60.0)
        for seq in range(150):
            socket.send({"type": "read", "thread": thread.id, "seq": seq})
        told = [frame["seq"] for frame in socket.waiting(least=60) if frame["type"] == "read"]
        assert 60 <= len(told) < 80
        assert told == list(range(len(told)))


class TestTyping:
    def test_it_is_told_and_too_much_of_it_is_dropped_in_silence(
        self, socket, others, alice, thread
    ):
        for _ in range(10):
            socket.send({"type": "typing", "thread": thread.id})
        told = others.waiting(least=3)
        assert (
            told
            == [{"type": "typing", "thread": thread.id, "user": str(alice.pk), "name": "alice"}] * 3
        )
        assert all(frame["type"] == "typing" for frame in socket.waiting())

    @pytest.mark.parametrize("hides", ["alice", "bob"])
    def test_it_is_not_told_where_either_hides_it_and_is_as_soon_as_neither_does(
        self, socket, others, alice, bob, thread, hides
    ):
        who = alice if hides == "alice" else bob
        actions.set_preferences(who, shows_typing=False)
        others.waiting(WITHIN)
        socket.send({"type": "typing", "thread": thread.id})
        assert "typing" not in {frame["type"] for frame in others.waiting()}
        actions.set_preferences(who, shows_typing=True)
        others.waiting(WITHIN)
        socket.send({"type": "typing", "thread": thread.id})
        assert others.until("typing")["user"] == str(alice.pk)

    def test_in_a_group_those_who_show_theirs_hear_it(
        self, worker, enter, alice, bob, carol, group
    ):
        actions.set_preferences(bob, shows_typing=False)
        bobs, carols = enter(worker, bob), enter(worker, carol)
        enter(worker, alice).send({"type": "typing", "thread": group.id})
        assert carols.until("typing")["thread"] == group.id
        assert "typing" not in {frame["type"] for frame in bobs.waiting()}


def test_a_ping_is_answered(socket):
    socket.send({"type": "ping", "more": 1})
    assert socket.receive() == {"type": "pong"}


# Bad input. Whatever it is, the socket and the worker live on.

NO_OBJECTS = ["", " ", "{", "null", "[]", '"text"', "7", "true", "[" * 60_000, "{'a': 1}", "NaN"]

WRONG = [
    (sending(1, thread=...), "malformed"),
    (sending(1, thread="1"), "malformed"),
    (sending(1, thread=None), "malformed"),
    (sending(1, thread=1.0), "malformed"),
    (sending(1, thread=1.5), "malformed"),
    (sending(1, thread=True), "malformed"),
    (sending(1, thread=[1]), "malformed"),
    (sending(1, thread=-1), "malformed"),
    (sending(1, thread=2**63), "malformed"),
    (sending(1, thread=10**400), "malformed"),
    (sending(1, id=...), "malformed"),
    (sending(1, id="none"), "malformed"),
    (sending(1, id=5), "malformed"),
    (sending(1, id=""), "malformed"),
    (sending(1, id=str(uuid4()).upper()), "malformed"),
    (sending(1, id=uuid4().hex), "malformed"),
    (sending(1, id="{" + str(uuid4()) + "}"), "malformed"),
    (sending(1, id="urn:uuid:" + str(uuid4())), "malformed"),
    (sending(1, id="x" * 10_000), "malformed"),
    (sending(1, id="\ud800"), "malformed"),
    (sending(1, text=...), "malformed"),
    (sending(1, text=5), "malformed"),
    (sending(1, text=None), "malformed"),
    (sending(1, text=["a"]), "malformed"),
    (sending(1, text={"a": 1}), "malformed"),
    (sending(1, text=""), "empty"),
    (sending(1, text=" \n\t\u2003"), "empty"),
    (sending(1, text="x" * 10_001), "too_long"),
    (sending(1, text="a\x00b"), "bad_text"),
    (sending(1, text="a\ud800b"), "bad_text"),
    (sending(1, text="\udfff\ud800"), "bad_text"),
    (sending(1, reply_to=0), "malformed"),
    (sending(1, reply_to=-1), "malformed"),
    (sending(1, reply_to="1"), "malformed"),
    (sending(1, reply_to=2**63), "malformed"),
    ({"type": "read", "thread": 1}, "malformed"),
    ({"type": "read", "thread": 1, "seq": -1}, "malformed"),
    ({"type": "read", "thread": 1, "seq": "1"}, "malformed"),
    ({"type": "read", "thread": 1, "seq": 2**63}, "malformed"),
    ({"type": "read", "seq": 1}, "malformed"),
    ({"type": "typing"}, "malformed"),
    ({"type": "typing", "thread": {}}, "malformed"),
    ({}, "unknown_type"),
    ({"type": "hello"}, "unknown_type"),
    ({"type": "message"}, "unknown_type"),
    ({"type": ""}, "unknown_type"),
    ({"type": None}, "unknown_type"),
    ({"type": 5}, "unknown_type"),
    ({"type": ["send"]}, "unknown_type"),
    ({"type": {}}, "unknown_type"),
    ({"type": "\ud800"}, "unknown_type"),
]


class TestBadInput:
    @pytest.fixture(autouse=True)
    def everything_works_in_the_end(self, worker, socket, thread):
        yield
        message_id = socket.say(thread.id, "in the end")
        socket.until("accepted", id=message_id)
        assert all_stored(thread, 1)
        assert stored_texts(thread) == ["in the end"]

    def test_what_is_no_json_object_is_malformed(self, socket):
        for text in NO_OBJECTS:
            socket.send(text)
            error = socket.receive()
            assert (error["type"], error["code"], error["id"]) == ("error", "malformed", None), text
            assert error["detail"]

    def test_what_is_binary_is_malformed(self, socket, thread):
        for content in (b"", b"\x00\xff", json.dumps(sending(thread.id)).encode()):
            socket.send_raw(BINARY, content)
            assert socket.receive()["code"] == "malformed"

    def test_each_wrong_frame_gets_its_code_and_its_own_id_back(self, socket):
        for frame, code in WRONG:
            # As JSON has it: escapes, so that a lone surrogate comes through UTF-8.
            socket.send(json.dumps(frame))
            error = socket.receive()
            assert (error["type"], error["code"]) == ("error", code), frame
            given = frame.get("id")
            known = isinstance(given, str) and given.isascii() and len(given) <= 64
            assert error["id"] == (given if known else None), frame
            assert error["retry_after"] is None

    def test_a_thread_that_is_not_mine_is_as_one_that_does_not_exist(self, socket, foreign):
        answers = []
        for thread_id in (foreign.id, FOREIGN, 0, 2**63 - 1):
            for frame in (
                sending(thread_id),
                {"type": "read", "thread": thread_id, "seq": 1},
            ):
                socket.send(frame)
                error = socket.receive()
                assert error.pop("id") == frame.get("id")
                answers.append(error)
        assert answers[0]["code"] == "not_found"
        assert all(answer == answers[0] for answer in answers)
        assert stored_texts(foreign) == ["a secret"]

    def test_whoever_asked_for_a_foreign_thread_hears_nothing_of_it(
        self, socket, others, carol, foreign
    ):
        socket.say(foreign.id)
        assert socket.receive()["code"] == "not_found"
        write(carol, foreign, "another secret")
        others.until("message", text="another secret")
        assert socket.waiting() == []

    def test_to_ask_for_unknown_threads_is_limited(self, worker, socket):
        for number in range(15):
            socket.send({"type": "typing", "thread": FOREIGN + number})
        codes = [socket.receive()["code"] for _ in range(15)]
        assert codes == ["not_found"] * 10 + ["rate_limited"] * 5


def test_what_the_database_says_of_itself_is_for_our_log_alone(socket, monkeypatch):
    def place(*_):
        raise OperationalError('connection to server at "10.0.0.5" failed: user "messenger"')

    monkeypatch.setattr(history, "place", place)
    socket.say(FOREIGN)
    assert socket.receive() | {"id": None} == {
        "type": "error",
        "id": None,
        "code": "unavailable",
        "detail": Unavailable.detail,
        "retry_after": 1000,
    }


def test_a_frame_that_is_too_large_closes_its_socket_alone(worker, socket, others, thread):
    socket.send("x" * (128 * 1024 + 1))
    assert socket.closed() == 1009
    others.say(thread.id, "still here")
    others.until("stored")
    assert stored_texts(thread) == ["still here"]


def test_a_frame_as_large_as_may_be_is_read(socket):
    socket.send(json.dumps({"type": "ping", "padding": "x" * (128 * 1024 - 34)}).ljust(128 * 1024))
    assert socket.receive() == {"type": "pong"}


class TestFloods:
    def test_too_many_messages_are_refused_with_a_time_to_wait_that_holds(
        self, start, enter, alice, thread
    ):
        worker = start(SEND_RATE=2, SEND_BURST=3)
        socket = enter(worker, alice)
        ids = [socket.say(thread.id, str(number)) for number in range(6)]
        refused = [socket.until("error", id=message_id) for message_id in ids[3:]]
        assert {error["code"] for error in refused} == {"rate_limited"}
        assert all(0 < error["retry_after"] <= 1000 for error in refused)
        # Although tokens came meanwhile, what came later does not overtake what was refused.
        time.sleep(0.55)
        early = socket.say(thread.id)
        assert socket.until("error", id=early)["code"] == "rate_limited"
        time.sleep(refused[0]["retry_after"] / 1000 - 0.55 + 0.01)
        again = socket.say(thread.id, "again")
        socket.until("accepted", id=again)
        assert all_stored(thread, 4)
        assert stored_texts(thread) == ["0", "1", "2", "again"]

    def test_the_limit_is_of_the_person_and_not_of_the_socket(
        self, start, enter, alice, bob, thread
    ):
        worker = start(SEND_BURST=2)
        one, two, other = enter(worker, alice), enter(worker, alice), enter(worker, bob)
        for socket in (one, two):
            socket.until("accepted", id=socket.say(thread.id))
        assert two.until("error", id=two.say(thread.id))["code"] == "rate_limited"
        other.until("accepted", id=other.say(thread.id))

    def test_coming_again_makes_nobodys_limits_new(self, start, connect, alice, thread):
        worker = start(SEND_RATE=0.1, SEND_BURST=2)
        answers = []
        for _ in range(3):
            socket = connect(worker, alice)
            socket.hello()
            message_id = socket.say(thread.id)
            [answer] = [it for it in socket.waiting(least=1) if it["type"] in {"accepted", "error"}]
            assert answer["id"] == message_id
            answers.append(answer)
            socket.close()
            assert worker.eventually(lambda it: it.hub.person(str(alice.pk)) is None)
            worker.call(lambda it: it.opening.forget_absent(it.clock()))
        assert [answer.get("code") for answer in answers] == [None, None, "rate_limited"]

    def test_far_above_the_limits_the_socket_is_closed(self, start, enter, alice, bob, thread):
        worker = start(FRAME_BURST=20)
        socket, other = enter(worker, alice), enter(worker, bob)
        for _ in range(40):
            socket.send({"type": "ping"})
        frames = socket.waiting(least=21)
        assert frames[-1] == Closed(4005)
        assert frames[:-1] == [{"type": "pong"}] * 20
        assert other.pong()
        # The limit is of the socket: whoever waits may come again.
        enter(worker, alice).pong()


def test_frames_wait_behind_one_whose_thread_is_looked_up(worker, connect, alice, bob):
    socket = connect(worker, alice)
    socket.hello()
    slow, looked_up = worker.worker.identity.place, []

    async def place(user_id, thread_id):
        looked_up.append(thread_id)
        await asyncio.sleep(0.3)
        return await slow(user_id, thread_id)

    worker.worker.identity.place = place
    thread = unheard_thread(alice, bob)
    texts = [str(number) for number in range(5)]
    for text in texts:
        socket.say(thread.id, text)
    assert all_stored(thread, 5)
    assert stored_texts(thread) == texts
    # Asked for by the first of them alone: once to be let in, and once for the head.
    assert looked_up == [thread.id] * 2


def test_what_was_looked_up_for_a_socket_that_is_closed_meanwhile_is_not_carried_out(
    worker, connect, alice, bob
):
    socket = connect(worker, alice)
    socket.hello()
    looked_up, connections = asyncio.Event(), worker.call(lambda it: list(it.hub.connections()))
    slow = worker.worker.identity.place

    async def place(user_id, thread_id):
        for connection in connections:
            connection.close(CloseCode.NOT_SIGNED_IN)
        found = await slow(user_id, thread_id)
        looked_up.set()
        return found

    worker.worker.identity.place = place
    thread = unheard_thread(alice, bob)
    socket.say(thread.id, "after signing out")
    assert socket.closed() == 4501
    assert worker.eventually(lambda _: looked_up.is_set())
    assert worker.call(lambda it: it.broker.waiting()) == 0
    assert stored_texts(thread) == []
    assert worker.metric("accepted_total") == 0


def unheard_thread(*people):
    """One whose beginning was told to nobody."""
    made = Thread.objects.create()
    for person in people:
        Member.objects.create(thread=made, user=person, joined_at=timezone.now())
    return made


def test_a_full_redis_refuses_with_a_time_to_wait_and_then_takes_it(socket, thread, redis_server):
    client = redis_server.client()
    client.config_set("maxmemory", 1)
    try:
        message_id = socket.say(thread.id)
        error = socket.until("error", id=message_id)
        assert error["code"] == "unavailable"
        assert error["retry_after"] > 0
    finally:
        client.config_set("maxmemory", 0)
        client.close()
    socket.say(thread.id, "again", message_id=message_id)
    socket.until("accepted", id=message_id)
    assert all_stored(thread, 1)


def test_a_wiped_redis_sends_everybody_away_before_anything_newer_is_accepted(
    worker, enter, alice, bob, thread, redis_server
):
    socket, other = enter(worker, alice), enter(worker, bob)
    redis_server.wipe()
    message_id = socket.say(thread.id)
    assert socket.until("error", id=message_id)["code"] == "unavailable"
    assert (socket.closed(), other.closed()) == (1012, 1012)
    assert worker.metric("redis_wipes_total") == 1
    again = enter(worker, alice)
    again.say(thread.id, message_id=message_id)
    again.until("stored")
    assert stored_texts(thread) == ["hello"]
    # It is told as an error, because it is one.
    assert [line for line in worker.complaints.lines if "forgotten" in line]
    worker.forgive()


def test_strangers_hear_nothing(worker, enter, socket, thread):
    stranger = enter(worker, make_person("dave"))
    socket.say(thread.id)
    socket.until("stored")
    assert stranger.waiting() == []
