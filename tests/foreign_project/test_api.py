"""The JSON API with another user model."""

from uuid import uuid4

import pytest

from tests.foreign_project.club import DOMAIN


def test_a_message_is_stored_and_read(club, ann, ben, thread):
    written = ann.call(f"threads/{thread}/messages", {"id": str(uuid4()), "text": "By the API"})
    assert written.status == 201
    assert written.json["sender"] == {"id": club.people["ann"], "name": "Ann Archer"}
    assert ben.call(f"threads/{thread}/messages").json["messages"][-1] == written.json
    assert ben.call(f"threads/{thread}/read", {"seq": written.json["seq"]}).status == 200
    assert ben.call(f"threads/{thread}").json["unread"] == 0


def test_the_inbox_names_people_as_they_are_called(club, ann, thread):
    [card] = [card for card in ann.call("threads").json["threads"] if card["id"] == thread]
    assert card["title"] == "Ben Baker"
    assert {person["id"] for person in card["people"]} == {club.people["ann"], club.people["ben"]}


def test_a_thread_starts_with_an_address_that_one_knows(ann, thread):
    answer = ann.call("threads", {"user": "ben" + DOMAIN})
    assert (answer.status, answer.json["id"]) == (200, thread)


def test_people_are_found_by_their_names(club, ann):
    found = ann.call("people?q=ben").json["people"]
    assert found == [{"id": club.people["ben"], "name": "Ben Baker"}]


@pytest.mark.parametrize("query", ["dora", "dora@", "club.example", "cleo"])
def test_people_are_not_found_by_their_addresses(ann, query):
    found = [person["name"] for person in ann.call(f"people?q={query}").json["people"]]
    assert not any(name.startswith("Person") for name in found)


@pytest.mark.parametrize("user_id", ["7", "ben", "00000000-0000-0000-0000-000000000000"])
def test_an_id_of_nobody_finds_nobody(ann, user_id):
    assert ann.call("threads", {"user_id": user_id}).status == 404


def test_a_stranger_hears_so(club):
    answer = club.browser().get("/talk/api/threads")
    assert (answer.status, answer.json["code"]) == (401, "not_signed_in")
