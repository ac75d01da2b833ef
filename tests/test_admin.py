from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from privatemessages import actions
from privatemessages.admin import looking as looking_only
from privatemessages.admin.records import ACTS
from privatemessages.models import Ban, Message, Record, Thread
from privatemessages.roles import PERSONAL, Act
from tests.messenger import fill, make_people, make_person, write

pytestmark = pytest.mark.django_db

MANY_RECORDS = 5_000


@pytest.fixture
def looking(client):
    staff = make_person("staff", is_staff=True, is_superuser=True)
    client.force_login(staff)
    return client


def address(name, *args):
    return reverse(f"admin:privatemessages_{name}", args=args)


@pytest.fixture
def many(alice):
    """30 threads of two messages each."""
    for n in range(30):
        thread, _ = actions.start_direct_thread(alice, make_person(f"person{n:02}"))
        write(alice, thread, "one", "<b>two</b>")


def test_threads_are_listed_with_their_people(looking, alice, bob, thread):
    page = looking.get(address("thread_changelist")).content.decode()

    assert "alice, bob" in page


def test_messages_are_listed_with_their_senders_and_escaped(looking, alice, thread):
    write(alice, thread, "<script>alert()</script>" + "x" * 100)
    page = looking.get(address("message_changelist")).content.decode()

    assert "alice" in page
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "x" * 100 not in page


def test_one_thread_shows_its_members_and_one_message_its_text(looking, alice, bob, thread):
    message = write(alice, thread, "the whole text")[0]

    page = looking.get(address("thread_change", thread.id)).content.decode()
    assert "alice" in page
    assert "bob" in page
    page = looking.get(address("message_change", message.id)).content.decode()
    assert "the whole text" in page


@pytest.mark.parametrize("query", ["bo", "{thread}"])
def test_threads_and_messages_are_found_by_name_and_number(
    looking, bob, carol, alice, thread, query
):
    other, _ = actions.start_direct_thread(alice, carol)
    write(bob, thread, "his")
    write(carol, other, "hers")
    query = {"q": query.format(thread=thread.id)}

    for name, rows in [
        ("thread", Thread.objects.filter(id=thread.id)),
        ("message", thread.messages.all()),
    ]:
        found = looking.get(address(f"{name}_changelist"), query).context["cl"].queryset
        assert set(found) == set(rows)


def test_nothing_is_added_changed_or_deleted(looking, alice, thread):
    message = write(alice, thread, "hello")[0]

    for name, row in [("thread", thread), ("message", message)]:
        assert looking.get(address(f"{name}_add")).status_code == 403
        assert looking.post(address(f"{name}_change", row.id), {"text": "x"}).status_code == 403
        assert looking.post(address(f"{name}_delete", row.id), {"post": "yes"}).status_code == 403
    assert Message.objects.get().text == "hello"


def test_a_person_can_still_be_deleted(looking, alice, bob, thread):
    write(alice, thread, "hello")
    response = looking.post(reverse("admin:auth_user_delete", args=[alice.pk]), {"post": "yes"})

    assert response.status_code == 302
    assert not get_user_model().objects.filter(pk=alice.pk).exists()
    assert Message.objects.get().sender is None


@pytest.mark.parametrize(("name", "queries"), [("thread", 4), ("message", 3), ("record", 3)])
def test_a_list_takes_a_fixed_number_of_queries(
    looking, many, administered, name, queries, django_assert_num_queries
):
    """A search takes two more: whom it means, and which threads."""
    looking.get(address(f"{name}_changelist"))
    with django_assert_num_queries(queries):
        looking.get(address(f"{name}_changelist"))
    for query in ("person01", "person", "alice"):
        with django_assert_num_queries(queries + 2):
            found = listed(looking, name, q=query)
    assert found, "by alice, in every list"


