import pytest

from privatemessages import actions, history
from privatemessages.actions.moderation import LONGEST
from privatemessages.models import REASON_LIMIT, Member, Record
from privatemessages.roles import Role
from privatemessages.times import milliseconds
from tests.api.conftest import refusal
from tests.messenger import fill, make_people, place_of

# What no time is, and how it is told.
NO_TIMES = [
    (0, (400, "bad_duration")),
    (-1, (400, "bad_duration")),
    (int(LONGEST.total_seconds()) + 1, (400, "bad_duration")),
    (2**63, (400, "bad_duration")),
    (10**30, (400, "bad_duration")),
    (-(10**30), (400, "bad_duration")),
    (True, (400, "malformed")),
    (False, (400, "malformed")),
    (60.0, (400, "malformed")),
    (1.5, (400, "malformed")),
    (float("inf"), (400, "malformed")),
    (float("nan"), (400, "malformed")),
    ("60", (400, "malformed")),
    ([60], (400, "malformed")),
]


def test_members_are_listed_as_history_has_them(as_carol, carol, group):
    response = as_carol.get(f"threads/{group.id}/members")

    assert response.status_code == 200
    assert response.json() == history.members(carol, group.id).model_dump()
    people = [(card["person"]["name"], card["role"]) for card in response.json()["members"]]
    assert people == [("alice", "owner"), ("bob", "moderator"), ("carol", "member")]


