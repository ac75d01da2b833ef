"""Groups and rooms, as they are made and found."""

from __future__ import annotations

import re

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .. import conf, names
from ..errors import Full, MessengerError
from .messages import NAME_LIMIT
from .problems import problem

_BETWEEN_NAMES = re.compile(r"[,\n\r]+")


class NamesField(forms.CharField):
    """Names, one on each line or separated by commas, each once and in their order."""

    widget = forms.Textarea

    def clean(self, value: object) -> list[str]:
        written = _BETWEEN_NAMES.split(super().clean(value))
        found = list(dict.fromkeys(filter(None, map(str.strip, written))))
        if len(found) > conf.load().GROUP_LIMIT:
            raise problem(Full())
        return found


class GroupForm(forms.Form):
    title = forms.CharField(
        label=_("Title"), widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"})
    )
    people = NamesField(
        label=_("People"),
        help_text=_("Their names, one on each line or separated by commas."),
        widget=forms.Textarea(
            attrs={
                "rows": 4,
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
        required=False,
    )
    shows_past = forms.BooleanField(
        label=_("Newcomers see what was written before"), required=False
    )

    def refuse_names(self, unknown: list[str]) -> None:
        shown = ", ".join(Truncator(name).chars(NAME_LIMIT) for name in unknown)
        self.add_error(
            "people",
            gettext("There is nobody to whom you can write called: %(names)s") % {"names": shown},
        )


class RoomForm(forms.Form):
    """A room that there is not yet."""

    name = forms.CharField(
        label=_("Name"), widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"})
    )
    topic = forms.CharField(
        label=_("Topic"),
        required=False,
        help_text=_("What is talked about there. It may be empty."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    access = forms.ChoiceField(
        label=_("Who may come in"),
        choices=[
            ("public", _("Everybody: the room stands in the list of rooms")),
            ("private", _("Only those who are let in")),
        ],
        initial="public",
        widget=forms.RadioSelect,
    )

    def clean_topic(self) -> str:
        try:
            return names.clean_topic(self.cleaned_data["topic"])
        except MessengerError as error:
            raise problem(error) from None

    @property
    def is_public(self) -> bool:
        return bool(self.cleaned_data["access"] == "public")


class WhichRoomForm(forms.Form):
    name = forms.CharField(
        label=_("Which room?"),
        label_suffix="",
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
