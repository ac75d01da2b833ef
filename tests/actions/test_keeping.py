import pytest

from privatemessages import actions, history
from privatemessages.actions import purging
from privatemessages.errors import BadName, Forbidden, MayNotPost, NameTaken, NameTooLong, NotFound
from privatemessages.models import Ban, EntryRequest, Member, Message, Record, Thread
from tests.actions.consistency import consistent
from tests.actions.test_groups import entries, roles_in
from tests.messenger import make_people, write


@pytest.fixture
def kept(settings):
    settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | {"KEEP_CLEARED": True}


def recorded(act):
    return list(Record.objects.filter(act=act).values_list("actor__username", "detail"))


def thread_frame(thread, **fields):
    thread.refresh_from_db()
    return {
        "type": "thread",
        "thread": thread.id,
        "version": thread.version,
        "title": thread.title,
        "slug": thread.slug,
        "topic": thread.topic,
        "public": thread.is_public,
        "closed": thread.closed_at is not None,
        "cleared": thread.cleared_seq,
    } | fields


def unordered(frames):
    return sorted(frames, key=lambda frame: frame["type"])


# Names and topics


def test_a_group_is_renamed(group, bob, carol):
    actions.rename(bob, group.id, " Best  friends ")

    assert history.thread(carol, group.id).title == "Best friends"
    assert entries(group)[-1] == ("renamed", "bob", None, "Best friends")
    assert recorded("rename") == [("bob", "Best friends")]
    assert consistent(group).slug is None


def test_a_rooms_address_follows_its_name(room, alice, dave):
    actions.rename(alice, room.id, "Large Hall")

    assert consistent(room).slug == "large-hall"
    assert actions.make_room(dave, "Kitchen").slug == "kitchen"  # free again


def test_a_room_may_change_how_its_name_is_written(room, alice):
    actions.rename(alice, room.id, "KITCHEN!")

    thread = consistent(room)
    assert (thread.title, thread.slug) == ("KITCHEN!", "kitchen")


def test_the_same_name_again_is_nothing(room, group, alice):
    for thread in (room, group):
        version = consistent(thread).version
        actions.rename(alice, thread.id, f" {thread.title} ")
        assert consistent(thread).version == version
    assert recorded("rename") == []


def test_a_name_that_is_taken_changes_nothing(room, private_room, alice):
    before = consistent(room).version
    with pytest.raises(NameTaken):
        actions.rename(alice, room.id, "CELLAR")

    thread = consistent(room)
    assert (thread.title, thread.slug, thread.version) == ("Kitchen", "kitchen", before)
    assert recorded("rename") == []


def test_a_topic_is_set_and_taken_away(room, bob, carol):
    actions.set_topic(bob, room.id, " Soup ")
    assert history.thread(carol, room.id).topic == "Soup"
    actions.set_topic(bob, room.id, "Soup")
    actions.set_topic(bob, room.id, "  ")
    actions.set_topic(bob, room.id, "")

    assert entries(room)[-2:] == [("topic", "bob", None, "Soup"), ("topic", "bob", None, "")]
    assert recorded("set_topic") == [("bob", "Soup"), ("bob", "")]
    assert consistent(room).topic == ""


def test_a_topic_that_is_none_changes_nothing(room, bob):
    before = consistent(room).version
    for topic, error in [("x" * 251, NameTooLong), ("a\x00b", BadName), ("\u202e", BadName)]:
        with pytest.raises(error):
            actions.set_topic(bob, room.id, topic)

    assert consistent(room).version == before


@pytest.mark.django_db(transaction=True)
def test_a_new_name_and_topic_are_told_as_entries_and_as_what_the_thread_is_now(room, alice, told):
    actions.rename(alice, room.id, "Hall")
    event, thread = unordered([frame for _, frame in told.frames(2)])
    assert thread == thread_frame(room, title="Hall", slug="hall")
    assert (event["version"], event["event"]["code"]) == (thread["version"], "renamed")
    assert event["event"]["value"] == "Hall"

    actions.set_topic(alice, room.id, "Soup")
    event, thread = unordered([frame for _, frame in told.frames(2)])
    assert thread == thread_frame(room, topic="Soup")
    assert (event["event"]["code"], event["event"]["value"]) == ("topic", "Soup")

    actions.set_topic(alice, room.id, "Soup")
    assert told.frames() == []


