import pytest

from tests.api.conftest import refusal
from tests.messenger import make_person


def test_people_are_found_by_name_and_shown_without_addresses(as_alice, bob):
    make_person("bobby", first_name="Robert")
    response = as_alice.get("people", q="bo")

    assert response.status_code == 200
    assert [person["name"] for person in response.json()["people"]] == ["bob", "bobby"]
    assert set(response.json()["people"][0]) == {"id", "name"}
    assert "example.com" not in response.content.decode()


def test_one_finds_oneself_not(as_alice, bob):
    assert as_alice.get("people", q="alice").json() == {"people": []}


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": "b"}, {"q": " b "}, {"q": "b\x00"}])
def test_at_least_two_letters_are_asked_for(as_alice, query):
    assert refusal(as_alice.get("people", **query)) == (400, "malformed")


def test_a_found_person_can_be_written_to(as_alice, bob):
    (found,) = as_alice.get("people", q="bob").json()["people"]

    assert as_alice.post("threads", {"user_id": found["id"]}).json()["title"] == found["name"]
