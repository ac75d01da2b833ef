"""The reading queries. Each takes the person and finds only what is in their own threads."""

from .belongings import Traces, traces
from .cards import ThreadCard, thread
from .directory import (
    anybody_named,
    anybody_with_id,
    everybody,
    people,
    people_named,
    person_named,
    person_with_id,
)
from .inbox import InboxPage, inbox
from .members import (
    BanCard,
    MemberCard,
    MemberPage,
    RequestCard,
    bans,
    entry_requests,
    member_named,
    members,
)
from .opening import Opening, ReadBy, opening
from .pages import CHANGES_LIMIT, PAGE_LIMIT, PAGE_SIZE, Changes, MessagePage, changes, messages
from .places import heads, place, places
from .preferences import preferences
from .presence import presences
from .retention import Outdated, last_before, outdated, records_before, threads_older_than
from .rooms import Present, RoomCard, RoomDoor, RoomPage, present, room, rooms
from .sessions import KeptSession, sessions
from .shapes import message_shape, sender_shape

__all__ = [
    "CHANGES_LIMIT",
    "PAGE_LIMIT",
    "PAGE_SIZE",
    "BanCard",
    "Changes",
    "InboxPage",
    "KeptSession",
    "MemberCard",
    "MemberPage",
    "MessagePage",
    "Opening",
    "Outdated",
    "Present",
    "ReadBy",
    "RequestCard",
    "RoomCard",
    "RoomDoor",
    "RoomPage",
    "ThreadCard",
    "Traces",
    "anybody_named",
    "anybody_with_id",
    "bans",
    "changes",
    "entry_requests",
    "everybody",
    "heads",
    "inbox",
    "last_before",
    "member_named",
    "members",
    "message_shape",
    "messages",
    "opening",
    "outdated",
    "people",
    "people_named",
    "person_named",
    "person_with_id",
    "place",
    "places",
    "preferences",
    "presences",
    "present",
    "records_before",
    "room",
    "rooms",
    "sender_shape",
    "sessions",
    "thread",
    "threads_older_than",
    "traces",
]
