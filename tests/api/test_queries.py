"""What each reading operation costs: a fixed number of queries, however much there is."""

import pytest
from django.utils import timezone

from privatemessages import actions
from privatemessages.models import Ban, EntryRequest
from tests.api.conftest import API
from tests.api.operations import READING
from tests.messenger import fill, make_people, write

SIGNED_IN = 1  # the person; the session is read from Redis
QUERIES = {
    "threads": 2,
    "threads/{thread_id}": 2,
    "threads/{thread_id}/opening": 3,
    "threads/{thread_id}/messages": 2,
    "threads/{thread_id}/changes": 2,
    "threads/{thread_id}/members": 2,
    "threads/{thread_id}/present": 3,
    "threads/{thread_id}/bans": 3,
    "threads/{thread_id}/requests": 3,
    "threads/{thread_id}/commands": 2,
    "heads": 1,
    "rooms": 2,
    "rooms/{slug}": 4,
    "people": 1,
    "preferences": 1,
    "presence": 1,
}


def populate(room, alice):
    """Much of everything that an operation may list; the new members."""
    people = make_people(90)
    fill(room, people[:30])
    Ban.objects.bulk_create(Ban(thread=room, user=person) for person in people[30:60])
    EntryRequest.objects.bulk_create(
        EntryRequest(thread=room, user=person, asked_at=timezone.now()) for person in people[60:]
    )
    write(alice, room, *["text"] * 20)
    for n in range(5):
        actions.make_room(alice, f"Room {n}")
    return people[:30]


def test_every_reading_operation_is_counted():
    assert {operation.path for operation in READING} == set(QUERIES)


@pytest.mark.parametrize("operation", READING, ids=str)
def test_it_takes_a_fixed_number_of_queries(
    as_alice, alice, private_room, operation, django_assert_num_queries, be_there
):
    address = operation.address(private_room.id, slug="cellar")
    be_there(private_room, alice)
    as_alice.get("threads")  # what is read once and then known

    def count(expected):
        with django_assert_num_queries(SIGNED_IN + expected):
            response = as_alice.client.get(API + address)
        assert response.status_code == 200
        return len(response.content)

    little = count(QUERIES[operation.path])
    be_there(private_room, *populate(private_room, alice))
    assert count(QUERIES[operation.path]) >= little
