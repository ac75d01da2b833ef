"""The wire's times and events, for templates."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django import template
from django.utils.translation import gettext

from .. import events, protocol, times

register = template.Library()


@register.filter
def moment(milliseconds: int) -> datetime:
    return times.moment(milliseconds)


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


def _done(entry: protocol.Message) -> str:
    name = entry.sender.name if entry.sender else gettext(events.NOBODY)
    return f"* {name} {entry.text}"
