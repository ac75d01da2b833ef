import pytest

from privatemessages.models import Ban, EntryRequest, Record
from privatemessages.times import milliseconds
from tests.api.conftest import refusal
from tests.messenger import place_of


def test_somebody_is_banned_and_let_in_again(as_bob, as_carol, carol, room):
    ban = f"threads/{room.id}/bans/{carol.pk}"
    banned = as_bob.put(ban, {"seconds": 3600, "reason": "spam"})

    assert (banned.status_code, banned.content) == (204, b"")
    assert place_of(carol, room).left_at is not None
    (card,) = as_bob.get(f"threads/{room.id}/bans").json()["bans"]
    record = Record.objects.get(act="ban")
    assert card == {
        "person": {"id": str(carol.pk), "name": "carol"},
        "until": milliseconds(record.until),
        "reason": "spam",
        "made_at": milliseconds(Ban.objects.get().made_at),
    }
    assert refusal(as_carol.post("rooms/kitchen/enter")) == (403, "banned")
    assert as_bob.delete(ban).status_code == 204
    assert as_bob.get(f"threads/{room.id}/bans").json() == {"bans": []}
    assert as_carol.post("rooms/kitchen/enter").status_code == 201


@pytest.mark.parametrize("content", [{}, {"seconds": None}])
def test_a_ban_without_a_time_is_for_ever(as_bob, carol, room, content):
    assert as_bob.put(f"threads/{room.id}/bans/{carol.pk}", content).status_code == 204
    (card,) = as_bob.get(f"threads/{room.id}/bans").json()["bans"]
    assert card["until"] is None


def test_strangers_and_the_inactive_are_banned_too(as_bob, dave, room):
    dave.is_active = False
    dave.save()

    assert as_bob.put(f"threads/{room.id}/bans/{dave.pk}", {}).status_code == 204
    assert as_bob.delete(f"threads/{room.id}/bans/{dave.pk}").status_code == 204
    assert refusal(as_bob.delete(f"threads/{room.id}/bans/{dave.pk}")) == (404, "not_banned")


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (5, (400, "malformed")),
        (None, (400, "malformed")),
        (["spam"], (400, "malformed")),
        ("a\x00b", (400, "malformed")),
        ("a\ud800b", (400, "bad_text")),
    ],
)
def test_a_reason_that_is_none_is_refused(as_bob, carol, room, reason, expected):
    path = f"threads/{room.id}/bans/{carol.pk}"
    assert refusal(as_bob.put(path, {"reason": reason})) == expected
    assert not Ban.objects.exists()


def test_a_member_sees_neither_bans_nor_requests(as_carol, private_room):
    for what in ("bans", "requests"):
        assert refusal(as_carol.get(f"threads/{private_room.id}/{what}")) == (403, "forbidden")


def test_one_asks_once_and_is_let_in_by_being_added(as_bob, as_dave, dave, private_room):
    requests = f"threads/{private_room.id}/requests"
    for _ in range(2):
        assert as_dave.post(requests).status_code == 204

    (card,) = as_bob.get(requests).json()["requests"]
    assert card["person"] == {"id": str(dave.pk), "name": "dave"}
    assert card["asked_at"] == milliseconds(EntryRequest.objects.get().asked_at)
    assert as_dave.get("rooms/cellar").json()["has_asked"] is True

    added = as_bob.post(f"threads/{private_room.id}/members", {"user_id": card["person"]["id"]})
    assert added.status_code == 201
    assert as_bob.get(requests).json() == {"requests": []}
    assert as_dave.get(f"threads/{private_room.id}").status_code == 200


def test_a_request_is_declined(as_bob, as_dave, dave, private_room):
    requests = f"threads/{private_room.id}/requests"
    as_dave.post(requests)

    for _ in range(2):
        assert as_bob.delete(f"{requests}/{dave.pk}").status_code == 204
    assert not EntryRequest.objects.exists()
    assert refusal(as_dave.get(requests)) == (404, "not_found")


def test_a_banned_one_hears_it_and_cannot_ask(as_bob, as_dave, dave, private_room):
    as_bob.put(f"threads/{private_room.id}/bans/{dave.pk}", {})

    assert refusal(as_dave.post(f"threads/{private_room.id}/requests")) == (403, "banned")
    assert refusal(as_dave.post("rooms/cellar/enter")) == (403, "banned")
    assert as_dave.get("rooms/cellar").json()["is_banned"] is True


def test_nobody_asks_to_be_let_into_a_group(as_dave, group):
    assert refusal(as_dave.post(f"threads/{group.id}/requests")) == (404, "not_found")
