import json
import stat
import tracemalloc
import zipfile
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, models
from django.utils import timezone

from privatemessages import actions, wiring
from privatemessages.broker import keys
from privatemessages.history import belongings
from privatemessages.management.commands import export_person
from privatemessages.models import Message, Thread
from tests.actions.test_erasing import sign_in
from tests.messenger import write
from tests.test_monitoring import fresh_broker, redis_away  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db

FILES = {
    *("about", "account", "preferences", "places", "messages", "events"),
    *("administration", "bans", "requests", "sessions"),
}


def export(*words):
    output, progress = StringIO(), StringIO()
    call_command("export_person", *map(str, words), stdout=output, stderr=progress)
    return output.getvalue().strip(), progress.getvalue()


@pytest.fixture
def exported(tmp_path):
    def export_into_a_folder(person):
        folder = tmp_path / str(uuid4())
        export("--id", person.pk, "--output", folder)
        return {path.stem: json.loads(path.read_text()) for path in folder.iterdir()}

    return export_into_a_folder


def test_everything_is_there(thread, group, room, private_room, alice, dave, exported):
    alice.first_name = "Alice Ä."
    alice.save()
    actions.set_preferences(alice, shows_typing=False)
    actions.send_message(alice, thread.id, "a", reply_to=None)
    write(alice, group, "b")
    actions.mute(alice, group.id, member_of(group))
    actions.leave(alice, room.id)
    actions.request_entry(dave, private_room.id)
    sign_in(alice)

    found = exported(alice)

    assert found.keys() == FILES
    assert found["account"]["id"] == str(alice.pk)
    assert (found["account"]["user_name"], found["account"]["first_name"]) == ("alice", "Alice Ä.")
    assert found["account"]["email"] == "alice@example.com"
    assert found["preferences"]["shows_typing"] is False
    places = {it["conversation"]["id"]: it for it in found["places"]}
    assert set(places) == {each.id for each in (thread, group, room, private_room)}
    assert places[group.id]["role"] == "owner"
    assert places[room.id]["left_at"]
    assert len(places[thread.id]["with"]) == 1
    assert [it["text"] for it in found["messages"]] == ["a", "b"]
    assert {"created", "left"} <= {it["event"] for it in found["events"]}
    assert {"mute"} <= {it["act"] for it in found["administration"]}
    assert len(found["sessions"]) == 1
    assert found["about"]["counts"]["messages"] == 2
    assert found["about"]["format"] == 1
    assert [it["conversation"] for it in exported(dave)["requests"]] == [private_room.id]


def member_of(group):
    return group.members.get(role="member").user


def test_nothing_of_others_and_no_key_is_there(thread, group, alice, bob, tmp_path):
    write(bob, thread, "what bob wrote")
    write(bob, group, "and more of it")
    key = sign_in(alice)
    export("alice", "--output", tmp_path / "all")

    text = "".join(path.read_text() for path in (tmp_path / "all").iterdir())
    for foreign in ("what bob wrote", "and more", "bob", key, alice.password):
        assert foreign not in text


def test_reasons_that_others_gave_are_theirs_where_they_concern_them(room, alice, bob, exported):
    actions.ban(alice, room.id, bob, reason="was rude")
    found = exported(bob)

    assert [it["why"] for it in found["bans"]] == ["was rude"]
    assert "was rude" in {it["why"] for it in found["administration"]}


def test_all_that_names_a_person_is_exported_or_said_not_to_be():
    """A new column that leads to a person has to be thought of here."""
    known = {
        *("Member.user", "Ban.user", "EntryRequest.user", "Preferences.user"),
        *("Message.sender", "Message.about", "Record.actor", "Record.person"),
    }
    named = {
        f"{model.__name__}.{field.name}"
        for model in _models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model._meta.label == "auth.User"
    }
    assert named == known


def _models():
    return [
        model
        for model in Thread._meta.apps.get_models()
        if model._meta.app_label == "privatemessages"
    ]


