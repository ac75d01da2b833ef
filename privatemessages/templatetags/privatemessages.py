"""The wire's times and events, for templates."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django import template
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext

from .. import events, protocol, times
from ..models import FOREVER

register = template.Library()


@register.filter
def moment(milliseconds: int) -> datetime:
    return times.moment(milliseconds)


@register.filter
def day_and_hour(milliseconds: int) -> str:
    """As the log has its days and hours."""
    day = pgettext("a day, in the letters of Django's date filter", "j F Y")
    return date_format(localtime(times.moment(milliseconds)), f"{day} H:i")


@register.filter
def is_for_ever(milliseconds: int | None) -> bool:
    """Of the end of a mute."""
    return milliseconds is not None and times.moment(milliseconds) >= FOREVER


@register.filter
def said(entry: protocol.Message | Literal[""] | None) -> str:
    """What an entry of a history says, in the language of whoever reads it; "" of none.

    A template has "" for what is not there.
    """
    if not entry:
        return ""
    if entry.event:
        return events.sentence(entry.sender, entry.event)
    return _done(entry) if entry.kind == "action" else entry.text


@register.filter
def author(entry: protocol.Message | Literal[""] | None) -> str:
    """Who wrote it; "" of none."""
    if not entry:
        return ""
    return entry.sender.name if entry.sender else gettext(events.NOBODY)


def _done(entry: protocol.Message) -> str:
    return f"* {author(entry)} {entry.text}"
