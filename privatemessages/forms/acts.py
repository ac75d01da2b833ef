"""What administration needs to know of each act: to whom, how long, why."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import REASON_LIMIT
from ..roles import Role
from .messages import RecipientForm

FOREVER = ""
# Seconds, as the forms send them.
LASTING = [
    ("600", _("10 minutes")),
    ("3600", _("1 hour")),
    ("86400", _("1 day")),
    ("604800", _("1 week")),
    ("2592000", _("30 days")),
    (FOREVER, _("for ever")),
]
USUAL = "86400"


class ActForm(forms.Form):
    """Of an act that needs to know nothing more."""


class PersonForm(ActForm):
    """`person` is an id on the wire."""

    person = forms.CharField()


class ReasonForm(PersonForm):
    reason = forms.CharField(required=False, max_length=REASON_LIMIT)


class LastingForm(ReasonForm):
    """`lasting` is None for ever."""

    lasting = forms.TypedChoiceField(
        choices=LASTING,
        coerce=lambda seconds: timedelta(seconds=int(seconds)),
        empty_value=None,
        required=False,
    )


class AppointForm(PersonForm):
    role = forms.TypedChoiceField(choices=[(role.value, role.value) for role in Role], coerce=Role)


class AddForm(ActForm, RecipientForm):
    """By name; or by id alone, where a request to enter is granted."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they are
        self.fields["recipient_name"].label = _("Their name")


class RenameForm(ActForm):
    title = forms.CharField(label=_("Name"), widget=forms.TextInput(attrs={"dir": "auto"}))


class TopicForm(ActForm):
    topic = forms.CharField(
        label=_("Topic"), required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )


class ConfigureForm(ActForm):
    is_public = forms.BooleanField(
        label=_("Public: in the list of rooms, and anybody may come in"), required=False
    )
    shows_past = forms.BooleanField(
        label=_("Newcomers see what was written before"), required=False
    )
