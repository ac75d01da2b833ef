from privatemessages import actions
from privatemessages.history.preferences import preferences_of


def test_those_of_many_are_one_query(alice, bob, carol, django_assert_num_queries):
    actions.set_preferences(bob, shows_last_seen=False)
    with django_assert_num_queries(1):
        found = preferences_of([alice.pk, bob.pk, carol.pk])
    shown = {person: it.shows_last_seen for person, it in found.items()}
    assert shown == {alice.pk: True, bob.pk: False, carol.pk: True}
