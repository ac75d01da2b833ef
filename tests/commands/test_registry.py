"""A project's own commands, and the registry by itself."""

from typing import Annotated

import pytest
from django.core.exceptions import ImproperlyConfigured

from privatemessages import commands
from privatemessages.commands import (
    GATHERINGS,
    Argument,
    Call,
    Duration,
    Member,
    Person,
    Registry,
    Text,
)
from privatemessages.errors import BadArguments, Conflict, Forbidden
from privatemessages.roles import Act

pytestmark = pytest.mark.django_db


@pytest.fixture
def known():
    return Registry()


@pytest.fixture
def run(known):
    """Carries out a command of this registry: its answer as (text, code)."""

    def run(person, thread, text):
        answer = commands.answer(commands.begin(person, thread.id, known), text)
        return answer.text, answer.code

    return run


def usage(text):
    return f"Write it like this: {text}", "bad_arguments"


def test_a_function_is_registered_and_stays_what_it_was(known, run, alice, thread):
    @known.define("add", usage="number number", help="adds")
    def add(call: Call, one: int, two: int) -> str:
        return f"{call.person.username} in {call.thread.id}: {one + two}"

    assert run(alice, thread, "/add 1 2") == (f"alice in {thread.id}: 3", None)
    assert run(alice, thread, "/ADD -1 +2") == (f"alice in {thread.id}: 1", None)
    assert add.__name__ == "add"


@pytest.mark.parametrize(
    "rest", ["", "1", "1 x", "one two", "1 2 3", "1.5 2", "1e3 2", "٣ 2", "1 " + "9" * 19, "--1 2"]
)
def test_bad_numbers_show_the_usage(known, run, alice, thread, rest):
    @known.define("add", usage="number number")
    def add(call: Call, one: int, two: int) -> str:
        raise AssertionError("is not called")

    assert run(alice, thread, f"/add {rest}") == usage("/add number number")


def test_arguments_with_a_default_may_be_absent(known, run, alice, thread):
    @known.define("say")
    def say(call: Call, word: str = "nothing", times: int = 1, rest: Text = "") -> str:
        return f"{word}*{times}*{rest}"

    assert run(alice, thread, "/say") == ("nothing*1*", None)
    assert run(alice, thread, "/say yes") == ("yes*1*", None)
    assert run(alice, thread, '/say "yes, please" 3') == ("yes, please*3*", None)
    assert run(alice, thread, "/say yes 3 to  all") == ("yes*3*to  all", None)
    assert run(alice, thread, "/say yes maybe") == usage("/say")


def test_a_duration_may_be_absent_though_more_follows(known, run, alice, thread):
    @known.define("wait")
    def wait(call: Call, time: Duration = None, reason: Text = "") -> str:
        return f"{time}|{reason}"

    assert run(alice, thread, "/wait 2h for tea") == ("2:00:00|for tea", None)
    assert run(alice, thread, "/wait forever") == ("None|", None)
    assert run(alice, thread, "/wait for tea") == ("None|for tea", None)
    assert run(alice, thread, "/wait 10 minutes")[1] == "bad_duration"


def test_a_duration_that_is_needed_shows_the_usage(known, run, alice, thread):
    @known.define("wait")
    def wait(call: Call, time: Duration) -> str:
        return str(time)

    assert run(alice, thread, "/wait 2h") == ("2:00:00", None)
    assert run(alice, thread, "/wait soon") == run(alice, thread, "/wait") == usage("/wait")


@pytest.mark.parametrize("name", ["bob", "@bob", '"bob"', "BOB"])
def test_members_and_people_are_named(known, run, alice, bob, thread, name):
    @known.define("greet")
    def greet(call: Call, member: Member, person: Person) -> str:
        return f"{member.username} {person.username}"

    assert run(alice, thread, f"/greet {name} {name}") == ("bob bob", None)


def test_who_is_no_member_or_nobody_is_told_apart(known, run, alice, carol, thread):
    @known.define("greet")
    def greet(call: Call, member: Member) -> str:
        return member.username

    @known.define("call")
    def call_person(call: Call, person: Person) -> str:
        return person.username

    assert run(alice, thread, "/greet carol")[1] == "not_member"
    assert run(alice, thread, "/call carol") == ("carol", None)
    assert run(alice, thread, "/call nobody")[1] == "not_found"
    assert run(alice, thread, '/greet "carol') == usage("/greet")


def test_a_project_declares_types_of_its_own(known, run, alice, thread):
    class WeekdayArgument(Argument):
        def read(self, call, words):
            day = words.next()
            if day not in ("sunday", "monday"):
                raise BadArguments
            return day.upper()

    @known.define("on", usage="day")
    def on(call: Call, day: Annotated[str, WeekdayArgument()]) -> str:
        return day

    assert run(alice, thread, "/on monday") == ("MONDAY", None)
    assert run(alice, thread, "/on yesterday") == usage("/on day")