# What newcomers see, and who may come


def test_a_room_is_made_private_and_public(room, alice):
    version = consistent(room).version
    actions.configure(alice, room.id, is_public=False)
    assert consistent(room).is_public is False

    actions.configure(alice, room.id, is_public=True, shows_past=False)
    thread = consistent(room)
    assert (thread.is_public, thread.shows_past, thread.version) == (True, False, version)
    assert len(recorded("configure")) == 2


def test_what_is_configured_already_is_not_recorded(room, alice):
    actions.configure(alice, room.id, is_public=True, shows_past=True)
    actions.configure(alice, room.id)

    assert recorded("configure") == []


def test_a_group_is_never_public(group, alice):
    for is_public in (True, False):
        with pytest.raises(Forbidden):
            actions.configure(alice, group.id, is_public=is_public, shows_past=True)

    assert consistent(group).shows_past is False
    actions.configure(alice, group.id, shows_past=True)
    assert consistent(group).shows_past is True


@pytest.mark.django_db(transaction=True)
def test_what_is_configured_is_told(room, alice, told):
    actions.configure(alice, room.id, is_public=False)

    assert [frame for _, frame in told.frames(1)] == [thread_frame(room, public=False)]


# Clearing


@pytest.mark.django_db(transaction=True)
def test_what_is_cleared_is_nobodys_and_is_purged(group, alice, carol):
    write(alice, group, "one")
    last = write(carol, group, "two", "three")[-1]
    actions.clear_history(alice, group.id)

    thread = consistent(group)
    assert (thread.cleared_seq, thread.version) == (last.seq, last.seq + 1)
    assert entries(group) == [("cleared", "alice", None, "")]
    for person in (alice, carol):
        page = history.messages(person, group.id)
        assert [message.event.code for message in page.messages] == ["cleared"]
        assert page.cleared == last.seq
        card = history.thread(person, group.id)
        assert (card.total, card.sent, card.received, card.unread) == (0, 0, 0, 0)
        assert card.last_message is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("kept")
def test_what_is_cleared_may_be_kept_and_is_hidden_all_the_same(group, alice, carol):
    write(alice, group, "one", "two")
    total = Message.objects.count()
    actions.clear_history(alice, group.id)

    thread = consistent(group)
    assert Message.objects.filter(text="two").exists()
    assert Message.objects.count() == total + 1
    for cursors in ({}, {"before": 3}, {"after": 0}, {"around": 2}):
        for message in history.messages(carol, group.id, **cursors).messages:
            assert message.seq > thread.cleared_seq
    card = history.thread(carol, group.id)
    assert (card.total, card.unread, card.last_message) == (0, 0, None)


@pytest.mark.parametrize("keep", [True, False])
def test_who_was_away_hears_what_was_cleared(group, alice, carol, settings, keep):
    settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | {"KEEP_CLEARED": keep}
    seen = write(alice, group, "one", "two")[-1].seq
    actions.clear_history(alice, group.id)
    write(alice, group, "three")

    changes = history.changes(carol, group.id, seen - 1)
    assert changes.cleared == seen
    assert [m.seq for m in changes.messages] == [seen + 1, seen + 2]
    assert changes.complete is True


def test_it_goes_on_after_clearing(group, alice, bob, carol):
    write(alice, group, "one", "two")
    actions.clear_history(alice, group.id)
    write(bob, group, "three")
    write(alice, group, "four")

    consistent(group)
    card = history.thread(alice, group.id)
    assert (card.total, card.sent, card.received, card.unread) == (2, 1, 1, 1)
    assert card.last_message.text == "four"
    actions.clear_history(alice, group.id)
    assert consistent(group).text_count == 0


def test_who_comes_after_clearing_counts_from_there(group, alice, dave):
    write(alice, group, "one", "two")
    actions.clear_history(alice, group.id)
    write(alice, group, "three")
    actions.add_member(alice, group.id, dave)
    write(alice, group, "four")

    consistent(group)
    card = history.thread(dave, group.id)
    assert (card.total, card.unread) == (1, 1)
    actions.clear_history(alice, group.id)
    consistent(group)
    assert history.thread(dave, group.id).total == 0


