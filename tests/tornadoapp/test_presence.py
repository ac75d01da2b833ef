"""Who is here: as one worker has it, as people are told, and as Django finds it of all workers."""

import time

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from privatemessages import actions, conf, wiring
from privatemessages.broker import keys
from privatemessages.broker.presence import of_person
from privatemessages.protocol import Preferences
from privatemessages.roles import Role
from privatemessages.standing import Standing
from privatemessages.tornadoapp import presence, roll
from privatemessages.tornadoapp.connections import Connection, Person
from privatemessages.tornadoapp.hub import Hub
from privatemessages.tornadoapp.limits import Limits, TokenBucket
from privatemessages.tornadoapp.roll import ABSENCE, Attendance, Roll
from tests.services import PYTHON, Process, eventually, free_port
from tests.tornadoapp.client import PATIENCE, Socket
from tests.tornadoapp.conftest import sign_in
from tests.tornadoapp.test_serving import env  # noqa: F401 - a fixture

DIRECT = Standing("direct", Role.MEMBER, may_post=True)
ROOM = Standing("room", Role.MEMBER, may_post=True)
SHOWN, HIDDEN = Preferences(), Preferences(shows_presence=False)


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


class TestAttendance:
    @pytest.fixture
    def hub(self):
        return Hub()

    @pytest.fixture
    def attendance(self, hub):
        return Attendance(hub)

    def test_who_comes_is_here_once_and_only_the_last_tab_that_closes_counts(self, hub, attendance):
        alice = person("alice")
        tabs = [connect_to(hub, alice) for _ in range(2)]
        assert attendance.changes(0.0) == ([alice], [])
        hub.leave(tabs[0])
        assert attendance.changes(1.0) == attendance.changes(1.0 + ABSENCE) == ([], [])
        hub.leave(tabs[1])
        assert attendance.changes(20.0) == attendance.changes(19.9 + ABSENCE) == ([], [])
        assert attendance.people == {"alice": alice}
        assert attendance.changes(20.0 + ABSENCE) == ([], [alice])
        assert attendance.people == {}
        assert attendance.changes(100.0) == ([], [])

    def test_who_reloads_never_was_away(self, hub, attendance):
        hub.leave(connect_to(hub, person("alice")))
        assert attendance.changes(0.0) == ([], [])
        hub.leave(connect_to(hub, person("alice")))
        tab = connect_to(hub, again := person("alice"))
        assert attendance.changes(1.0) == ([again], [])
        hub.leave(tab)
        attendance.changes(2.0)
        connect_to(hub, anew := person("alice"))
        assert attendance.changes(3.0) == attendance.changes(3.0 + ABSENCE) == ([], [])
        assert attendance.people == {"alice": anew}

    def test_who_hides_is_not_here_and_gone_at_once(self, hub, attendance):
        alice = person("alice")
        alice.preferences = HIDDEN
        connect_to(hub, alice)
        assert attendance.changes(0.0) == ([], [])
        hub.agree(alice, SHOWN)
        assert attendance.changes(1.0) == ([alice], [])
        hub.agree(alice, HIDDEN)
        assert attendance.changes(2.0) == ([], [alice])
        assert attendance.people == {}

    def test_who_hides_and_leaves_is_gone_once(self, hub, attendance):
        alice = person("alice")
        tab = connect_to(hub, alice)
        attendance.changes(0.0)
        hub.agree(alice, HIDDEN)
        hub.leave(tab)
        attendance.changes(1.0)
        assert attendance.changes(1.0 + ABSENCE) == ([], [alice])
        assert attendance.changes(2.0 + ABSENCE) == ([], [])

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["come", "leave", "wait", "hide", "show"]),
                st.sampled_from("abc"),
                st.integers(0, 5),
            ),
            max_size=40,
        )
    )
    def test_told_move_by_move_it_is_who_is_here_in_the_end(self, plan):
        hub, now, told, tabs = Hub(), 0.0, set(), []
        attendance = Attendance(hub)

        def look():
            came, went = attendance.changes(now)
            assert not told & {it.id for it in came}
            assert told >= {it.id for it in went}
            told.update(it.id for it in came)
            told.difference_update(it.id for it in went)

        for act, name, number in plan:
            who = hub.person(name)
            if act == "come":
                tabs.append(connect_to(hub, who or person(name)))
            elif act == "leave" and tabs:
                hub.leave(tabs.pop(number % len(tabs)))
            elif act in ("hide", "show") and who:
                hub.agree(who, HIDDEN if act == "hide" else SHOWN)
            now += ABSENCE / 2 if act == "wait" else 0.1
            look()
        assert told == set(attendance.people)
        now += ABSENCE
        look()
        assert told == {tab.person.id for tab in tabs if tab.person.preferences.shows_presence}


def moved(socket, thread, seconds=PATIENCE):
    """What is told next of somebody who comes or goes."""
    socket.hears_presence = True
    return socket.until("presence", seconds, thread=thread.id)


def told_of(socket):
    socket.hears_presence = True
    return [frame for frame in socket.waiting() if frame["type"] == "presence"]


