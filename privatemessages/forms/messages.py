"""A text, and to whom it goes."""

from __future__ import annotations

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from .. import protocol
from ..errors import MessengerError
from .problems import problem

NAME_LIMIT = 254  # characters; a user name, or the e-mail address where that is one


class MessageForm(forms.Form):
    """A text for a thread. `uuid` makes two clicks on the button one message."""

    uuid = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)
    message = forms.CharField(
        label=_("Message"),
        strip=False,
        widget=forms.Textarea(
            attrs={
                "rows": 1,
                "dir": "auto",
                "autocomplete": "off",
                "placeholder": _("Write a message…"),
            }
        ),
    )

    def clean_message(self) -> str:
        # A form sends a line's end as two characters (HTML, "normalize newlines").
        text = self.cleaned_data["message"].replace("\r\n", "\n")
        try:
            return protocol.clean_text(text)
        except MessengerError as error:
            raise problem(error) from None


class RecipientForm(forms.Form):
    """Somebody, by name.

    `recipient_id` is set by the script when a suggestion was chosen: a shown name need not be the
    user name, nor unique.
    """

    recipient_id = forms.CharField(widget=forms.HiddenInput, required=False)
    recipient_name = forms.CharField(
        label=_("To"),
        max_length=NAME_LIMIT,
        widget=forms.TextInput(
            attrs={"list": "pm-people", "autocomplete": "off", "autocapitalize": "none"}
        ),
    )


class NewMessageForm(RecipientForm, MessageForm):
    """A text for somebody, with whom there need not be a thread yet."""

    field_order = ["recipient_name", "message", "uuid", "recipient_id"]
