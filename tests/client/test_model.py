import pytest

from tests.client import Client, Switches
from tests.client.chance import chance

ANN, BEN = "1", "2"
THREAD = 7


def hello(version=0):
    user = {"id": ANN, "name": "Ann"}
    return {
        "type": "hello",
        "user": user,
        "threads": {str(THREAD): {"version": version, "read": 0}},
    }


def spoken(sender, name):
    message = {
        "type": "message",
        "thread": THREAD,
        "sender": {"id": sender, "name": ""},
        "id": name,
    }
    return message | {"text": f"text of {name}", "seq": None, "version": None}


def stored(sender, name, seq):
    entry = {"sender": sender, "id": name, "seq": seq}
    return {"type": "stored", "thread": THREAD, "messages": [entry]}


def kept(sender, name, seq):
    return spoken(sender, name) | {"seq": seq, "version": seq}


def answer(*messages, version, complete=True):
    return {"messages": list(messages), "version": version, "complete": complete}


def refusal(name, code, retry_after=None):
    return {"type": "error", "id": name, "code": code, "detail": "", "retry_after": retry_after}


def greeted(switches=Switches()):  # noqa: B008 - frozen
    client = Client(ANN, chance(1), switches)
    client.hear(hello(), 0.0)
    return client


@pytest.fixture
def client():
    return greeted()


def test_nothing_is_sent_before_hello():
    client = Client(ANN, chance(1))
    client.write(THREAD, "early")
    assert client.frames(0.0) == []
    client.hear(hello(), 0.0)
    assert [frame["text"] for frame in client.frames(0.0)] == ["early"]


def test_it_rests_when_what_it_wrote_is_stored(client):
    assert client.at_rest
    name = client.write(THREAD, "one")
    client.frames(0.0)
    client.hear(spoken(ANN, name), 0.0)
    client.hear({"type": "accepted", "thread": THREAD, "id": name}, 0.0)
    assert not client.at_rest
    client.hear(stored(ANN, name, 1), 0.0)
    assert client.at_rest
    assert client.told == {(THREAD, (ANN, name)): {1}}


def test_a_hole_is_asked_about_after_a_moment(client):
    client.hear(stored(BEN, "missed", 1), 10.0)
    assert client.questions(10.2) == []
    [question] = client.questions(10.3)
    assert (question.thread, question.since) == (THREAD, 0)
    assert client.questions(11.0) == []  # it is being asked
    assert client.answer(question, answer(kept(BEN, "missed", 1), version=1), 11.0)
    assert client.questions(12.0) == []
    assert client.at_rest


def test_a_hole_that_closes_by_itself_is_not_asked_about(client):
    client.hear(spoken(BEN, "b"), 10.0)
    client.hear(spoken(BEN, "a"), 10.0)
    client.hear(stored(BEN, "b", 2), 10.0)
    client.hear(stored(BEN, "a", 1), 10.2)
    assert client.questions(11.0) == []


def test_a_question_without_an_answer_is_asked_again(client):
    client.hear(stored(BEN, "missed", 1), 10.0)
    [question] = client.questions(10.3)
    client.no_answer(question, 10.5)
    assert client.questions(11.4) == []
    assert client.questions(11.5) == [question]


def test_too_far_behind_it_loads_the_thread_afresh(client):
    client.hear(hello(version=300), 10.0)
    [question] = client.questions(10.3)
    assert not client.answer(question, answer(version=300, complete=False), 10.4)
    client.answer_afresh(question, {"messages": [kept(BEN, "z", 300)], "version": 300}, 10.5)
    assert client.at_rest
    assert client.counts["afresh"] == 1


def test_heads_are_believed_within_two_seconds_and_what_waits_is_sent_again(client):
    name = client.write(THREAD, "one")
    client.frames(10.0)
    client.hear({"type": "accepted", "thread": THREAD, "id": name}, 10.0)
    client.hear(hello(version=1) | {"type": "heads"}, 10.1)
    assert [frame["id"] for frame in client.frames(10.1)] == [name]
    assert client.questions(10.1) == []
    assert client.questions(12.1) == []
    assert len(client.questions(12.5)) == 1


@pytest.mark.parametrize("code", ["unavailable", "rate_limited"])
def test_it_waits_as_long_as_it_is_told(client, code):
    name = client.write(THREAD, "one")
    client.frames(0.0)
    client.hear(refusal(name, code, retry_after=1500), 0.0)
    assert client.frames(1.4) == []
    assert [frame["id"] for frame in client.frames(1.5)] == [name]
    assert client.given_up == {}


def test_other_errors_are_for_good(client):
    name = client.write(THREAD, "one")
    client.frames(0.0)
    client.hear(refusal(name, "not_found"), 0.0)
    assert client.given_up == {name: "not_found"}
    assert client.at_rest


def test_without_sending_again_accepted_is_the_end():
    client = greeted(Switches(resend=False))
    name = client.write(THREAD, "one")
    client.frames(0.0)
    client.hear({"type": "accepted", "thread": THREAD, "id": name}, 0.0)
    assert client.at_rest
    assert client.frames(1000.0) == []


def test_without_catching_up_nothing_is_asked():
    client = greeted(Switches(catch_up=False))
    client.hear(stored(BEN, "missed", 1), 10.0)
    assert client.questions(1000.0) == []


def test_without_order_the_newest_goes_first():
    client = greeted(Switches(in_order=False))
    client.write(THREAD, "one")
    client.write(THREAD, "two")
    assert [frame["text"] for frame in client.frames(0.0)] == ["two"]


def refused(sender, name):
    return {"type": "refused", "thread": THREAD, "sender": sender, "id": name, "code": "not_found"}


def removed():
    return {"type": "removed", "thread": THREAD}


def joined(version):
    return {"type": "joined", "thread": THREAD, "head": {"version": version, "read": version}}


def test_what_is_refused_is_seen_and_sent_no_more(client):
    name = client.write(THREAD, "one")
    client.frames(0.0)
    for spoken_by, id_ in ((ANN, name), (BEN, "late")):
        client.hear(spoken(spoken_by, id_), 0.0)
        client.hear(refused(spoken_by, id_), 0.0)
    assert client.copies[THREAD].entries == {}
    assert client.given_up == {name: "refused"}
    assert client.at_rest


def test_who_does_not_heed_refusals_keeps_what_was_spoken():
    client = greeted(Switches(heed_refusals=False))
    client.hear(spoken(BEN, "late"), 0.0)
    client.hear(refused(BEN, "late"), 0.0)
    assert client.copies[THREAD].spoken == [(BEN, "late")]


def test_who_is_removed_holds_nothing_and_sends_nothing(client):
    client.hear(spoken(BEN, "b"), 0.0)
    name = client.write(THREAD, "one")
    client.hear(removed(), 0.0)
    assert client.copies == {}
    assert client.given_up == {name: "removed"}
    assert client.frames(100.0) == []
    assert client.at_rest


def test_who_was_removed_while_away_learns_it_from_hello(client):
    client.hear(spoken(BEN, "b"), 0.0)
    client.lost()
    client.hear(hello() | {"threads": {}}, 1.0)
    assert client.copies == {}


def test_who_comes_back_asks_anew_and_believes_no_older_answer(client):
    client.hear(stored(BEN, "missed", 1), 10.0)
    [question] = client.questions(10.3)
    client.hear(removed(), 10.4)
    client.hear(joined(3), 10.5)
    assert client.answer(question, answer(kept(BEN, "missed", 1), version=1), 10.6)
    assert client.copies[THREAD].stored == []
    [question] = client.questions(10.8)
    assert (question.since, client.copies[THREAD].told) == (0, 3)