def test_not_all_rows_are_counted(looking, many, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(looking_only, "COUNT_LIMIT", 7)
    with django_assert_num_queries(6, exact=False) as queries:
        page = looking.get(address("message_changelist"))

    assert page.context["cl"].result_count == 7
    counts = [query["sql"] for query in queries if "COUNT(*)" in query["sql"]]
    assert counts
    assert all("LIMIT 7" in sql for sql in counts)


def listed(looking, name, **query):
    """The rows of a list."""
    return list(looking.get(address(f"{name}_changelist"), query).context["cl"].result_list)


def test_groups_and_rooms_are_listed_with_their_titles_and_counts(looking, group, room):
    page = looking.get(address("thread_changelist")).content.decode()

    assert "Friends" in page
    assert "Kitchen" in page
    assert [thread.member_count for thread in listed(looking, "thread")] == [3, 3]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kitchen", "room"),
        ("KITCH", "room"),
        ("Ｋitchen!", "room"),
        ("itche", "room"),
        ("friends", "group"),
        ("dav", "room"),
    ],
)
def test_threads_are_found_by_title_address_and_member(
    looking, alice, dave, group, room, query, found
):
    actions.enter_room(dave, room.id)
    expected = {"group": group, "room": room}[found]

    assert listed(looking, "thread", q=query) == [expected]
    assert listed(looking, "thread", q=str(expected.id)) == [expected]


@pytest.mark.parametrize("name", ["thread", "message", "record"])
@pytest.mark.parametrize(
    "query", ["\x00", "x" * 1000, "9" * 19, "9" * 5000, "-1", "²", "%", "'", "?!", "\ud800"]
)
def test_whatever_is_searched_is_answered(looking, alice, room, name, query):
    actions.close_thread(alice, room.id)
    response = looking.get(address(f"{name}_changelist"), {"q": query.encode(errors="replace")})

    assert response.status_code == 200
    assert listed(looking, name), "else nothing could be missed"


def test_of_a_large_room_the_first_are_shown(looking, alice, bob, room, django_assert_num_queries):
    path = address("thread_change", room.id)
    looking.get(path)
    with django_assert_num_queries(9, exact=False) as few:
        looking.get(path)
    people = make_people(150)
    fill(room, people, joined_at=room.created_at - timedelta(days=1))
    Ban.objects.bulk_create(Ban(thread=room, user=person) for person in people)
    with django_assert_num_queries(len(few)):
        page = looking.get(path)

    members, bans = (formset.formset for formset in page.context["inline_admin_formsets"])
    shown = [form.instance.user.username for form in members.forms]
    assert len(shown) == len(bans.forms) == looking_only.ROWS_SHOWN
    assert shown[:2] == ["alice", "bob"], "who runs it comes first, whoever came first"
    assert "carol" not in shown


def test_who_left_comes_last(looking, alice, bob, room):
    actions.leave(alice, room.id)
    page = looking.get(address("thread_change", room.id))

    members = page.context["inline_admin_formsets"][0].formset
    assert [form.instance.user.username for form in members.forms] == ["bob", "carol", "alice"]


def test_a_thread_shows_who_is_banned_and_why(looking, alice, dave, room):
    actions.ban(alice, room.id, dave, reason="Sold <b>soap</b>")
    page = looking.get(address("thread_change", room.id)).content.decode()

    assert "Sold &lt;b&gt;soap&lt;/b&gt;" in page


def test_messages_are_found_by_the_title_of_their_thread(looking, alice, bob, thread, room):
    write(bob, thread, "elsewhere")
    (message,) = write(bob, room, "here")

    found = listed(looking, "message", q="kitchen")
    assert message in found
    assert {each.thread for each in found} == {room}


def test_what_happened_is_told_in_a_sentence(looking, alice, room):
    actions.close_thread(alice, room.id)
    page = looking.get(address("message_changelist")).content.decode()

    assert "alice closed this" in page


@pytest.fixture
def administered(alice, bob, carol, dave, room, group):
    """One record of each act, and two groups' worth of others."""
    minute = timedelta(minutes=1)
    actions.mute(bob, room.id, carol, lasting=minute, reason="too loud")
    actions.unmute(bob, room.id, carol)
    actions.remove_member(bob, room.id, carol)
    actions.ban(bob, room.id, dave, reason="Sold <b>soap</b>")
    actions.unban(bob, room.id, dave)
    actions.set_topic(bob, room.id, "Soup")
    actions.rename(alice, room.id, "Pantry")
    actions.configure(alice, room.id, is_public=False)
    actions.clear_history(alice, room.id)
    actions.close_thread(alice, room.id)
    actions.reopen_thread(alice, room.id)
    actions.delete_thread(alice, room.id)
    return room


