"""Who is here: the roll of one worker, and what Django finds of all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privatemessages import actions, wiring
from privatemessages.broker import keys
from privatemessages.roles import Role
from privatemessages.standing import Standing
from privatemessages.tornadoapp import presence, roll
from privatemessages.tornadoapp.connections import Connection, Person
from privatemessages.tornadoapp.hub import Hub
from privatemessages.tornadoapp.limits import Limits, TokenBucket
from privatemessages.tornadoapp.roll import ABSENCE, Roll
from tests.services import PYTHON, Process, eventually, free_port
from tests.tornadoapp.client import Socket
from tests.tornadoapp.conftest import sign_in
from tests.tornadoapp.test_serving import env  # noqa: F401 - a fixture

DIRECT = Standing("direct", Role.MEMBER, may_post=True)
ROOM = Standing("room", Role.MEMBER, may_post=True)


def person(name, **places):
    made = Person(name, name.upper(), Limits(1, 1))
    made.places = {int(number.strip("_")): standing for number, standing in places.items()}
    return made


def connect_to(hub, who, *, only=None):
    made = Connection(None, None, TokenBucket(1, 1), "session", 0.0)
    made.only = only
    hub.join(made, who)
    return made


class TestRoll:
    @pytest.fixture
    def hub(self):
        return Hub()

    @pytest.fixture
    def roll(self, hub):
        return Roll(hub)

    def test_who_comes_is_there_once_however_many_sockets(self, hub, roll):
        alice = person("alice", _1=ROOM, _2=ROOM)
        connect_to(hub, alice)
        assert roll.changes(0.0) == {1: {"alice"}, 2: {"alice"}}
        connect_to(hub, alice)
        connect_to(hub, person("bob", _2=ROOM))
        assert roll.changes(1.0) == {2: {"alice", "bob"}}
        assert roll.changes(2.0) == {}
        assert roll.people == {1: {"alice"}, 2: {"alice", "bob"}}

    def test_nobody_is_there_in_a_direct_thread(self, hub, roll):
        connect_to(hub, person("alice", _1=DIRECT, _2=ROOM))
        assert roll.changes(0.0) == {2: {"alice"}}

    def test_who_leaves_stays_for_a_while_and_then_goes(self, hub, roll):
        tab = connect_to(hub, person("alice", _1=ROOM))
        roll.changes(0.0)
        hub.leave(tab)
        assert roll.changes(1.0) == {}
        assert roll.changes(0.9 + ABSENCE) == {}
        assert roll.changes(1.0 + ABSENCE) == {1: frozenset()}
        assert roll.people == {}
        assert roll.changes(100.0) == {}

    def test_who_reloads_never_was_away(self, hub, roll):
        hub.leave(connect_to(hub, person("alice", _1=ROOM)))
        assert roll.changes(0.0) == {}
        tab = connect_to(hub, person("alice", _1=ROOM))
        assert roll.changes(1.0) == {1: {"alice"}}
        hub.leave(tab)
        roll.changes(2.0)
        tab = connect_to(hub, person("alice", _1=ROOM))
        assert roll.changes(3.0) == roll.changes(3.0 + ABSENCE) == {}
        # The time of absence begins anew.
        hub.leave(tab)
        assert roll.changes(20.0) == roll.changes(19.9 + ABSENCE) == {}
        assert roll.changes(20.0 + ABSENCE) == {1: frozenset()}

    def test_each_of_two_who_leave_goes_at_their_own_time(self, hub, roll):
        tabs = [connect_to(hub, person(name, _1=ROOM)) for name in ("alice", "bob")]
        roll.changes(0.0)
        for now, tab in enumerate(tabs, 1):
            hub.leave(tab)
            assert roll.changes(now) == {}
        assert roll.changes(1.0 + ABSENCE) == {1: {"bob"}}
        assert roll.changes(2.0 + ABSENCE) == {1: frozenset()}

    def test_who_is_sent_away_is_gone_at_once(self, hub, roll):
        alice = person("alice", _1=ROOM)
        connect_to(hub, alice)
        roll.changes(0.0)
        hub.dismiss(alice, 1)
        assert roll.changes(1.0) == {1: frozenset()}
        hub.admit(alice, 1, ROOM)
        assert roll.changes(2.0) == {1: {"alice"}}

    def test_who_closes_a_tab_and_keeps_a_socket_of_another_thread_lingers(self, hub, roll):
        alice = person("alice", _1=ROOM, _2=ROOM)
        tab = connect_to(hub, alice)
        connect_to(hub, alice, only=2)
        roll.changes(0.0)
        hub.leave(tab)
        assert roll.changes(1.0) == {}
        assert roll.changes(1.0 + ABSENCE) == {1: frozenset()}

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["come", "leave", "wait", "admit", "dismiss"]),
                st.sampled_from("abc"),
                st.integers(1, 3),
            ),
            max_size=40,
        )
    )
    def test_told_change_by_change_it_is_what_is_there_in_the_end(self, plan):
        hub, now, told, tabs = Hub(), 0.0, {}, []
        roll = Roll(hub)
        for act, name, number in plan:
            who = hub.person(name) or person(name, _1=ROOM, _2=DIRECT)
            if act == "come":
                tabs.append(connect_to(hub, who))
            elif act == "leave" and tabs:
                hub.leave(tabs.pop(number % len(tabs)))
            elif act == "admit":
                hub.admit(who, number, DIRECT if number == 2 else ROOM)
            elif act == "dismiss":
                hub.dismiss(who, number)
            now += ABSENCE / 2 if act == "wait" else 0.1
            told.update(roll.changes(now))
        filled = {thread: people for thread, people in told.items() if people}
        assert filled == roll.people
        roll.changes(now + ABSENCE)
        here = {1: set(), 3: set()}
        for tab in tabs:
            for thread in here.keys() & tab.person.places.keys():
                here[thread].add(tab.person.id)
        assert roll.people == {thread: people for thread, people in here.items() if people}


@pytest.mark.django_db(transaction=True)
class TestOverWorkers:
    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch):
        monkeypatch.setattr(presence, "TICK", 0.05)
        monkeypatch.setattr(roll, "ABSENCE", 0.5)

    def test_people_of_two_workers_are_there_once_each(
        self, start, enter, alice, bob, carol, group, room, thread
    ):
        workers = [start(), start(leased=False)]
        for worker in workers:
            enter(worker, alice)
        enter(workers[0], bob)
        expected = {group.id: ids(alice, bob), room.id: ids(alice, bob), thread.id: set()}
        assert eventually(lambda: present(group, room, thread) == expected)
        enter(workers[1], carol)
        assert eventually(lambda: present(room) == {room.id: ids(alice, bob, carol)})

    def test_who_leaves_is_gone_after_a_while_and_who_is_removed_at_once(
        self, worker, enter, alice, bob, carol, group
    ):
        sockets = [enter(worker, person) for person in (alice, bob, carol)]
        assert eventually(lambda: present(group)[group.id] == ids(alice, bob, carol))
        actions.remove_member(alice, group.id, carol)
        sockets[1].close()
        assert eventually(lambda: present(group)[group.id] == ids(alice, bob), 0.4)
        assert eventually(lambda: present(group)[group.id] == ids(alice))

    def test_a_reload_does_not_flap(self, worker, enter, alice, room, monkeypatch):
        monkeypatch.setattr(roll, "ABSENCE", 30.0)
        socket = enter(worker, alice)
        assert eventually(lambda: present(room)[room.id] == ids(alice))
        socket.close()
        assert worker.eventually(lambda it: not list(it.hub.connections()))
        assert not eventually(lambda: present(room)[room.id] != ids(alice), 0.5)

    def test_a_worker_that_ends_takes_its_people_with_it(
        self, start, enter, alice, bob, room, redis_server
    ):
        workers = [start(), start(leased=False)]
        enter(workers[0], alice)
        enter(workers[1], bob)
        assert eventually(lambda: present(room)[room.id] == ids(alice, bob))
        workers[1].stop_well()
        assert present(room)[room.id] == ids(alice)
        with redis_server.client() as store:
            assert len(store.keys("pm:present:*")) == store.zcard(keys.WORKERS) == 1

    def test_it_is_renewed_before_it_expires(self, start, enter, alice, room, monkeypatch):
        monkeypatch.setattr(presence, "RENEWAL", 0.2)
        monkeypatch.setattr(presence, "EXPIRY", 1.0)
        enter(start(), alice)
        assert eventually(lambda: present(room)[room.id] == ids(alice))
        assert not eventually(lambda: present(room)[room.id] != ids(alice), 2)

    def test_a_redis_that_forgot_is_told_again(
        self, worker, enter, alice, bob, room, redis_server, monkeypatch
    ):
        monkeypatch.setattr(presence, "RENEWAL", 0.2)
        enter(worker, alice)
        assert eventually(lambda: present(room)[room.id] == ids(alice))
        with redis_server.client() as store:
            store.delete(*store.keys("pm:present:*"), keys.WORKERS)
        assert eventually(lambda: present(room)[room.id] == ids(alice))
        # Also where the next change comes before the next renewal.
        monkeypatch.setattr(presence, "RENEWAL", 60.0)
        with redis_server.client() as store:
            store.delete(*store.keys("pm:present:*"))
        enter(worker, bob)
        assert eventually(lambda: present(room)[room.id] == ids(alice, bob))

    def test_a_redis_that_takes_nothing_breaks_nothing_and_is_complained_of_once(
        self, worker, enter, alice, room, redis_server, caplog
    ):
        with redis_server.client() as store:
            store.config_set("maxmemory", 1)
            try:
                socket = enter(worker, alice)
                assert worker.eventually(lambda _: worker.metric("presence_failures_total") >= 3)
                assert socket.pong()
            finally:
                store.config_set("maxmemory", 0)
        assert eventually(lambda: present(room)[room.id] == ids(alice))
        assert caplog.text.count("cannot be told who is here") == 1
        assert eventually(lambda: "told again who is here" in caplog.text)


@pytest.mark.django_db(transaction=True)
def test_nobody_is_at_a_worker_that_was_killed(env, alice, room, redis_server):  # noqa: F811
    """Redis itself forgets them; here, it is told that most of the time has passed."""
    port = free_port()
    command = [PYTHON, "manage.py", "starttornadoapp", str(port)]
    with Process(command, port=port, env=env) as process, redis_server.client() as store:
        with Socket(port, cookie=sign_in(alice)) as socket:
            socket.hello()
            assert eventually(lambda: present(room)[room.id] == ids(alice))
            process.kill()
        [key] = store.keys("pm:present:*")
        assert 0 < store.pttl(key) <= presence.EXPIRY * 1000
        assert present(room)[room.id] == ids(alice)
        store.pexpire(key, 100)
        assert eventually(lambda: present(room)[room.id] == set())


def present(*threads):
    return wiring.broker().present([thread.id for thread in threads])


def ids(*people):
    return {str(person.pk) for person in people}