def test_members_are_paged_and_found_by_name(as_alice, group):
    found, after = [], {}
    while True:
        page = as_alice.get(f"threads/{group.id}/members", limit=1, **after).json()
        found += [card["person"]["name"] for card in page["members"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert found == ["alice", "bob", "carol"]

    page = as_alice.get(f"threads/{group.id}/members", query="car").json()
    assert [card["person"]["name"] for card in page["members"]] == ["carol"]


@pytest.mark.parametrize(
    "query",
    [{"limit": 0}, {"limit": 101}, {"limit": "x"}, {"after": "none"}, {"query": "a\x00b"}],
)
def test_a_page_of_members_that_is_none_is_malformed(as_alice, group, query):
    assert refusal(as_alice.get(f"threads/{group.id}/members", **query)) == (400, "malformed")


def test_a_large_room_is_told_in_pages(as_alice, room):
    fill(room, make_people(300))
    page = as_alice.get(f"threads/{room.id}/members").json()

    assert len(page["members"]) == history.PAGE_SIZE
    assert page["next"]


def test_somebody_is_added_once_by_name_or_id(as_bob, dave, group, room):
    for thread, whom in [(group, {"user": "dave"}), (room, {"user_id": str(dave.pk)})]:
        came = as_bob.post(f"threads/{thread.id}/members", whom)
        again = as_bob.post(f"threads/{thread.id}/members", whom)

        assert (came.status_code, again.status_code) == (201, 200)
        assert came.json() == again.json() == {"id": str(dave.pk), "name": "dave"}
        assert place_of(dave, thread).left_at is None


@pytest.mark.parametrize(
    ("whom", "expected"),
    [
        ({}, (400, "malformed")),
        ({"user": 5}, (400, "malformed")),
        ({"user": "nobody"}, (404, "not_found")),
        ({"user": "bob\x00"}, (404, "not_found")),
        ({"user": "b\ud800"}, (404, "not_found")),
        ({"user_id": "x" * 1000}, (404, "not_found")),
        ({"user_id": str(2**70)}, (404, "not_found")),
    ],
)
def test_nobody_cannot_be_added(as_alice, group, whom, expected):
    assert refusal(as_alice.post(f"threads/{group.id}/members", whom)) == expected
    assert Member.objects.count() == 3


def test_who_may_not_be_added_is_not(as_alice, as_carol, alice, dave, group, settings):
    add = f"threads/{group.id}/members"
    assert refusal(as_carol.post(add, {"user": "dave"})) == (403, "forbidden")
    actions.ban(alice, group.id, dave)
    assert refusal(as_alice.post(add, {"user": "dave"})) == (403, "banned")
    actions.unban(alice, group.id, dave)
    settings.PRIVATEMESSAGES = {**settings.PRIVATEMESSAGES, "GROUP_LIMIT": 3}
    assert refusal(as_alice.post(add, {"user": "dave"})) == (409, "full")


def test_somebody_is_removed_for_a_reason(as_bob, carol, group):
    response = as_bob.delete(f"threads/{group.id}/members/{carol.pk}?reason=too+loud")

    assert (response.status_code, response.content) == (204, b"")
    assert place_of(carol, group).left_at is not None
    assert Record.objects.get(act="remove").reason == "too loud"
    again = as_bob.delete(f"threads/{group.id}/members/{carol.pk}")
    assert refusal(again) == (404, "not_member")


def test_who_became_inactive_can_be_removed(as_bob, carol, group):
    carol.is_active = False
    carol.save()

    assert as_bob.delete(f"threads/{group.id}/members/{carol.pk}").status_code == 204


def test_a_long_reason_is_cut_and_a_bad_one_refused(as_bob, carol, group):
    path = f"threads/{group.id}/members/{carol.pk}?reason="

    assert refusal(as_bob.delete(f"{path}a%00b")) == (400, "malformed")
    assert as_bob.delete(path + "x" * 1000).status_code == 204
    assert Record.objects.get(act="remove").reason == "x" * REASON_LIMIT


def test_roles_are_given_and_taken(as_alice, bob, carol, group):
    for person, role in [(carol, "moderator"), (bob, "member"), (carol, "owner")]:
        response = as_alice.patch(f"threads/{group.id}/members/{person.pk}", {"role": role})
        assert response.status_code == 204
        assert place_of(person, group).role == role


@pytest.mark.parametrize("new", [{}, {"role": "king"}, {"role": None}, {"role": ["owner"]}, []])
def test_a_role_that_is_none_is_malformed(as_alice, carol, group, new):
    path = f"threads/{group.id}/members/{carol.pk}"
    assert refusal(as_alice.patch(path, new)) == (400, "malformed")
    assert place_of(carol, group).role == Role.MEMBER


def test_somebody_is_muted_and_unmuted(as_bob, as_carol, carol, group):
    mute = f"threads/{group.id}/mutes/{carol.pk}"

    def muted_until():
        return as_carol.get(f"threads/{group.id}").json()["muted_until"]

    assert as_bob.put(mute, {"seconds": 60, "reason": "too loud"}).status_code == 204
    record = Record.objects.get(act="mute")
    assert record.reason == "too loud"
    assert abs(muted_until() - milliseconds(record.made_at) - 60_000) < 1000
    for content in ({}, {"seconds": None}):
        assert as_bob.put(mute, content).status_code == 204
        assert not as_carol.get(f"threads/{group.id}").json()["may_post"]
    for _ in range(2):
        assert as_bob.delete(mute).status_code == 204
        assert as_carol.get(f"threads/{group.id}").json()["may_post"]


@pytest.mark.parametrize("measure", ["mutes", "bans"])
@pytest.mark.parametrize(("seconds", "expected"), NO_TIMES)
def test_what_is_no_time_is_refused(as_alice, carol, group, measure, seconds, expected):
    path = f"threads/{group.id}/{measure}/{carol.pk}"

    assert refusal(as_alice.put(path, {"seconds": seconds})) == expected
    place = place_of(carol, group)
    assert (place.left_at, place.muted_at) == (None, None)
    assert not Record.objects.filter(person_name="carol").exists()


@pytest.mark.parametrize("measure", ["mutes", "bans"])
def test_a_number_longer_than_python_reads_is_no_time_either(as_alice, carol, group, measure):
    path = f"threads/{group.id}/{measure}/{carol.pk}"
    body = b'{"seconds": ' + b"9" * 5000 + b"}"

    assert refusal(as_alice.ask("put", path, body=body)) == (400, "malformed")


@pytest.mark.parametrize("measure", ["mutes", "bans"])
@pytest.mark.parametrize("seconds", [1, int(LONGEST.total_seconds())])
def test_the_shortest_and_the_longest_time_are_taken(as_alice, carol, group, measure, seconds):
    path = f"threads/{group.id}/{measure}/{carol.pk}"
    assert as_alice.put(path, {"seconds": seconds}).status_code == 204


ON_PERSON = [
    ("delete", "members", None),
    ("patch", "members", {"role": "member"}),
    ("put", "mutes", {}),
    ("delete", "mutes", None),
    ("put", "bans", {}),
]


@pytest.mark.parametrize(("method", "what", "body"), ON_PERSON)
def test_nobody_does_it_to_themselves(as_alice, alice, group, method, what, body):
    path = f"threads/{group.id}/{what}/{alice.pk}"
    assert refusal(as_alice.ask(method, path, body)) == (400, "on_self")


@pytest.mark.parametrize(
    ("method", "what", "body"),
    [each for each in ON_PERSON if each[:2] not in {("patch", "members"), ("delete", "mutes")}],
)
def test_nobody_does_it_to_who_stands_above_them(as_bob, alice, group, method, what, body):
    path = f"threads/{group.id}/{what}/{alice.pk}"
    assert refusal(as_bob.ask(method, path, body)) == (403, "outranked")


@pytest.mark.parametrize(("method", "what", "body"), ON_PERSON)
def test_a_member_does_it_to_nobody(as_carol, bob, group, method, what, body):
    path = f"threads/{group.id}/{what}/{bob.pk}"
    assert refusal(as_carol.ask(method, path, body)) == (403, "forbidden")


@pytest.mark.parametrize(("method", "what", "body"), ON_PERSON[:-1])
def test_only_bans_are_for_strangers(as_alice, dave, group, method, what, body):
    path = f"threads/{group.id}/{what}/{dave.pk}"
    assert refusal(as_alice.ask(method, path, body)) == (404, "not_member")


def test_who_is_there_now(as_alice, bob, carol, dave, group, be_there):
    path = f"threads/{group.id}/present"
    assert as_alice.get(path).json() == {"count": 0, "people": []}

    be_there(group, bob, carol)
    content = as_alice.get(path).json()
    assert content["count"] == 2
    assert {person["name"] for person in content["people"]} == {"bob", "carol"}


def test_nobody_says_who_is_there_without_redis(as_alice, group, redis_server):
    redis_server.kill()
    try:
        assert refusal(as_alice.get(f"threads/{group.id}/present")) == (503, "unavailable")
    finally:
        redis_server.start()
