from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privatemessages.times import milliseconds, moment

LAST = 253_402_300_799_999  # ms; the last moment of the year 9999


def test_time_begins_in_1970():
    assert milliseconds(datetime(1970, 1, 1, tzinfo=UTC)) == 0
    assert moment(1) == datetime(1970, 1, 1, 0, 0, 0, 1000, tzinfo=UTC)


def test_a_zone_changes_nothing():
    moscow = timezone(timedelta(hours=3))

    assert milliseconds(datetime(2026, 1, 1, 3, tzinfo=moscow)) == milliseconds(
        datetime(2026, 1, 1, tzinfo=UTC)
    )


@given(st.integers(0, LAST))
def test_milliseconds_survive(number):
    assert milliseconds(moment(number)) == number


def test_beyond_the_calendar_there_is_no_moment():
    with pytest.raises(OverflowError):
        moment(LAST + 1)
