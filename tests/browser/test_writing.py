"""Why one may not write, and the way from `rights` to the words."""

import pytest

from privatemessages import models
from privatemessages.times import milliseconds

NOW = 1_000_000_000_000  # ms
HOUR = 3_600_000
FOREVER = milliseconds(models.FOREVER)

WHY = "async ([standing, now]) => (await import('/writing.js')).whyNot(standing, now)"


def why(page, **standing):
    usual = {"may_post": True, "closed": False, "muted_until": None, "removed": False}
    return page.evaluate(WHY, [usual | standing, NOW])


def test_who_may_write_is_told_nothing(scripts):
    assert why(scripts) == ""


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        ({"removed": True, "closed": True}, "You do not belong to this conversation any more."),
        ({"closed": True}, "This is closed: it can be read, but nobody may write."),
        ({"may_post": False}, "You may not write here."),
        ({"muted_until": FOREVER}, "You are muted: you may read, but not write."),
    ],
)
def test_says_why_not(scripts, standing, words):
    assert why(scripts, **standing) == words


@pytest.mark.parametrize("may_post", [True, False])
def test_a_mute_ends_by_itself(scripts, may_post):
    muted = why(scripts, may_post=may_post, muted_until=NOW + 1)
    assert muted.startswith("You are muted until ")
    assert why(scripts, may_post=may_post, muted_until=NOW) == ""


def test_a_mute_of_today_tells_the_hour_and_any_other_the_day(scripts):
    assert len(why(scripts, muted_until=NOW + 1)) < len("You are muted until 00:00. ")
    assert "2001" in why(scripts, muted_until=NOW + 48 * HOUR)
