from hypothesis import given
from hypothesis import strategies as st

from privatemessages.protocol import Preferences
from privatemessages.roles import Role
from privatemessages.standing import Standing
from privatemessages.tornadoapp.connections import Connection, Person
from privatemessages.tornadoapp.hub import Hub
from privatemessages.tornadoapp.limits import Limits, TokenBucket

THREADS = range(4)
NAMES = "abc"
MEMBER = Standing("group", Role.MEMBER, may_post=True)


def person(name="a", *threads):
    made = Person(name, name.upper(), Limits(1, 1))
    made.places = dict.fromkeys(threads, MEMBER)
    return made


def connection(only=None):
    made = Connection(None, None, TokenBucket(1, 1), "session", 0.0)
    made.only = only
    return made


def joined(hub, who, *, only=None):
    made = connection(only)
    hub.join(made, who)
    return made


def test_a_connection_listens_to_the_threads_of_its_person():
    hub, alice = Hub(), person("a", 1, 2)
    tab = joined(hub, alice)
    assert [set(hub.listeners(thread)) for thread in (1, 2, 3)] == [{tab}, {tab}, set()]
    assert hub.person("a") is alice
    assert list(hub.connections()) == [tab]


def test_a_plain_connection_listens_to_its_own_thread_alone():
    hub, alice = Hub(), person("a", 1, 2)
    plain, tab = joined(hub, alice, only=2), joined(hub, alice)
    assert set(hub.listeners(1)) == {tab}
    assert set(hub.listeners(2)) == {tab, plain}
    hub.admit(alice, 3, MEMBER)
    assert set(hub.listeners(3)) == {tab}


def test_the_person_stays_until_their_last_connection_leaves():
    hub, alice = Hub(), person("a", 1)
    first, second = joined(hub, alice), joined(hub, alice)
    hub.leave(first)
    assert hub.person("a") is alice
    assert set(hub.listeners(1)) == {second}
    hub.leave(second)
    hub.leave(second)
    assert hub.person("a") is None
    assert hub.unheard([1]) == [1]
    assert list(hub.people()) == []


def test_leaving_after_being_dismissed_and_without_having_joined_is_nothing():
    hub, alice = Hub(), person("a", 1)
    tab = joined(hub, alice)
    hub.dismiss(alice, 1)
    assert hub.unheard([1]) == [1]
    hub.leave(tab)
    hub.leave(connection())
    assert hub.person("a") is None


def test_a_change_of_places_is_counted():
    hub, alice = Hub(), person("a")
    hub.admit(alice, 1, MEMBER)
    hub.dismiss(alice, 1)
    assert alice.changes == 2


def test_whoever_comes_goes_or_chooses_otherwise_has_moved():
    hub, alice, bob = Hub(), person("a", 1), person("b", 1)
    tabs = [joined(hub, alice), joined(hub, alice)]
    joined(hub, bob)
    assert hub.take_moved() == {"a", "b"}
    hub.leave(tabs[0])
    assert hub.take_moved() == set()
    hub.leave(tabs[1])
    hub.agree(bob, Preferences(shows_typing=False))
    assert not bob.preferences.shows_typing
    assert hub.take_moved() == {"a", "b"}


steps = st.lists(
    st.tuples(
        st.sampled_from(["join", "plain", "leave", "admit", "dismiss"]),
        st.sampled_from(NAMES),
        st.sampled_from(THREADS),
    ),
    max_size=60,
)


@given(steps)
def test_who_listens_is_always_who_has_a_place_and_is_here(plan):
    hub, people, open_tabs = Hub(), {}, []
    for act, name, thread in plan:
        who = hub.person(name) or people.setdefault(name, person(name))
        if act in ("join", "plain"):
            open_tabs.append(joined(hub, who, only=thread if act == "plain" else None))
        elif act == "leave" and open_tabs:
            hub.leave(open_tabs.pop(thread % len(open_tabs)))
        elif act == "admit":
            hub.admit(who, thread, MEMBER)
        elif act == "dismiss":
            hub.dismiss(who, thread)

        for number in THREADS:
            expected = {
                tab for tab in open_tabs if number in tab.person.places and tab.wants(number)
            }
            assert set(hub.listeners(number)) == expected
            assert hub.unheard([number]) == ([] if expected else [number])
        assert set(hub.connections()) == set(open_tabs)
        assert {tab.person for tab in open_tabs} == set(hub.people())
