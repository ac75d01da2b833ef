import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from privatemessages import actions, admin
from privatemessages.models import Message, Thread
from tests.messenger import make_person, write

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize("name", ["thread", "message"])
def test_a_list_takes_a_fixed_number_of_queries(looking, many, name, django_assert_num_queries):
    looking.get(address(f"{name}_changelist"))
    with django_assert_num_queries(6, exact=False) as few:
        looking.get(address(f"{name}_changelist"), {"q": "person01"})
    with django_assert_num_queries(6, exact=False) as all_:
        looking.get(address(f"{name}_changelist"))

    assert len(few) == len(all_) > 2


def test_not_all_rows_are_counted(looking, many, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(admin, "COUNT_LIMIT", 7)
    with django_assert_num_queries(6, exact=False) as queries:
        page = looking.get(address("message_changelist"))

    assert page.context["cl"].result_count == 7
    counts = [query["sql"] for query in queries if "COUNT(*)" in query["sql"]]
    assert counts
    assert all("LIMIT 7" in sql for sql in counts)
