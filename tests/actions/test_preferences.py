import pytest

from privatemessages import actions, history
from privatemessages.models import Preferences

SHOWN = ["shows_presence", "shows_last_seen", "shows_typing"]


def test_everything_is_shown_until_somebody_hides_it(alice, bob):
    assert set(history.preferences(alice.pk).model_dump().items()) == {(it, True) for it in SHOWN}
    actions.set_preferences(alice, shows_typing=False)
    assert not history.preferences(alice.pk).shows_typing
    assert history.preferences(bob.pk).shows_typing


@pytest.mark.parametrize("name", SHOWN)
def test_one_choice_leaves_the_others_as_they_are(alice, name):
    actions.set_preferences(alice, **dict.fromkeys(SHOWN, False))
    actions.set_preferences(alice, **{name: True})
    assert history.preferences(alice.pk).model_dump() == dict.fromkeys(SHOWN, False) | {name: True}
    actions.set_preferences(alice, **{name: False})
    assert not any(history.preferences(alice.pk).model_dump().values())
    assert Preferences.objects.count() == 1


def test_nothing_chosen_writes_and_tells_nothing(alice, django_assert_num_queries):
    with django_assert_num_queries(0):
        actions.set_preferences(alice)
    assert not Preferences.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_workers_of_the_person_are_told_to_look_again(alice, told):
    actions.set_preferences(alice, shows_presence=False)
    assert told.frames(1) == [(f"pm:user:{alice.pk}", {"type": "preferences_changed"})]


def test_they_go_with_the_person(alice):
    actions.set_preferences(alice, shows_presence=False)
    alice.delete()
    assert not Preferences.objects.exists()
