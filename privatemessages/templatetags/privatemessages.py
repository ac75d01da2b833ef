"""The wire's times, for templates."""

from __future__ import annotations

from datetime import datetime

from django import template

from .. import times

register = template.Library()


@register.filter
def moment(milliseconds: int) -> datetime:
    return times.moment(milliseconds)
