"""The table as such; what each act really does with it is in tests/actions/test_rights.py."""

import pytest

from privatemessages.roles import ADMINISTER, PERSONAL, RIGHTS, Act, Role, acts_of, allows

EVERYBODY = {"read", "post", "leave"}
MODERATORS = {"add", "remove", "rename", "set_topic", "mute", "unmute", "ban", "unban"}
OWNERS = {"appoint", "configure", "clear", "close", "reopen", "delete"}

# By kind, role (None: does not belong) and whether they have the permission.
EXPECTED = {
    ("direct", None, False): set(),
    ("direct", "member", False): {"read", "post"},
    ("direct", "moderator", False): {"read", "post"},
    ("direct", "owner", False): {"read", "post"},
    ("direct", None, True): set(),
    ("direct", "member", True): {"read", "post"},
    ("group", None, False): set(),
    ("group", "member", False): EVERYBODY,
    ("group", "moderator", False): EVERYBODY | MODERATORS,
    ("group", "owner", False): EVERYBODY | MODERATORS | OWNERS,
    ("group", None, True): MODERATORS | OWNERS,
    ("group", "member", True): EVERYBODY | MODERATORS | OWNERS,
    ("room", None, False): set(),
    ("room", "member", False): EVERYBODY,
    ("room", "moderator", False): EVERYBODY | MODERATORS - {"rename"},
    ("room", "owner", False): EVERYBODY | MODERATORS | OWNERS,
    ("room", None, True): MODERATORS | OWNERS,
    ("room", "member", True): EVERYBODY | MODERATORS | OWNERS,
}


def test_every_act_of_every_role_and_kind_is_expected_here():
    assert set(Act) == EVERYBODY | MODERATORS | OWNERS
    assert {kind for kind, _, _ in EXPECTED} == set(RIGHTS)
    assert {role for _, role, _ in EXPECTED} == {*Role, None}


@pytest.mark.parametrize(("kind", "role", "administers"), EXPECTED)
def test_a_role_may_what_the_table_says(kind, role, administers):
    allowed = EXPECTED[kind, role, administers]
    role = Role(role) if role else None

    assert {act for act in Act if allows(role, act, kind, administers=administers)} == allowed
    in_order = [act for act in Act if act in allowed]
    assert acts_of(role, kind, administers=administers) == in_order


def test_the_ranks_are_in_order():
    assert Role.MEMBER.rank < Role.MODERATOR.rank < Role.OWNER.rank


def test_reading_writing_and_leaving_are_no_administration():
    assert PERSONAL == EVERYBODY


def test_staff_have_a_permission_of_the_app():
    assert ADMINISTER == "privatemessages.administer_threads"
