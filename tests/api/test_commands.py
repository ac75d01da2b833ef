import pytest

from privatemessages.models import Member, Thread

from .conftest import ApiClient, refusal

pytestmark = pytest.mark.django_db


def names(client, thread):
    response = client.get(f"threads/{thread.id}/commands")
    assert response.status_code == 200
    return [command["name"] for command in response.json()]


def test_the_commands_are_those_that_make_sense_for_this_person_there(
    as_alice, as_bob, as_carol, thread, group
):
    assert names(as_bob, thread) == ["help", "me"]
    assert names(as_carol, group) == ["help", "leave", "me", "topic", "who"]
    assert {"kick", "ban"} <= set(names(as_bob, group))
    assert "clear" not in names(as_bob, group)
    assert "clear" in names(as_alice, group)


def test_a_command_is_told_with_its_usage_and_help(as_bob, group):
    offers = as_bob.get(f"threads/{group.id}/commands").json()
    assert {
        "name": "kick",
        "usage": "/kick person [reason]",
        "help": "removes somebody, who may come back",
        "takes_member": True,
    } in offers


def test_commands_are_told_in_the_persons_language(as_bob, group):
    as_bob.client.cookies["django_language"] = "ru"
    offers = as_bob.get(f"threads/{group.id}/commands").json()
    assert "/kick пользователь [причина]" in [offer["usage"] for offer in offers]


def test_a_command_is_carried_out(as_bob, carol, group):
    response = as_bob.post(f"threads/{group.id}/commands", {"text": "/kick carol"})

    assert (response.status_code, response.json()) == (
        200,
        {"text": "carol does not belong to this any more.", "code": None},
    )
    assert not Member.objects.of(carol.pk).in_thread(group.id).exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("/topic Mine", "forbidden"),
        ("/nothing", "unknown_command"),
        ("/leave now", "bad_arguments"),
        ("hello", "bad_arguments"),
        ("", "empty"),
        ("/me " + "x" * 10_000, "too_long"),
    ],
)
def test_what_is_refused_is_an_answer_with_a_code(as_carol, group, text, code):
    response = as_carol.post(f"threads/{group.id}/commands", {"text": text})

    assert (response.status_code, response.json()["code"]) == (200, code)
    assert response.json()["text"]
    assert Thread.objects.get(pk=group.pk).topic == ""


@pytest.mark.parametrize("content", [{}, {"text": None}, {"text": 5}, [], None])
def test_a_command_has_a_text(as_alice, group, content):
    response = as_alice.post(f"threads/{group.id}/commands", content)
    assert refusal(response) == (400, "malformed")


def test_a_thread_of_others_is_like_one_that_is_not_there(as_dave, group):
    for thread_id in (group.id, group.id + 1000, 2**70):
        path = f"threads/{thread_id}/commands"
        assert refusal(as_dave.get(path)) == (404, "not_found")
        assert refusal(as_dave.post(path, {"text": "/who"})) == (404, "not_found")


def test_commands_are_for_people_who_are_signed_in(group):
    nobody = ApiClient()
    assert refusal(nobody.get(f"threads/{group.id}/commands"))[0] == 401
    assert refusal(nobody.post(f"threads/{group.id}/commands", {"text": "/who"}))[0] == 401
