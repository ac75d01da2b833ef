import os
import time
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.core.validators import RegexValidator
from django.db import IntegrityError, models
from django.test.utils import isolate_apps
from django.urls import reverse

from privatemessages import actions, history, wiring
from privatemessages.actions import probe_people, probing
from privatemessages.errors import Conflict, NoSuchPerson, Unavailable
from privatemessages.models import Member, Message, Preferences, Thread
from privatemessages.people import name_of
from tests.messenger import make_person

DIGITS = RegexValidator("^[0-9]+$")

pytestmark = pytest.mark.django_db(transaction=True)

TABLES = (get_user_model(), Session, Thread, Member, Message, Preferences)


def rows():
    return {table.__name__: table.objects.count() for table in TABLES}


@pytest.fixture(autouse=True)
def broker(redis_server):
    return wiring.broker()


@pytest.fixture
def probe():
    probe = probing.begin_probe()
    yield probe
    probing.end_probe(probe)


class TestLife:
    def test_nothing_stays(self, alice):
        before = rows()
        probe = probing.begin_probe()
        probing.open_session(probe)
        actions.send_message(probe.person, probe.thread_id, "said", uuid=UUID(probe.message_id(0)))
        grown = rows()
        assert all(grown[name] == count + 1 for name, count in before.items())

        probing.end_probe(probe)

        assert rows() == before

    def test_who_was_there_before_stays(self, alice):
        before = rows()
        probe = probing.begin_probe(alice)
        probing.open_session(probe)
        assert probe.person == alice

        probing.end_probe(probe)

        assert rows() == before

    def test_its_session_is_a_real_one(self, client, settings, probe):
        client.cookies[settings.SESSION_COOKIE_NAME] = probing.open_session(probe)

        assert client.get(reverse("privatemessages:inbox")).status_code == 200

    def test_ending_it_twice_is_ending_it_once(self):
        probe = probing.begin_probe()
        probing.end_probe(probe)
        before = rows()

        probing.end_probe(probe)

        assert rows() == before

    def test_its_rows_go_without_redis_too(self, settings):
        before = rows()
        probe = probing.begin_probe()
        away = {"REDIS_URL": "redis://127.0.0.1:1/0"}
        settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | away
        wiring.broker.cache_clear()

        with pytest.raises(Unavailable):
            probing.end_probe(probe)

        wiring.broker.cache_clear()
        assert rows() == before

    def test_its_messages_have_ids_of_their_own(self, probe):
        ids = [probe.message_id(number) for number in range(probing.MESSAGES)]

        assert len({str(UUID(each)) for each in ids}) == probing.MESSAGES


class TestTheDead:
    def test_those_of_a_process_that_is_gone_are_removed(self, monkeypatch):
        before = rows()
        monkeypatch.setattr("os.getpid", lambda: 2**22)  # Linux gives no higher ones
        probing.open_session(probing.begin_probe())
        monkeypatch.undo()

        assert probing.end_dead_probes() == 1

        assert rows() == before

    def test_those_of_another_machine_are_removed_when_their_time_is_over(self, monkeypatch):
        before = rows()
        monkeypatch.setattr(probing, "_machine", lambda: "elsewhere")
        probing.begin_probe()
        monkeypatch.undo()

        assert probing.end_dead_probes() == 0
        now = time.time()
        monkeypatch.setattr("time.time", lambda: now + probing.LIFETIME + 1)
        assert probing.end_dead_probes() == 1

        assert rows() == before

    def test_those_that_live_are_left_alone(self, probe):
        before = rows()

        assert probing.end_dead_probes() == 0

        assert rows() == before


