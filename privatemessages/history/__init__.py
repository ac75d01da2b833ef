"""The reading queries. Each takes the person and finds only what is in their own threads."""

from .directory import people, person_named, person_with_id
from .inbox import InboxPage, ThreadCard, inbox, thread
from .pages import CHANGES_LIMIT, PAGE_LIMIT, PAGE_SIZE, Changes, MessagePage, changes, messages
from .places import Place, Standing, heads, place, places
from .shapes import message_shape, sender_shape

__all__ = [
    "CHANGES_LIMIT",
    "PAGE_LIMIT",
    "PAGE_SIZE",
    "Changes",
    "InboxPage",
    "MessagePage",
    "Place",
    "Standing",
    "ThreadCard",
    "changes",
    "heads",
    "inbox",
    "message_shape",
    "messages",
    "people",
    "person_named",
    "person_with_id",
    "place",
    "places",
    "sender_shape",
    "thread",
]