def test_who_left_before_clearing_and_comes_back_counts_from_there(room, alice, carol):
    write(carol, room, "one", "two")
    actions.leave(carol, room.id)
    actions.clear_history(alice, room.id)
    actions.enter_room(carol, room.id)
    write(carol, room, "three")

    consistent(room)
    card = history.thread(carol, room.id)
    assert (card.total, card.sent, card.received) == (1, 1, 0)


@pytest.mark.django_db(transaction=True)
def test_clearing_is_told_live(group, alice, told):
    write(alice, group, "one")
    told.frames(1)
    actions.clear_history(alice, group.id)

    frames = [frame for _, frame in told.frames(2)]
    assert frames[0] == thread_frame(group)
    assert frames[0]["cleared"] == frames[1]["seq"] - 1
    assert frames[1]["event"]["code"] == "cleared"


@pytest.mark.django_db(transaction=True)
def test_much_is_purged_in_portions(group, alice, monkeypatch):
    monkeypatch.setattr(purging, "PORTION", 3)
    write(alice, group, *"abcdefgh")
    actions.clear_history(alice, group.id)

    assert entries(group) == [("cleared", "alice", None, "")]
    consistent(group)


@pytest.mark.django_db(transaction=True)
def test_what_a_broken_purge_left_the_next_one_takes(group, alice, monkeypatch):
    write(alice, group, "one", "two")
    with monkeypatch.context() as patched:
        patched.setattr(purging, "PORTION", 0)  # as if the process had died before the first
        actions.clear_history(alice, group.id)
    assert Message.objects.filter(text="one").exists()
    assert history.thread(alice, group.id).total == 0
    consistent(group)

    write(alice, group, "three")
    actions.clear_history(alice, group.id)
    assert entries(group) == [("cleared", "alice", None, "")]
    consistent(group)


@pytest.mark.django_db(transaction=True)
def test_no_other_thread_is_cleared(group, room, alice):
    write(alice, group, "one")
    write(alice, room, "one")
    actions.clear_history(alice, group.id)

    assert history.thread(alice, room.id).total == 1
    consistent(room)


def test_clearing_is_recorded(group, alice):
    actions.clear_history(alice, group.id)

    assert recorded("clear") == [("alice", "")]


# Closing


def test_in_a_closed_thread_everybody_reads_and_nobody_writes(room, alice, bob, carol, dave):
    actions.close_thread(alice, room.id)

    for person in (alice, bob, carol):
        card = history.thread(person, room.id)
        assert (card.closed, card.may_post) == (True, False)
        assert history.messages(person, room.id).messages[-1].event.code == "closed"
        with pytest.raises(MayNotPost):
            actions.send_message(person, room.id, "hello?")
    actions.enter_room(dave, room.id)
    actions.remove_member(bob, room.id, dave)
    assert recorded("close") == [("alice", "")]
    consistent(room)


def test_who_opens_it_again_lets_everybody_write(room, alice, carol):
    actions.close_thread(alice, room.id)
    actions.reopen_thread(alice, room.id)

    card = history.thread(carol, room.id)
    assert (card.closed, card.may_post) == (False, True)
    write(carol, room, "hello")
    assert [code for code, *_ in entries(room)[-3:]] == ["closed", "reopened", ""]
    assert recorded("reopen") == [("alice", "")]
    consistent(room)


def test_closing_what_is_closed_and_opening_what_is_open_is_nothing(room, alice):
    before = consistent(room).version
    actions.reopen_thread(alice, room.id)
    assert consistent(room).version == before

    actions.close_thread(alice, room.id)
    closed_at = consistent(room).closed_at
    actions.close_thread(alice, room.id)
    assert consistent(room).version == before + 1
    assert consistent(room).closed_at == closed_at
    assert (recorded("close"), recorded("reopen")) == ([("alice", "")], [])


@pytest.mark.django_db(transaction=True)
def test_closing_and_opening_are_told(room, alice, told):
    for act, code, closed in [
        (actions.close_thread, "closed", True),
        (actions.reopen_thread, "reopened", False),
    ]:
        act(alice, room.id)
        event, thread = unordered([frame for _, frame in told.frames(2)])
        assert event["event"]["code"] == code
        assert thread == thread_frame(room, closed=closed)
        act(alice, room.id)
        assert told.frames() == []


