"""The wire's times and the database's: milliseconds since 1970 UTC, and aware datetimes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def milliseconds(moment: datetime) -> int:
    return (moment - EPOCH) // _MILLISECOND


def moment(milliseconds: int) -> datetime:
    """Raises OverflowError beyond the year 9999."""
    return EPOCH + milliseconds * _MILLISECOND