@pytest.mark.django_db(transaction=True)
class TestPairs:
    """Bob looks at Alice, with whom he has a direct thread."""

    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch):
        monkeypatch.setattr(presence, "TICK", 0.05)
        monkeypatch.setattr(roll, "ABSENCE", 0.5)
        monkeypatch.setattr(presence, "ABSENCE", 0.5)

    @pytest.fixture
    def look(self, enter, bob):
        """A socket of Bob's."""

        def look(worker, thread):
            socket = enter(worker, bob)
            assert eventually(lambda: fields_of(bob) == 1)
            return socket

        return look

    def test_who_comes_and_goes_is_told_with_when_they_were_seen(
        self, worker, enter, look, alice, bob, thread
    ):
        bobs = look(worker, thread)
        alices = enter(worker, alice)
        assert moved(bobs, thread) == {
            "type": "presence",
            "thread": thread.id,
            "user": str(alice.pk),
            "here": True,
            "seen_at": None,
        }
        assert eventually(lambda: whereabouts(alice) == (True, None))
        left_at = time.time() * 1000
        alices.close()
        gone = moved(bobs, thread)
        assert (gone["user"], gone["here"]) == (str(alice.pk), False)
        assert left_at - 500 <= gone["seen_at"] <= left_at + 1000
        here, seen_at = whereabouts(alice)
        assert not here
        assert left_at - 1000 <= seen_at <= left_at + 1000

    def test_only_the_last_of_several_tabs_counts(self, worker, enter, look, alice, thread):
        bobs = look(worker, thread)
        tabs = [enter(worker, alice) for _ in range(2)]
        assert moved(bobs, thread)["here"]
        tabs[0].close()
        time.sleep(0.8)
        assert told_of(bobs) == []
        assert whereabouts(alice) == (True, None)
        tabs[1].close()
        assert not moved(bobs, thread)["here"]

    def test_a_plain_socket_is_presence_too_and_hears_of_none(
        self, worker, connect, look, alice, bob, thread
    ):
        bobs = look(worker, thread)
        plain = connect(worker, alice, f"/{thread.id}/")
        assert moved(bobs, thread)["here"]
        assert plain.waiting() == []

    def test_over_two_workers_each_coming_and_going_is_told_once(
        self, start, enter, look, alice, thread
    ):
        workers = [start(), start(leased=False)]
        bobs = look(workers[0], thread)
        tabs = [enter(workers[0], alice)]
        assert moved(bobs, thread)["here"]
        tabs.append(enter(workers[1], alice))
        assert eventually(lambda: fields_of(alice) == 2)
        tabs[0].close()
        assert eventually(lambda: fields_of(alice) == 1)
        assert told_of(bobs) == []
        tabs[1].close()
        assert not moved(bobs, thread)["here"]
        assert told_of(bobs) == []

    def test_a_reload_that_ends_at_another_worker_does_not_flap(
        self, start, enter, look, alice, thread, monkeypatch
    ):
        monkeypatch.setattr(roll, "ABSENCE", 1.5)
        workers = [start(), start(leased=False)]
        bobs = look(workers[0], thread)
        tab = enter(workers[0], alice)
        assert moved(bobs, thread)["here"]
        for there in (1, 0):
            tab.close()
            tab = enter(workers[there], alice)
            assert whereabouts(alice) == (True, None)
            time.sleep(2.0)  # the worker that she left has said that she is gone from there
            assert fields_of(alice) == 1
        assert told_of(bobs) == []
        assert whereabouts(alice) == (True, None)

    def test_strangers_hear_nothing(self, worker, enter, look, alice, carol, dave, thread, group):
        actions.start_direct_thread(carol, dave)
        others = [enter(worker, carol), enter(worker, dave)]
        bobs = look(worker, thread)
        assert eventually(lambda: fields_of(carol) + fields_of(dave) == 2)
        for socket in others:
            told_of(socket)  # each of the other one
        alices = enter(worker, alice)
        assert moved(bobs, thread)["here"]
        alices.close()
        assert not moved(bobs, thread)["here"]
        assert [told_of(socket) for socket in others] == [[], []]

    def test_who_hides_it_is_gone_at_once_and_comes_again_when_they_show_it(
        self, worker, enter, look, alice, thread
    ):
        bobs = look(worker, thread)
        enter(worker, alice)
        assert moved(bobs, thread)["here"]
        actions.set_preferences(alice, shows_presence=False)
        gone = moved(bobs, thread, 1.0)
        assert (gone["here"], gone["seen_at"]) == (False, None)
        assert not fields_of(alice)
        actions.set_preferences(alice, shows_presence=True)
        assert moved(bobs, thread, 1.0)["here"]

    def test_who_hides_it_over_two_workers_is_gone_at_once(self, start, enter, look, alice, thread):
        workers = [start(), start(leased=False)]
        bobs = look(workers[0], thread)
        for worker in workers:
            enter(worker, alice)
        assert moved(bobs, thread)["here"]
        assert eventually(lambda: fields_of(alice) == 2)
        actions.set_preferences(alice, shows_presence=False)
        assert moved(bobs, thread, 1.0)["here"] is False
        assert eventually(lambda: not fields_of(alice))

    def test_who_hid_it_before_they_came_is_never_told_of(self, worker, enter, look, alice, thread):
        actions.set_preferences(alice, shows_presence=False)
        bobs = look(worker, thread)
        enter(worker, alice).close()
        time.sleep(0.8)
        assert told_of(bobs) == []
        assert whereabouts(alice) == (False, None)

    def test_who_hides_it_hears_of_nobody(self, worker, enter, alice, bob, thread):
        actions.set_preferences(bob, shows_presence=False)
        sockets = enter(worker, bob), enter(worker, alice)
        assert eventually(lambda: fields_of(alice) == 1)
        assert [told_of(socket) for socket in sockets] == [[], []]

    def test_who_hides_when_they_were_here_is_told_of_without(
        self, worker, enter, look, alice, thread
    ):
        actions.set_preferences(alice, shows_last_seen=False)
        bobs = look(worker, thread)
        alices = enter(worker, alice)
        assert moved(bobs, thread)["here"]
        alices.close()
        assert moved(bobs, thread) | {"user": ""} == {
            "type": "presence",
            "thread": thread.id,
            "user": "",
            "here": False,
            "seen_at": None,
        }
        assert whereabouts(alice) == (False, None)

    def test_who_hides_when_they_were_here_does_not_hear_when_others_were(
        self, worker, enter, alice, bob, thread
    ):
        actions.set_preferences(bob, shows_last_seen=False)
        bobs = enter(worker, bob)
        alices = enter(worker, alice)
        assert moved(bobs, thread)["here"]
        alices.close()
        gone = moved(bobs, thread)
        assert (gone["here"], gone["seen_at"]) == (False, None)
        assert whereabouts(alice)[1]

    def test_of_very_many_threads_the_newest_are_told(
        self, worker, enter, look, alice, bob, carol, thread, monkeypatch
    ):
        monkeypatch.setattr(presence, "THREADS_TOLD", 1)
        newer, _ = actions.start_direct_thread(alice, carol)
        bobs, carols = look(worker, thread), enter(worker, carol)
        assert eventually(lambda: fields_of(carol) == 1)
        enter(worker, alice)
        assert moved(carols, newer)["user"] == str(alice.pk)
        assert told_of(bobs) == []

    def test_of_very_many_people_at_once_not_all_are_told(
        self, worker, enter, look, alice, thread, monkeypatch
    ):
        bobs = look(worker, thread)
        monkeypatch.setattr(presence, "TOLD_AT_ONCE", 0)
        enter(worker, alice)
        assert eventually(lambda: whereabouts(alice) == (True, None))
        assert told_of(bobs) == []

    def test_who_stays_is_noted_as_seen_now_and_then(
        self, start, enter, alice, bob, carol, monkeypatch
    ):
        actions.set_preferences(bob, shows_last_seen=False)
        actions.set_preferences(carol, shows_presence=False)
        monkeypatch.setattr(presence, "SEEN_PAUSE", 0.2)
        monkeypatch.setattr(presence, "RENEWAL", 0.1)
        worker = start()
        for who in (alice, bob, carol):
            enter(worker, who)
        assert eventually(lambda: seen(alice) is not None)
        first = seen(alice)
        assert eventually(lambda: seen(alice) > first)
        assert seen(bob) is seen(carol) is None

    def test_a_worker_that_ends_notes_whom_it_saw(self, start, enter, alice, thread):
        worker = start()
        enter(worker, alice)
        assert eventually(lambda: whereabouts(alice) == (True, None))
        ended = time.time() * 1000
        worker.stop_well()
        here, seen_at = whereabouts(alice)
        assert not here
        assert seen_at >= ended - 1

    def test_a_redis_that_forgot_is_told_again(
        self, start, enter, alice, redis_server, monkeypatch
    ):
        monkeypatch.setattr(presence, "RENEWAL", 0.2)
        monkeypatch.setattr(presence, "SEEN_PAUSE", 0.2)
        enter(start(), alice)
        assert eventually(lambda: whereabouts(alice) == (True, None))
        redis_server.wipe()
        assert eventually(lambda: whereabouts(alice) == (True, None) and seen(alice))


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
        assert whereabouts(alice) == (True, None)
        store.pexpire(key, 100)
        assert eventually(lambda: present(room)[room.id] == set())
        here, seen_at = whereabouts(alice)
        assert not here
        assert seen_at > (time.time() - 60) * 1000


def present(*threads):
    return wiring.broker().present([thread.id for thread in threads])


def whereabouts(someone):
    """Whether they are here, and when they were last."""
    found = wiring.broker().whereabouts([str(someone.pk)])[str(someone.pk)]
    return found.here, found.seen_at


def fields_of(someone):
    """At how many workers they are."""
    with redis.Redis.from_url(conf.load().REDIS_URL) as store:
        field = of_person(str(someone.pk))
        return sum(store.hexists(key, field) for key in store.keys("pm:present:*"))


def seen(someone):
    with redis.Redis.from_url(conf.load().REDIS_URL) as store:
        return store.zscore(keys.SEEN, str(someone.pk))


def ids(*people):
    return {str(person.pk) for person in people}