# Deleting


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("gathering", ["group", "room", "private_room"])
def test_a_deleted_thread_is_nobodys(gathering, request, alice, bob, carol, dave):
    thread = request.getfixturevalue(gathering)
    write(carol, thread, "one")
    actions.ban(alice, thread.id, dave)
    actions.delete_thread(alice, thread.id)

    for person in (alice, bob, carol):
        assert history.inbox(person).threads == []
        assert history.heads(person.pk) == {}
        for read in (history.thread, history.messages):
            with pytest.raises(NotFound):
                read(person, thread.id)
        with pytest.raises(NotFound):
            actions.send_message(person, thread.id, "hello?")
    assert roles_in(thread) == {}
    deleted = consistent(thread)
    assert deleted.deleted_at is not None
    assert (deleted.slug, deleted.member_count, deleted.text_count) == (None, 0, 0)
    assert not Message.objects.filter(thread=thread).exists()
    assert not Ban.objects.exists()


def test_nobody_comes_back_into_a_deleted_room(room, alice, bob, dave, staff):
    actions.delete_thread(alice, room.id)

    for person in (alice, dave, staff):
        for act in (actions.enter_room, actions.request_entry, actions.leave):
            with pytest.raises(NotFound):
                act(person, room.id)
        with pytest.raises(NotFound):
            actions.add_member(person, room.id, bob)
    consistent(room)


def test_its_name_is_free_again(room, alice, dave):
    actions.delete_thread(alice, room.id)

    new = actions.make_room(dave, "Kitchen")
    assert (new.slug, roles_in(new)) == ("kitchen", {"dave": "owner"})
    consistent(room)
    consistent(new)


@pytest.mark.usefixtures("kept")
@pytest.mark.django_db(transaction=True)
def test_what_is_deleted_may_be_kept_for_the_operator(room, alice):
    write(alice, room, "one")
    actions.delete_thread(alice, room.id)

    assert Message.objects.filter(thread=room, text="one").exists()
    with pytest.raises(NotFound):
        history.messages(alice, room.id)
    consistent(room)


def test_requests_go_with_the_room(private_room, alice, dave):
    actions.request_entry(dave, private_room.id)
    actions.delete_thread(alice, private_room.id)

    assert not EntryRequest.objects.exists()


def test_a_deletion_is_recorded_under_the_name_that_it_had(room, alice):
    actions.delete_thread(alice, room.id)

    row = Record.objects.get(act="delete")
    assert (row.actor, row.thread, row.thread_title) == (alice, room, "Kitchen")


@pytest.mark.django_db(transaction=True)
def test_a_deletion_is_told_once_to_the_thread_however_many_belong(room, alice, told):
    actions.delete_thread(alice, room.id)

    ((channel, frame),) = told.frames(1)
    assert channel == f"pm:{{{room.id % 16}}}:thread:{room.id}"
    assert frame == thread_frame(room, slug=None, closed=True)


# Costs


@pytest.mark.parametrize(
    "act",
    [
        lambda person, room: actions.rename(person, room.id, "Hall"),
        lambda person, room: actions.set_topic(person, room.id, "Soup"),
        lambda person, room: actions.configure(person, room.id, is_public=False),
        lambda person, room: actions.clear_history(person, room.id),
        lambda person, room: actions.close_thread(person, room.id),
        lambda person, room: actions.delete_thread(person, room.id),
    ],
    ids=["rename", "topic", "configure", "clear", "close", "delete"],
)
def test_what_is_done_to_a_thread_costs_the_same_for_any_number(
    alice, act, django_assert_max_num_queries
):
    small, large = actions.make_room(alice, "Small"), actions.make_room(alice, "Large")
    Member.objects.bulk_create(
        Member(thread=large, user=person, joined_at=large.created_at) for person in make_people(300)
    )
    Thread.objects.filter(pk=large.pk).update(member_count=301)
    with django_assert_max_num_queries(15) as few:
        act(alice, small)
    if Thread.objects.get(pk=small.pk).slug == "hall":
        actions.rename(alice, small.id, "Small")
    with django_assert_max_num_queries(len(few)):
        act(alice, large)
    consistent(large)
