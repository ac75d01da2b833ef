import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from privatemessages.broker import commands, keys
from privatemessages.wiring import broker
from tests.test_monitoring import PARTITIONS, fresh_broker, lay, redis_away  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db

NOBODY_SAVES = "Nobody saves: no worker runs, or none that uses this Redis."


@pytest.fixture
def given_up(redis_server, alice, thread):
    """Sets two messages aside; their names."""
    for _ in range(2):
        lay(redis_server, keys.dead, thread, alice, "private", reason="status 500")
    return [found.name for found in broker().set_asides.all()]


@pytest.fixture
def answered(monkeypatch):
    """What the operator types; the questions that were asked."""
    asked = []

    def answer(text):
        monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or text)
        return asked

    return answer


def outbox(*words):
    output = StringIO()
    call_command("outbox", *words, stdout=output)
    return output.getvalue().splitlines()


def waiting():
    return broker().outbox_state().waiting


def names():
    return [found.name for found in broker().set_asides.all()]


class TestShow:
    def test_an_empty_outbox_is_said_to_be_one(self):
        assert outbox() == ["0 waiting", NOBODY_SAVES, "0 set aside"]

    def test_what_waits_is_counted_with_its_age(self, redis_server, alice, thread):
        for _ in range(2):
            lay(redis_server, keys.outbox, thread, alice)

        waiting, _, dead = outbox()
        assert waiting.startswith("2 waiting, the oldest for ")
        assert dead == "0 set aside"

    def test_who_saves_is_counted(self, redis_server):
        with redis_server.client() as client:
            for number in range(PARTITIONS - 1):
                client.execute_command(*commands.lease(number, f"worker {number % 2}", 5000))
            assert (
                outbox()[1] == f"{PARTITIONS - 1} of {PARTITIONS} outboxes are saved by 2 workers"
            )
            client.execute_command(*commands.lease(PARTITIONS - 1, "worker 1", 5000))
            assert outbox()[1] == "Saved by 2 workers"

    def test_each_outbox_is_told_of_on_demand(self, redis_server, alice, thread):
        lay(redis_server, keys.outbox, thread, alice)

        lines = outbox("--partitions")
        mine = thread.id % PARTITIONS
        assert f"  {mine:3}: 1 waiting, the oldest for 0 s; saved by nobody" in lines
        assert len([line for line in lines if line.endswith("saved by nobody")]) == PARTITIONS

    def test_what_was_set_aside_is_listed_without_what_was_written(self, alice, thread, given_up):
        *_, dead, first, second = outbox()
        assert dead == "2 set aside"
        assert first.startswith(f"  {given_up[0]}  20")
        assert second.startswith(f"  {given_up[1]}  20")
        assert f"  thread {thread.id}  person {alice.pk}  " in first
        assert first.endswith("status 500")
        assert "private" not in first + second

    def test_an_entry_that_cannot_be_read_is_listed_too(self, redis_server):
        with redis_server.client() as client:
            fields = {"thread": 7, "frame": "{}", "reason": "Django answered 400"}
            client.xadd(keys.dead(7), fields)

        assert "thread 7  unreadable" in outbox()[-1]

    def test_a_long_list_is_cut(self, given_up, monkeypatch):
        monkeypatch.setattr("privatemessages.management.commands.outbox.LISTED", 1)

        *_, listed, rest = outbox()
        assert given_up[0] in listed
        assert rest == "  and 1 more"

    def test_programs_are_told_the_same(self, redis_server, alice, thread, given_up):
        lay(redis_server, keys.outbox, thread, alice, "private")

        text = "\n".join(outbox("--json"))
        assert "private" not in text
        told = json.loads(text)
        assert (told["waiting"], told["set_aside"]) == (1, 2)
        assert 0 <= told["oldest_seconds"] < 60
        assert [partition["partition"] for partition in told["partitions"]] == [*range(PARTITIONS)]
        mine = told["partitions"][thread.id % PARTITIONS]
        assert (mine["waiting"], mine["set_aside"], mine["worker"]) == (1, 2, None)
        assert [entry["entry"] for entry in told["entries"]] == given_up
        first = told["entries"][0]
        assert (first["thread"], first["sender"]) == (thread.id, str(alice.pk))
        assert first["reason"] == "status 500"


class TestRetry:
    def test_one_is_put_back(self, given_up):
        *_, line, summary = outbox("retry", given_up[1])

        assert given_up[1] in line
        assert line.endswith("will be saved again")
        assert summary == "1 put back, behind what was written in their threads since"
        assert (names(), waiting()) == (given_up[:1], 1)

    def test_all_are_put_back(self, given_up):
        assert outbox("retry", "--all")[-1].startswith("2 put back")
        assert (names(), waiting()) == ([], 2)

    def test_nothing_is_put_back_where_nothing_is(self):
        assert outbox("retry", "--all")[-1].startswith("0 put back")

    def test_what_was_sent_again_meanwhile_is_said_to_be_there(self, redis_server, given_up):
        found = broker().set_asides.named(given_up[0])
        with redis_server.client() as client:
            client.hset(keys.outbox_ids(found.partition), found.entry.identity, "1-1")

        line, summary = outbox("retry", given_up[0])
        assert line.endswith("is in the outbox already, sent once more by its sender")
        assert summary.startswith("0 put back")
        assert (names(), waiting()) == (given_up[1:], 0)


class TestDrop:
    def test_it_asks_first(self, given_up, answered):
        asked = answered("yes")

        lines = outbox("drop", given_up[0])

        assert len(asked) == 1
        assert asked[0].startswith("Drop 1 for good?")
        assert given_up[0] in lines[0]
        assert lines[-1] == "1 dropped"
        assert (names(), waiting()) == (given_up[1:], 0)

    @pytest.mark.parametrize("text", ["", "no", "y"])
    def test_nothing_is_dropped_without_a_yes(self, given_up, answered, text):
        asked = answered(text)
        with pytest.raises(CommandError, match="Nothing was dropped"):
            outbox("drop", "--all")

        assert asked
        assert names() == given_up

    def test_it_need_not_ask(self, alice, thread, given_up, answered):
        asked = answered("no")

        *lines, count = outbox("drop", "--all", "--noinput")

        assert count == "2 dropped"
        for name, line in zip(given_up, lines, strict=True):
            assert line.startswith(f"  {name}  ")
            assert line.endswith(": dropped")
            assert f"thread {thread.id}  person {alice.pk}" in line
        assert (names(), asked) == ([], [])


@pytest.mark.parametrize("act", ["retry", "drop"])
class TestNaming:
    def test_of_several_names_all_have_to_be_right(self, given_up, act):
        with pytest.raises(CommandError, match="0:1-1 is not set aside"):
            outbox(act, given_up[0], "0:1-1")
        with pytest.raises(CommandError, match="nonsense is not the name of an entry"):
            outbox(act, given_up[0], "nonsense")
        assert names() == given_up

    @pytest.mark.parametrize("words", [(), ("0:1-1", "--all")])
    def test_one_says_which(self, given_up, act, words):
        with pytest.raises(CommandError, match="Name the entries"):
            outbox(act, *words)
        assert names() == given_up

    def test_without_redis_it_says_so(self, redis_away, act):  # noqa: F811 - the fixture
        with pytest.raises(CommandError, match="Redis cannot be reached"):
            outbox(act, "--all")


def test_without_redis_it_says_so(redis_away):  # noqa: F811 - the fixture
    with pytest.raises(CommandError, match="Redis cannot be reached"):
        outbox()
