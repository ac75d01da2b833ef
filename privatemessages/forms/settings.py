"""What people show of themselves."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class PreferencesForm(forms.Form):
    shows_presence = forms.BooleanField(
        label=_("Show when I am online"),
        required=False,
        help_text=_("If this is off, you do not see who is online either."),
    )
    shows_last_seen = forms.BooleanField(
        label=_("Show when I was last online"),
        required=False,
        help_text=_("If this is off, you do not see when others were, either."),
    )
    shows_typing = forms.BooleanField(
        label=_("Show when I am writing"),
        required=False,
        help_text=_("If this is off, you do not see when others write, either."),
    )
