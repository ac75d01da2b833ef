"""Refusals, as a form shows them."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext

from ..errors import MessengerError


def problem(error: MessengerError) -> forms.ValidationError:
    """A refusal, in the person's language."""
    return forms.ValidationError(gettext(error.detail), code=error.code)
