import json
from importlib import import_module

import pytest
import redis

from privatemessages import actions, wiring
from privatemessages.models import Member, Message

pytestmark = pytest.mark.django_db

EVERYBODYS = {"help", "leave", "me", "topic", "who"}
MODERATORS = {"ban", "invite", "kick", "mute", "unban", "unmute"}
OWNERS = {"clear", "mod", "unmod"}


def listed(answer):
    text, code = answer
    assert code is None
    return {line.split()[0].removeprefix("/") for line in text.splitlines()}


# /help


def test_help_lists_what_one_may(run, alice, bob, carol, gathering):
    assert listed(run(carol, gathering, "/help")) == EVERYBODYS
    assert listed(run(bob, gathering, "/help")) == EVERYBODYS | MODERATORS
    assert listed(run(alice, gathering, "/help")) == EVERYBODYS | MODERATORS | OWNERS


def test_little_can_be_done_in_a_direct_thread(run, alice, thread):
    assert listed(run(alice, thread, "/help")) == {"help", "me"}


@pytest.mark.parametrize("name", ["kick", "/kick", "kill", "KICK"])
def test_help_tells_of_one_command(run, bob, gathering, name):
    told = "/kick person [reason] (/kill) — removes somebody, who may come back"
    assert run(bob, gathering, f"/help {name}") == (told, None)


def test_help_on_what_one_may_not_or_what_is_not_there(run, carol, gathering):
    assert run(carol, gathering, "/help kick")[1] == "forbidden"
    assert run(carol, gathering, "/help whoo") == (
        "There is no command /whoo. Did you mean /who?",
        "unknown_command",
    )
    assert run(carol, gathering, "/help who please")[1] == "bad_arguments"


# /me


@pytest.mark.parametrize("where", ["thread", "group", "room"])
def test_me_says_what_one_does(run, alice, where, request):
    thread = request.getfixturevalue(where)

    assert run(alice, thread, "/me waves  twice") == ("", None)
    message = Message.objects.latest("pk")
    assert (message.kind, message.text, message.sender) == ("action", "waves  twice", alice)


def test_me_needs_a_text_and_the_right_to_write(run, alice, carol, gathering):
    assert run(carol, gathering, "/me") == ("Write it like this: /me text", "bad_arguments")
    actions.close_thread(alice, gathering.id)
    assert run(carol, gathering, "/me waves")[1] == "may_not_post"
    assert not Message.objects.filter(kind="action").exists()


# /topic


def test_topic_is_set_shown_and_taken_away(run, bob, carol, gathering):
    assert run(carol, gathering, "/topic") == ("There is no topic.", None)
    assert run(bob, gathering, "/topic The weather") == ("The topic is set.", None)
    assert run(carol, gathering, "/topic") == ("The weather", None)
    assert run(bob, gathering, "/topic -") == ("There is no topic now.", None)
    assert run(carol, gathering, "/topic") == ("There is no topic.", None)


def test_a_topic_is_for_those_who_may_set_it(run, carol, gathering):
    assert run(carol, gathering, "/topic Mine")[1] == "forbidden"
    assert run(carol, gathering, "/topic") == ("There is no topic.", None)


@pytest.mark.parametrize(
    ("topic", "code"), [("x" * 251, "name_too_long"), ("a\u202eb", "bad_name")]
)
def test_a_topic_has_to_be_one(run, alice, gathering, topic, code):
    assert run(alice, gathering, f"/topic {topic}")[1] == code


def test_a_direct_thread_has_no_topic(run, alice, thread):
    assert run(alice, thread, "/topic")[1] == run(alice, thread, "/topic Us")[1] == "forbidden"


# /who


@pytest.fixture
def workers(redis_server):
    """What two workers say of who is there: `workers(7, (alice,), (bob,))` of thread 7."""
    wiring.broker.cache_clear()
    with redis.Redis.from_url(redis_server.url) as client:

        def say(thread, *told):
            soon = client.time()[0] * 1000 + 30_000
            for number, people in enumerate(told):
                ids = json.dumps([str(person.pk) for person in people])
                client.hset(f"pm:present:{number}", str(thread.id), ids)
                client.zadd("pm:workers", {str(number): soon})

        yield say


def test_who_tells_who_is_here(run, alice, bob, carol, gathering, workers):
    assert run(carol, gathering, "/who") == ("Members: 3. Here now: 0.", None)

    workers(gathering, [alice, bob], [bob])
    text, code = run(carol, gathering, "/who")
    counted, names = text.splitlines()
    assert (counted, code) == ("Members: 3. Here now: 2.", None)
    assert set(names.split(", ")) == {"alice", "bob"}


def test_who_says_so_where_more_are_here_than_it_names(
    run, alice, bob, gathering, workers, monkeypatch
):
    monkeypatch.setattr(import_module("privatemessages.history.rooms"), "NAMED", 1)
    workers(gathering, [alice, bob])
    text = run(bob, gathering, "/who")[0]
    assert text.splitlines()[1] in ("alice, …", "bob, …")


def test_who_leaves_out_those_who_hide_it_and_tells_them_nothing(
    run, alice, bob, gathering, workers
):
    workers(gathering, [alice, bob])
    actions.set_preferences(bob, shows_presence=False)
    assert run(alice, gathering, "/who") == ("Members: 3. Here now: 1.\nalice", None)
    text, code = run(bob, gathering, "/who")
    assert (text.split(",")[0], code) == ("You hide that you are here", None)


def test_who_says_so_while_redis_is_away(run, alice, gathering, redis_server):
    wiring.broker.cache_clear()
    redis_server.stop()
    assert run(alice, gathering, "/who") == (
        "Members: 3. Who is here now cannot be told at the moment.",
        None,
    )


def test_who_takes_no_arguments_and_is_for_groups_and_rooms(run, alice, gathering, thread):
    assert run(alice, gathering, "/who else") == ("Write it like this: /who", "bad_arguments")
    assert run(alice, thread, "/who")[1] == "forbidden"


# /leave


def test_leave(run, carol, gathering):
    told = f"You do not belong to {gathering.title} any more."
    assert run(carol, gathering, "/leave") == (told, None)
    assert not Member.objects.of(carol.pk).in_thread(gathering.id).exists()
    assert run(carol, gathering, "/leave")[1] == "not_found"


def test_leave_is_not_done_by_mistake(run, carol, gathering):
    assert run(carol, gathering, "/leave me alone") == (
        "Write it like this: /leave",
        "bad_arguments",
    )
    assert Member.objects.of(carol.pk).in_thread(gathering.id).exists()


def test_nobody_leaves_a_direct_thread(run, alice, thread):
    assert run(alice, thread, "/leave")[1] == "forbidden"
    assert Member.objects.of(alice.pk).in_thread(thread.id).exists()
