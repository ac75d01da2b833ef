"""What people show of themselves."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class PreferencesForm(forms.Form):
    shows_presence = forms.BooleanField(
        label=_("Show when I am here"),
        required=False,
        help_text=_("Otherwise you do not see either who is here."),
    )
    shows_last_seen = forms.BooleanField(
        label=_("Show when I was last here"),
        required=False,
        help_text=_("Otherwise you do not see either when others were."),
    )
    shows_typing = forms.BooleanField(
        label=_("Show when I am writing"),
        required=False,
        help_text=_("Otherwise you do not see either when others are."),
    )
