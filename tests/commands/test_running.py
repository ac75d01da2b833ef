import pytest
from django.utils.translation import override

from privatemessages import commands
from privatemessages.commands import Answer, is_command, unescape
from privatemessages.errors import NotFound

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "is_one", "meant"),
    [
        ("/who", True, "/who"),
        ("/", True, "/"),
        ("//who", False, "/who"),
        ("///", False, "//"),
        ("who", False, "who"),
        ("1/2", False, "1/2"),
        ("", False, ""),
    ],
)
def test_a_slash_makes_a_command_and_two_make_a_slash(text, is_one, meant):
    assert is_command(text) is is_one
    assert unescape(text) == meant


def test_the_answer_is_the_same_for_no_thread_and_for_one_of_others(alice, carol, thread):
    answer = Answer(text=NotFound.detail, code="not_found")
    for thread_id in (thread.id, thread.id + 1000, 2**70):
        for text in ("/who", "/nothing", "hello"):
            assert commands.run(carol, thread_id, text) == answer


def test_answers_are_in_the_language_of_the_moment(alice, group):
    with override("ru"):
        assert commands.run(alice, group.id, "/topic").text == "Темы нет."
        assert commands.run(alice, group.id, "/kick alice").text == "С собой этого сделать нельзя."
        assert "/help" in commands.run(alice, group.id, "/ничего").text
