"""Why somebody may not write in a thread, in words."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from .. import times
from ..history import ThreadCard
from ..models import FOREVER

_FOREVER = times.milliseconds(FOREVER)


def why_shut(card: ThreadCard) -> str:
    """Empty where one may write."""
    if card.may_post:
        return ""
    if card.closed:
        return _("This is closed: it can be read, but nobody may write.")
    if card.muted_until is None:
        return _("You may not write here.")
    return _until(card.muted_until)


def _until(muted_until: int) -> str:
    if muted_until >= _FOREVER:
        return _("You are muted: you may read, but not write.")
    until = date_format(localtime(times.moment(muted_until)), "DATETIME_FORMAT")
    return _("You are muted until %(moment)s.") % {"moment": until}
