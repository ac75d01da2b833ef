"""What was written, and what happened."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from .. import events, history
from ..models import Message
from ..querysets import PROBE_KEY
from .looking import ListAdmin
from .searching import people_called, threads_called

TEXT_SHOWN = 80  # characters in a list


@admin.register(Message)
class MessageAdmin(ListAdmin):
    list_display = ("thread", "seq", "sender", "beginning", "sent_at")
    list_display_links = ("beginning",)
    list_select_related = ("sender", "about", "thread")
    search_help_text = _(
        "The number of a thread, its title or address, or the beginning of the sender's name"
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).exclude(thread__direct_key__startswith=PROBE_KEY)

    def meant(self, term: str) -> Q:
        return Q(thread_id__in=threads_called(term)) | Q(sender_id__in=people_called(term))

    @admin.display(description=_("text"))
    def beginning(self, message: Message) -> str:
        shape = history.message_shape(message)
        said = events.sentence(shape.sender, shape.event) if shape.event else shape.text
        return Truncator(said).chars(TEXT_SHOWN)