def test_every_act_of_administration_is_recorded_and_named():
    assert set(ACTS) == set(Act) - PERSONAL


def test_it_is_told_who_did_what_to_whom_and_why(looking, administered):
    page = looking.get(address("record_changelist")).content.decode()

    assert {record.act for record in Record.objects.all()} == set(ACTS)
    for text in (*map(str, ACTS.values()), "bob", "carol", "too loud", "Pantry", "Soup"):
        assert text in page, text
    assert "Sold &lt;b&gt;soap&lt;/b&gt;" in page
    record = Record.objects.get(act=Act.BAN)
    page = looking.get(address("record_change", record.id)).content.decode()
    assert "Sold &lt;b&gt;soap&lt;/b&gt;" in page


@pytest.mark.parametrize("act", [Act.BAN, Act.CLEAR])
def test_records_are_filtered_by_act(looking, administered, act):
    found = listed(looking, "record", act=act.value)

    assert found == list(Record.objects.filter(act=act))
    assert len(found) == 1
    assert len(listed(looking, "record", act="nothing")) == Record.objects.count()


def test_records_are_filtered_by_date(looking, administered):
    old = Record.objects.get(act=Act.BAN)
    Record.objects.filter(pk=old.pk).update(made_at=old.made_at - timedelta(days=400))
    since = (timezone.now() - timedelta(days=7)).isoformat()

    found = listed(looking, "record", made_at__gte=since)
    assert old not in found
    assert len(found) == Record.objects.count() - 1


def test_records_are_found_by_name_and_thread(looking, administered, alice, bob, carol, dave):
    of_bob = listed(looking, "record", q="bo")
    assert of_bob == list(
        Record.objects.filter(actor=bob).order_by("-id")
        | Record.objects.filter(person=bob).order_by("-id")
    )
    assert {record.act for record in listed(looking, "record", q="DAV")} == {"ban", "unban"}
    for query in ("pantry", str(administered.id)):
        found = listed(looking, "record", q=query)
        assert {record.thread for record in found} == {administered}
    assert listed(looking, "record", q="kitchen")[-1].thread_title == "Kitchen"


def test_a_record_outlives_the_accounts(looking, administered, bob, dave):
    for person in (bob, dave):
        person.delete()

    (record,) = listed(looking, "record", q="dave", act="ban")
    assert (record.actor, record.actor_name, record.person_name) == (None, "bob", "dave")


def test_an_index_finds_the_records_of_an_act(administered):
    """However rare it is among the others, and however long ago."""
    others = (Record(act=Act.SET_TOPIC.value, actor_name="bob") for _ in range(MANY_RECORDS))
    Record.objects.bulk_create(others)
    with connection.cursor() as cursor:
        # With figures that are out of date, PostgreSQL may take any index.
        cursor.execute("ANALYZE")

    rows = Record.objects.filter(act="ban").order_by("-id")[:50]
    assert "privatemessages_record_act" in rows.explain()


def test_who_is_banned_or_asks_can_still_be_deleted(looking, alice, dave, private_room):
    actions.request_entry(dave, private_room.id)
    actions.ban(alice, private_room.id, dave)
    response = looking.post(reverse("admin:auth_user_delete", args=[dave.pk]), {"post": "yes"})

    assert response.status_code == 302
    assert not Ban.objects.exists()
    assert Record.objects.get(act="ban").person_name == "dave"


@pytest.mark.parametrize(
    ("name", "english", "russian"),
    [
        ("thread", ["Title", "Topic", "Deleted at", "members"], ["Название", "Тема", "участники"]),
        ("message", ["Text", "Sent at"], ["Текст", "Отправлено"]),
        ("record", ["When", "By whom", "banned", "Why"], ["Когда", "Кто", "закрыт вход", "Почему"]),
    ],
)
def test_everything_has_a_russian_name(looking, administered, name, english, russian):
    text = looking.get(address(f"{name}_changelist"), headers={"Accept-Language": "ru"})
    row = {"thread": Thread, "message": Message, "record": Record}[name].objects.first()
    one = looking.get(address(f"{name}_change", row.pk), headers={"Accept-Language": "ru"})
    content = text.content.decode() + one.content.decode()

    assert not [word for word in english if f">{word}" in content]
    assert not [word for word in russian if word not in content]
