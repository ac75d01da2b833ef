"""The names of keys and channels.

The braces are a hash tag (Redis Cluster specification, "Hash tags"): what one script touches lies
in one slot. The digits within them are thread_id modulo the number of partitions.
"""

from __future__ import annotations

import re
from typing import Literal

PARTITIONS = "pm:partitions"
WORKERS = "pm:workers"  # those that may have told who is there
SEEN = "pm:seen"  # when people were here last
LEASES = "pm:leases"  # the channel on which a worker that goes tells that its leases are free


def partition_of(thread_id: int, partitions: int) -> int:
    return thread_id % partitions


def outbox(partition: int) -> str:
    return f"pm:{{{partition}}}:outbox"


def outbox_ids(partition: int) -> str:
    return f"pm:{{{partition}}}:outbox:ids"


def outbox_lease(partition: int) -> str:
    return f"pm:{{{partition}}}:outbox:lease"


def epoch(partition: int) -> str:
    """A value that lives as long as what the outbox holds: a wiped Redis has lost both."""
    return f"pm:{{{partition}}}:outbox:epoch"


def dead(partition: int) -> str:
    return f"pm:{{{partition}}}:dead"


def trial(partition: int) -> str:
    """Written to see whether one can."""
    return f"pm:{{{partition}}}:trial"


def wake_channel(partition: int) -> str:
    """Tells the holder of the lease that an empty outbox is empty no more."""
    return f"pm:{{{partition}}}:wake"


def thread_channel(thread_id: int, partitions: int) -> str:
    return f"pm:{{{partition_of(thread_id, partitions)}}}:thread:{thread_id}"


def user_channel(user_id: str) -> str:
    return f"pm:user:{user_id}"


def present(worker: str) -> str:
    """Who is at this worker, and in which threads."""
    return f"pm:present:{worker}"


_channel = re.compile(
    r"pm:(?:(?P<user>user):(?P<person>.*)|(?P<leases>leases)"
    r"|\{\d+\}:thread:(?P<thread>\d+)|\{(?P<wake>\d+)\}:wake)",
    re.DOTALL,  # a primary key may hold anything
)

Subject = tuple[Literal["thread", "user", "wake", "leases"], str]


def subject_of(channel: str) -> Subject:
    """What a channel is about, and its id: ("thread", "42"), ("user", "7"), ("wake", "3")."""
    found = _channel.fullmatch(channel)
    assert found is not None, channel
    if found["user"]:
        return "user", found["person"]
    if found["leases"]:
        return "leases", ""
    return ("thread", found["thread"]) if found["thread"] else ("wake", found["wake"])