class TestHiding:
    """While it lives, nobody meets it."""

    def test_nobody_finds_the_person_or_can_write_to_them(self, alice, probe):
        username = probe.person.get_username()

        for query in (username[:6], "probe", "doctor", name_of(probe.person)[:8]):
            assert history.people(alice, query) == []
        with pytest.raises(NoSuchPerson):
            history.everybody([], [str(probe.person.pk)])
        with pytest.raises(NoSuchPerson):
            history.person_with_id(str(probe.person.pk))
        assert not probe.person.has_usable_password()

    def test_others_are_found_as_before(self, alice, bob, probe):
        assert [found.name for found in history.people(alice, "bo")] == ["bob"]
        assert history.person_with_id(str(bob.pk)) == bob

    def test_its_thread_and_messages_are_in_no_list(self, client, alice, bob, thread, probe):
        actions.send_message(probe.person, probe.thread_id, "The doctor's message")
        actions.send_message(alice, thread.id, "Alice's message")
        client.force_login(make_person("staff", is_staff=True, is_superuser=True))

        for name, count in (("thread", 1), ("message", 1)):
            page = client.get(reverse(f"admin:privatemessages_{name}_changelist"))
            assert page.context["cl"].result_count == count
        client.force_login(alice)
        rooms = client.get(reverse("privatemessages:rooms")).content.decode()
        assert "doctor" not in rooms

    def test_nobody_is_told_of_it(self, told):
        probe = probing.begin_probe()
        assert told.frames() == []
        probing.end_probe(probe)
        told.frames(1)


class TestPeople:
    """Whatever the project's user model asks for."""

    @pytest.fixture
    def model(self, monkeypatch):
        """Makes a user model; what would be saved is kept in `saved`."""
        saved = []

        def keep(self):
            saved.append(self)

        def make(save=keep, **fields):
            with isolate_apps("tests"):
                attributes = {
                    "__module__": "tests",
                    "Meta": type("Meta", (), {"app_label": "tests"}),
                    "email": models.EmailField(unique=True),
                    "USERNAME_FIELD": "email",
                    "save": save,
                }
                user_model = type("Somebody", (AbstractBaseUser,), attributes | fields)
            monkeypatch.setattr(probe_people, "get_user_model", lambda: user_model)
            return saved

        return make

    def test_what_has_to_be_filled_is_filled(self, model):
        saved = model(
            full_name=models.CharField(max_length=8),
            nickname=models.SlugField(unique=True, blank=True),
            about=models.TextField(blank=True),
            city=models.CharField(max_length=10, choices=[("a", "A"), ("b", "B")]),
            born=models.DateField(),
            shoe_size=models.IntegerField(),
            is_active=models.BooleanField(default=False),
        )

        person = probe_people.make_person("0123456789abcdef")

        assert saved == [person]
        assert person.email == "probe-0123456789abcdef@doctor.invalid"
        assert (person.full_name, person.nickname) == ("@0123456", "0123456789abcdef")
        assert (person.about, person.city, person.shoe_size >= 0) == ("", "a", True)
        assert person.is_active
        assert not person.has_usable_password()

    @pytest.mark.parametrize(
        ("fields", "named"),
        [
            ({"picture": models.BinaryField()}, "picture"),
            (
                {"code": models.CharField(max_length=9, validators=[DIGITS])},
                "code",
            ),
            ({"email": models.EmailField(unique=True, max_length=20)}, "email"),
        ],
    )
    def test_what_cannot_be_made_up_is_named(self, model, fields, named):
        model(**fields)
        with pytest.raises(Conflict, match=f"more than can be made up: {named}"):
            probe_people.make_person("0123456789abcdef")

    def test_what_the_database_refuses_is_told_without_what_it_holds(self, model):
        def refuse(self):
            raise IntegrityError("null value in column x\nDETAIL: Failing row contains (secret)")

        model(save=refuse)

        with pytest.raises(Conflict) as caught:
            probe_people.make_person("0123456789abcdef")
        assert str(caught.value).endswith("null value in column x.")


def test_the_key_fits_its_column(probe):
    column = Thread._meta.get_field("direct_key")
    assert len(probe.key) <= column.max_length
    assert len(probe.key.replace(f" {os.getpid()} ", " 4194304 ")) <= column.max_length
