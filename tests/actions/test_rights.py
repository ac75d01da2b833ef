"""Every cell of (who × act × kind of thread), and who may act on whom, written out here.

Whatever is refused changes no row and tells nobody.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from privatemessages import actions, history
from privatemessages.errors import MessengerError
from privatemessages.models import Ban, Member, Thread
from privatemessages.roles import Act, Role
from tests.messenger import make_person, make_staff

# Y: may, F: forbidden, -: the thread does not exist for them. The columns: owner, moderator,
# member, outsider, banned, staff who belongs (as a member), staff who does not.
TABLE = """
             direct   group    public   private
read         YYY--Y-  YYY--Y-  YYY--Y-  YYY--Y-
post         YYY--Y-  YYY--Y-  YYY--Y-  YYY--Y-
leave        FFF--F-  YYY--Y-  YYY--Y-  YYY--Y-
add          FFF--F-  YYF--YY  YYF--YY  YYF--YY
remove       FFF--F-  YYF--YY  YYF--YY  YYF--YY
rename       FFF--F-  YYF--YY  YFF--YY  YFF--YY
set_topic    FFF--F-  YYF--YY  YYF--YY  YYF--YY
mute         FFF--F-  YYF--YY  YYF--YY  YYF--YY
unmute       FFF--F-  YYF--YY  YYF--YY  YYF--YY
ban          FFF--F-  YYF--YY  YYF--YY  YYF--YY
unban        FFF--F-  YYF--YY  YYF--YY  YYF--YY
appoint      FFF--F-  YFF--YY  YFF--YY  YFF--YY
configure    FFF--F-  YFF--YY  YFF--YY  YFF--YY
clear        FFF--F-  YFF--YY  YFF--YY  YFF--YY
close        FFF--F-  YFF--YY  YFF--YY  YFF--YY
reopen       FFF--F-  YFF--YY  YFF--YY  YFF--YY
delete       FFF--F-  YFF--YY  YFF--YY  YFF--YY
"""
COLUMNS = ("owner", "moderator", "member", "outsider", "banned", "staff inside", "staff outside")
ANSWERS = {"Y": None, "F": "forbidden", "-": "not_found"}


def expected_answers():
    """By kind and who, by act."""
    kinds, *lines = TABLE.strip("\n").splitlines()
    for line in lines:
        act, *cells = line.split()
        for kind, cell in zip(kinds.split(), cells, strict=True):
            for who, letter in zip(COLUMNS, cell, strict=True):
                yield kind, who, act, ANSWERS[letter]


EXPECTED: dict[tuple[str, str], dict[str, Any]] = {}
for _kind, _who, _act, _answer in expected_answers():
    EXPECTED.setdefault((_kind, _who), {})[_act] = _answer

HOUR = timedelta(hours=1)


@dataclass
class Scene:
    """A thread with somebody of every kind around it, and those on whom is acted."""

    thread: Thread
    people: dict[str, Any]

    def seat(self, name, role=Role.MEMBER, **fields):
        now = timezone.now()
        person = self.people[name]
        Member.objects.create(
            thread=self.thread, user=person, role=role, joined_at=now - HOUR, **fields
        )


@pytest.fixture
def scene(db, request):
    kind = request.param
    names = ["owner", "moderator", "member", "outsider", "banned", "target", "muted", "stranger"]
    people = {name: make_person(name) for name in names}
    people |= {name: make_staff(name) for name in ("staff inside", "staff outside")}
    thread = Thread.objects.create(
        kind=kind if kind in {"direct", "group"} else "room",
        title="" if kind == "direct" else "Kitchen",
        slug="kitchen" if kind in {"public", "private"} else None,
        is_public=kind == "public",
        member_count=6,
    )
    scene = Scene(thread, people)
    for name in ("owner", "moderator", "member"):
        scene.seat(name, Role(name))
    for name in ("staff inside", "target"):
        scene.seat(name)
    now = timezone.now()
    scene.seat("muted", muted_at=now - HOUR, muted_until=now + HOUR)
    Ban.objects.create(thread=thread, user=people["banned"])
    return scene


def read(person, thread, people):
    history.messages(person, thread.id)
    history.changes(person, thread.id, 0)
    assert history.thread(person, thread.id).id == thread.id


# In a staff member's own column nobody is above anybody: the target has the lowest role.
ACTS = {
    "read": read,
    "post": lambda person, thread, _: actions.send_message(person, thread.id, "hello"),
    "leave": lambda person, thread, _: actions.leave(person, thread.id),
    "add": lambda person, thread, people: actions.add_member(person, thread.id, people["stranger"]),
    "remove": lambda person, thread, people: actions.remove_member(
        person, thread.id, people["target"], "noise"
    ),
    "rename": lambda person, thread, _: actions.rename(person, thread.id, "Cellar"),
    "set_topic": lambda person, thread, _: actions.set_topic(person, thread.id, "Soup"),
    "mute": lambda person, thread, people: actions.mute(
        person, thread.id, people["target"], lasting=HOUR
    ),
    "unmute": lambda person, thread, people: actions.unmute(person, thread.id, people["muted"]),
    "ban": lambda person, thread, people: actions.ban(person, thread.id, people["target"]),
    "unban": lambda person, thread, people: actions.unban(person, thread.id, people["banned"]),
    "appoint": lambda person, thread, people: actions.appoint(
        person, thread.id, people["target"], Role.MODERATOR
    ),
    "configure": lambda person, thread, _: actions.configure(person, thread.id, shows_past=True),
    "clear": lambda person, thread, _: actions.clear_history(person, thread.id),
    "close": lambda person, thread, _: actions.close_thread(person, thread.id),
    "reopen": lambda person, thread, _: actions.reopen_thread(person, thread.id),
    "delete": lambda person, thread, _: actions.delete_thread(person, thread.id),
}


def rows():
    """All that the app keeps."""
    models = apps.get_app_config("privatemessages").get_models()
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


@dataclass
class Outcome:
    """`code` of the refusal, None where it was done; how many tellings waited for the commit."""

    code: str | None
    changed: bool
    told: int


def attempt(act):
    """Undone in either case."""
    before, waiting = rows(), len(connection.run_on_commit)
    with transaction.atomic():
        code = code_of(act)
        outcome = Outcome(code, rows() != before, len(connection.run_on_commit) - waiting)
        transaction.set_rollback(True)
    assert code is None or (not outcome.changed and not outcome.told), "a refusal did something"
    return outcome


def code_of(act):
    try:
        act()
    except MessengerError as error:
        return error.code
    return None


def test_the_table_has_a_cell_for_everything():
    assert set(ACTS) == set(Act)
    assert len(EXPECTED) == 4 * len(COLUMNS)
    assert all(list(answers) == list(Act) for answers in EXPECTED.values())


@pytest.mark.parametrize("who", COLUMNS)
@pytest.mark.parametrize("scene", ["direct", "group", "public", "private"], indirect=True)
def test_everybody_may_what_the_table_says(scene, who, request):
    person, thread = scene.people[who], scene.thread
    answers = {}
    for act, do in ACTS.items():
        closed_at = timezone.now() if act == "reopen" else None
        Thread.objects.filter(pk=thread.pk).update(closed_at=closed_at)
        outcome = attempt(lambda do=do: do(person, thread, scene.people))
        answers[act] = outcome.code
        # Else acts that do nothing would hold too.
        done = outcome.code is None
        assert outcome.changed == (done and act != "read"), act
        assert bool(outcome.told) == (done and act not in {"read", "unban"}), act

    assert answers == EXPECTED[request.node.callspec.params["scene"], who]


# What people are told that they may do is what they may do.


@pytest.mark.parametrize("who", ["owner", "moderator", "member", "staff inside"])
@pytest.mark.parametrize("scene", ["direct", "group", "public", "private"], indirect=True)
def test_a_card_says_what_one_may_do(scene, who, request):
    kind = request.node.callspec.params["scene"]
    allowed = {act for act, answer in EXPECTED[kind, who].items() if answer is None}

    assert set(history.thread(scene.people[who], scene.thread.id).acts) == allowed


# Who may act on whom: remove, mute, ban and appoint need a higher role than the other one has.
#             owner      moderator  member     outsider   oneself
ON_PEOPLE = """
owner         outranked  -          -          not_member on_self
moderator     outranked  outranked  -          not_member on_self
staff inside  -          -          -          not_member on_self
staff outside -          -          -          not_member on_self
"""
TARGETS = ("owner", "moderator", "member", "outsider", "oneself")


def rank_cells():
    for line in ON_PEOPLE.strip("\n").splitlines():
        who, answers = line[:13].strip(), line[13:].split()
        for target, answer in zip(TARGETS, answers, strict=True):
            yield who, target, None if answer == "-" else answer


ON = {
    "remove": lambda person, thread, other: actions.remove_member(person, thread.id, other),
    "mute": lambda person, thread, other: actions.mute(person, thread.id, other),
    "ban": lambda person, thread, other: actions.ban(person, thread.id, other),
    "appoint": lambda person, thread, other: actions.appoint(
        person, thread.id, other, Role.MODERATOR
    ),
    "unmute": lambda person, thread, other: actions.unmute(person, thread.id, other),
}


def rank_answer(act, who, target, answer):
    if act == "appoint" and who == "moderator":
        return "forbidden"
    if act == "ban" and target == "outsider":
        return None  # one may keep somebody out before they come
    if act == "unmute" and answer == "outranked":
        return None  # a favour, of which nobody needs protection
    return answer


@pytest.mark.parametrize(("who", "target", "answer"), list(rank_cells()))
@pytest.mark.parametrize("scene", ["group", "public", "private"], indirect=True)
def test_acting_on_somebody_needs_a_higher_role(scene, who, target, answer):
    thread, person = scene.thread, scene.people[who]
    # Others of the same roles, so that nobody acts on oneself by accident.
    for role in (Role.OWNER, Role.MODERATOR):
        scene.people[f"other {role}"] = make_person(f"other {role}")
        scene.seat(f"other {role}", role)
    Thread.objects.update(member_count=8)
    others = {
        "owner": scene.people["other owner"],
        "moderator": scene.people["other moderator"],
        "member": scene.people["target"],
        "outsider": scene.people["outsider"],
        "oneself": person,
    }
    other = others[target]
    answers = {act: attempt(lambda do=do: do(person, thread, other)).code for act, do in ON.items()}

    assert answers == {act: rank_answer(act, who, target, answer) for act in ON}


def answers_to(person, thread, people):
    """All that comes of all acts."""
    return {attempt(lambda do=do: do(person, thread, people)).code for do in ACTS.values()}


@pytest.mark.parametrize("scene", ["public"], indirect=True)
def test_a_thread_that_does_not_exist_answers_like_one_of_others(scene):
    staff, thread = scene.people["staff outside"], scene.thread
    for thread_id in (thread.id + 1000, 2**63, 2**70):
        assert answers_to(staff, Thread(id=thread_id), scene.people) == {"not_found"}


@pytest.mark.parametrize("scene", ["group", "public"], indirect=True)
@pytest.mark.parametrize("who", ["owner", "staff outside", "staff inside"])
def test_in_a_deleted_thread_nobody_may_anything(scene, who):
    actions.delete_thread(scene.people["owner"], scene.thread.id)

    assert answers_to(scene.people[who], scene.thread, scene.people) == {"not_found"}


@pytest.mark.parametrize("scene", ["group"], indirect=True)
def test_the_permission_is_for_staff_who_can_sign_in(scene):
    someone = scene.people["staff outside"]
    for field, value in [("is_staff", False), ("is_active", False)]:
        setattr(someone, field, value)
        assert attempt(lambda: actions.rename(someone, scene.thread.id, "Mine")).code == "not_found"
        setattr(someone, field, True)
    assert attempt(lambda: actions.rename(someone, scene.thread.id, "Mine")).code is None


@pytest.mark.parametrize("scene", ["group"], indirect=True)
def test_staff_without_the_permission_are_people_like_others(scene):
    person = make_person("clerk", is_staff=True)

    assert attempt(lambda: actions.rename(person, scene.thread.id, "Mine")).code == "not_found"


@pytest.mark.parametrize("scene", ["direct"], indirect=True)
def test_nobody_is_above_two_who_talk(scene):
    root = make_person("root", is_staff=True, is_superuser=True)

    assert answers_to(root, scene.thread, scene.people) == {"not_found"}


@pytest.mark.parametrize("scene", ["group"], indirect=True)
def test_a_role_that_is_lost_is_lost_at_once(scene):
    people, thread = scene.people, scene.thread
    actions.appoint(people["owner"], thread.id, people["moderator"], Role.MEMBER)

    assert (
        attempt(lambda: actions.rename(people["moderator"], thread.id, "Mine")).code == "forbidden"
    )


@pytest.mark.parametrize("scene", ["group"], indirect=True)
def test_whoever_left_has_no_role_any_more(scene):
    people, thread = scene.people, scene.thread
    actions.leave(people["moderator"], thread.id)

    assert (
        attempt(lambda: actions.rename(people["moderator"], thread.id, "Mine")).code == "not_found"
    )