@pytest.mark.django_db(transaction=True)
def test_what_was_cleared_and_kept_is_theirs_still(group, alice, exported, settings):
    settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | {"KEEP_CLEARED": True}
    write(alice, group, "a")
    actions.clear_history(alice, group.id)
    write(alice, group, "b")

    messages = exported(alice)["messages"]
    assert [(it["text"], it["is_cleared"]) for it in messages] == [("a", True), ("b", False)]


def test_when_they_were_last_seen_is_theirs(redis_server, alice, exported):
    with redis_server.client() as client:
        client.zadd(keys.SEEN, {str(alice.pk): 1_700_000_000_000})
    wiring.broker.cache_clear()

    assert exported(alice)["account"]["last_seen_at"].startswith("2023-11-14T22:13:20")


def test_without_redis_the_rest_is_there(redis_away, alice, tmp_path):  # noqa: F811 - the fixture
    _, progress = export("alice", "--output", tmp_path / "all")

    assert "last seen is missing" in progress
    assert json.loads((tmp_path / "all" / "account.json").read_text())["last_seen_at"] is None


def test_a_zip_file_holds_the_same_and_nobody_else_may_read_it(thread, alice, tmp_path):
    write(alice, thread, "a")
    path = tmp_path / "alice.zip"

    said, progress = export("alice", "--output", path)

    assert (said, "messages: 1" in progress) == (str(path), True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with zipfile.ZipFile(path) as packed:
        assert {name.removesuffix(".json") for name in packed.namelist()} == FILES
        assert json.loads(packed.read("messages.json"))[0]["text"] == "a"


def test_a_folder_is_ones_own_too(alice, tmp_path):
    export("alice", "--output", tmp_path / "all")

    assert stat.S_IMODE((tmp_path / "all").stat().st_mode) == 0o700
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "all").iterdir()}
    assert modes == {0o600}


def test_the_order_is_the_same_every_time(thread, group, alice, exported):
    write(alice, group, "b", "c")
    write(alice, thread, "a")
    first, second = exported(alice), exported(alice)

    assert first.pop("about") != second.pop("about")  # it tells when
    assert first == second
    assert [it["text"] for it in first["messages"]] == ["a", "b", "c"]


def test_a_long_history_needs_little_memory(thread, alice, tmp_path, monkeypatch):
    count, text = 3_000, "x" * 3_000
    monkeypatch.setattr(belongings, "ROWS_AT_ONCE", 100)
    Message.objects.bulk_create(
        Message(
            thread=thread, seq=n, version=n, sender=alice, uuid=uuid4(), text=text,
            sent_at=timezone.now(),
        )
        for n in range(1, count + 1)
    )  # fmt: skip
    tracemalloc.start()
    export("alice", "--output", tmp_path / "all.zip")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < count * len(text) / 3


def test_what_is_there_already_is_left_alone(alice, tmp_path):
    for path in (tmp_path, tmp_path / "old.zip"):
        if path.suffix:
            path.write_text("old")
        with pytest.raises(CommandError, match="is there already"):
            export("alice", "--output", path)
    assert (tmp_path / "old.zip").read_text() == "old"


@pytest.mark.parametrize("name", ["all", "all.zip"])
def test_half_of_it_is_not_left_to_be_taken_for_all(alice, tmp_path, monkeypatch, name):
    def broken(_):
        yield {"number": 1}
        raise OperationalError("the database went away")

    monkeypatch.setitem(export_person.LISTS, "messages", ("all that they wrote", broken))
    with pytest.raises(OperationalError):
        export("alice", "--output", tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("words", [[], ["alice", "--id", "1"]])
def test_one_person_has_to_be_meant(alice, words):
    with pytest.raises(CommandError, match="either NAME or --id"):
        export(*words)


@pytest.mark.parametrize("words", [["nobody"], ["--id", "0"], ["--id", "x"]])
def test_nobody_is_not_exported(alice, words):
    with pytest.raises(CommandError, match="no such account"):
        export(*words)


def test_somebody_inactive_is_found_by_id_and_by_name(alice, tmp_path):
    alice.is_active = False
    alice.save()
    for number, words in enumerate([["alice"], ["--id", alice.pk]]):
        export(*words, "--output", tmp_path / str(number))
        assert (tmp_path / str(number) / "account.json").exists()