def test_a_command_may_refuse(known, run, alice, thread):
    @known.define("roll", usage="sides")
    def roll(call: Call, sides: int) -> str:
        if sides < 1:
            raise BadArguments
        raise Conflict("The die has rolled under the table.")

    assert run(alice, thread, "/roll 0") == usage("/roll sides")
    assert run(alice, thread, "/roll 6") == ("The die has rolled under the table.", "conflict")


def test_what_nobody_expected_is_raised(known, run, alice, thread):
    @known.define("break")
    def break_it(call: Call) -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(alice, thread, "/break")


def test_a_command_is_for_those_who_may_and_where_it_makes_sense(
    known, run, alice, bob, carol, thread, group
):
    @known.define("warn", act=Act.MUTE)
    def warn(call: Call) -> str:
        return "warned"

    @known.define("count", kinds=GATHERINGS)
    def count(call: Call) -> str:
        return "counted"

    def offered(person, thread):
        return [each.name for each in commands.begin(person, thread.id, known).offered]

    assert run(bob, group, "/warn") == ("warned", None)
    assert (
        run(carol, group, "/warn") == run(bob, thread, "/warn") == (Forbidden.detail, "forbidden")
    )
    assert run(carol, group, "/count") == ("counted", None)
    assert run(alice, thread, "/count")[1] == "forbidden"
    assert offered(bob, group) == ["count", "warn"]
    assert offered(carol, group) == ["count"]
    assert offered(bob, thread) == []


def test_the_right_is_looked_at_before_the_arguments(known, run, carol, group):
    @known.define("warn", act=Act.MUTE)
    def warn(call: Call, person: Member) -> str:
        return person.username

    assert run(carol, group, "/warn")[1] == run(carol, group, "/warn nobody")[1] == "forbidden"


@pytest.mark.parametrize("text", ["hello", "//hello", "hello /roll"])
def test_a_text_is_no_command(known, run, alice, thread, text):
    assert run(alice, thread, text) == ("A command begins with one slash.", "bad_arguments")


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty"), (" ", "empty"), ("/me " + "x" * 10_000, "too_long"), ("/me \x00", "bad_text")],
)
def test_a_command_is_a_text_like_every_other(run, alice, thread, text, code):
    assert run(alice, thread, text)[1] == code


def test_an_unknown_command_offers_the_nearest_that_one_may(known, run, alice, carol, group):
    @known.define("kick", aliases=["kill"], act=Act.REMOVE)
    def kick(call: Call) -> str:
        return ""

    nearest = "There is no command /kik. Did you mean /kick?", "unknown_command"
    assert run(alice, group, "/kik") == nearest
    assert "Did you mean /kill?" in run(alice, group, "/kil bob")[0]
    text, code = run(carol, group, "/kik")
    assert code == "unknown_command"
    assert "/kik" in text
    assert "/kick" not in text
    assert "/help" in text


@pytest.mark.parametrize("text", ["/", "/ hello", "/etc/hosts", "/" + "x" * 9_000, "/😀"])
def test_every_unknown_command_is_answered_in_short(run, alice, thread, text):
    told, code = run(alice, thread, text)
    assert code == "unknown_command"
    assert len(told) < 200


@pytest.mark.parametrize(
    ("name", "aliases"), [("kick", []), ("kill", []), ("other", ["kick"]), ("other", ["kill"])]
)
def test_a_name_is_given_once(known, name, aliases):
    @known.define("kick", aliases=["kill"])
    def kick(call: Call) -> str:
        return ""

    with pytest.raises(ImproperlyConfigured, match="There is already a command /ki"):
        known.define(name, aliases=aliases)(lambda call: "")


@pytest.mark.parametrize("name", ["", " ", "two words", "/roll", "Roll", "a/b", " roll"])
def test_a_name_that_nobody_could_write_is_none(known, name):
    with pytest.raises(ImproperlyConfigured, match="no name for a command"):
        known.define(name)(lambda call: "")


def test_a_command_with_the_same_alias_twice_is_an_error(known):
    with pytest.raises(ImproperlyConfigured):
        known.define("roll", aliases=["roll"])(lambda call: "")


def test_a_type_that_cannot_be_read_is_an_error_at_once(known):
    def pay(call: Call, amount: float) -> str:
        return ""

    def untyped(call, amount):
        return ""

    for function in (pay, untyped):
        with pytest.raises(ImproperlyConfigured, match="amount"):
            known.define("pay")(function)
    known.define("pay")(lambda call: "")


def test_the_apps_own_registry_holds_the_commands_of_the_message_field():
    for name in ("help", "me", "kick", "kill"):
        with pytest.raises(ImproperlyConfigured, match=name):
            commands.command(name)(lambda call: "")
