from contextlib import suppress

import pytest
from django.contrib.auth import get_user_model

from privatemessages import history
from privatemessages.errors import Malformed, NoSuchPerson
from tests.messenger import make_person


def names(found):
    return [person.name for person in found]


def test_people_are_found_by_the_beginning_of_their_name(alice, bob):
    for name in ("Bobby", "bO", "kabob"):
        make_person(name)

    assert names(history.people(alice, " BO ")) == ["bob", "Bobby", "bO"]
    assert names(history.people(bob, "bob")) == ["Bobby"]
    assert history.people(alice, "bob")[0].id == str(bob.pk)


def test_names_in_other_scripts_are_found_however_they_are_written(alice):
    make_person("Дмитрий")

    for name in ("дми", "Дми", "Дмитрий"):
        assert names(history.people(alice, name)) == ["Дмитрий"]


def test_nobody_inactive_is_found(alice, bob):
    get_user_model().objects.filter(pk=bob.pk).update(is_active=False)

    assert history.people(alice, "bob") == []


def test_addresses_are_neither_searched_nor_shown(alice):
    make_person("dave@example.com")
    make_person("erin", first_name="Something")
    get_user_model().objects.filter(username="erin").update(email="something@example.com")

    assert history.people(alice, "dave") == []
    assert history.people(alice, "something") == []


def test_patterns_are_letters(alice, bob):
    for query in ("%%", "b%", "__", "b_b"):
        assert history.people(alice, query) == []


@pytest.mark.parametrize("query", ["", "b", " b ", "\x00\x00", "b\x00b", "\ud800\ud800", "b" * 151])
def test_less_than_two_letters_are_refused(alice, query):
    with pytest.raises(Malformed):
        history.people(alice, query)


def test_at_most_twenty_people_are_found_in_one_query(alice, django_assert_num_queries):
    for n in range(25):
        make_person(f"zoe{n}")

    with django_assert_num_queries(1):
        assert len(history.people(alice, "zoe")) == 20


def test_a_person_is_named_exactly(alice, bob):
    assert history.person_named("bob") == bob
    assert history.person_with_id(str(bob.pk)) == bob


def test_a_person_is_named_in_other_letters_too_where_nobody_else_can_be_meant(bob):
    for name in ("Bob", "BOB"):
        assert history.person_named(name) == bob

    other = make_person("Bob")
    assert history.person_named("Bob") == other
    assert history.person_named("bob") == bob
    with pytest.raises(NoSuchPerson):
        history.person_named("BOB")


def test_somebody_inactive_is_not_taken_for_another_in_other_letters(bob):
    other = make_person("Bob")
    get_user_model().objects.filter(pk=bob.pk).update(is_active=False)

    with pytest.raises(NoSuchPerson):
        history.person_named("bob")
    assert history.person_named("BOB") == other


@pytest.mark.parametrize("name", ["", "bo", "nobody", "bob\x00", "\ud800", "b%", "bob@example.com"])
def test_nobody_is_named_by_less(bob, name):
    with pytest.raises(NoSuchPerson):
        history.person_named(name)


@pytest.mark.parametrize("user_id", ["", "0", "-1", "bob", "1.0", " 1", "9" * 40, "\x00"])
def test_nobody_has_an_id_that_is_none(bob, user_id):
    with pytest.raises(NoSuchPerson):
        history.person_with_id(user_id)


def test_somebody_inactive_is_answered_like_nobody(bob):
    get_user_model().objects.update(is_active=False)

    for find in (lambda: history.person_named("bob"), lambda: history.person_with_id(str(bob.pk))):
        with pytest.raises(NoSuchPerson) as refusal:
            find()
        assert refusal.value.code == "not_found"


def test_many_are_found_by_their_names_as_each_would_be_in_two_queries(
    alice, bob, django_assert_num_queries
):
    make_person("Bob")
    make_person("carol", is_active=False)
    make_person("CAROL")
    make_person("dave", is_active=False)
    written = [
        *("alice", "ALICE", "aLiCe", "bob", "Bob", "BOB"),
        *("carol", "Carol", "dave", "DAVE", "nobody", "", "a\x00"),
    ]
    expected = {}
    for name in written:
        with suppress(NoSuchPerson):
            expected[name] = history.person_named(name)
    assert set(expected) == {"alice", "ALICE", "aLiCe", "bob", "Bob", "Carol"}

    with django_assert_num_queries(2):
        found = history.people_named(written)
    assert list(found.items()) == list(expected.items())
    with django_assert_num_queries(2):  # of those with ids, and of those with just these names
        assert set(history.everybody(["alice", "bob"], [str(alice.pk)])) == {alice, bob}
