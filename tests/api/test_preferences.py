import pytest

from privatemessages import actions
from privatemessages.models import Preferences
from tests.api.conftest import refusal

ALL = {"shows_presence": True, "shows_last_seen": True, "shows_typing": True}


def test_they_are_read_as_they_were_chosen(as_alice, alice):
    assert as_alice.get("preferences").json() == ALL
    actions.set_preferences(alice, shows_typing=False)
    assert as_alice.get("preferences").json() == ALL | {"shows_typing": False}


def test_what_is_left_out_or_null_stays(as_alice, as_bob):
    changed = as_alice.patch("preferences", {"shows_presence": False, "shows_typing": None})
    assert (changed.status_code, changed.json()) == (200, ALL | {"shows_presence": False})
    changed = as_alice.patch("preferences", {"shows_last_seen": False})
    assert changed.json() == {
        "shows_presence": False,
        "shows_last_seen": False,
        "shows_typing": True,
    }
    assert as_bob.get("preferences").json() == ALL


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"shows_presence": None},
        {"shows_presence": "false"},
        {"shows_presence": 0},
        {"shows_presence": [], "shows_typing": False},
        {"theme": "dark"},
    ],
)
def test_what_is_no_choice_changes_nothing(as_alice, content):
    assert refusal(as_alice.patch("preferences", content)) == (400, "malformed")
    assert not Preferences.objects.exists()
