"""A person with 1,000 threads waits for the inbox no longer than others."""

import time
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.utils import timezone

from privatemessages import history
from privatemessages.models import Member, Message, Thread
from tests.messenger import make_people
from tests.views.reading import INBOX, handed_to_scripts

THREADS = 1_000
IN_ONE = 10  # messages in each, by both in turns
UNREAD = 2  # of the other one, among the later half
GROUP_EVERY = 10  # threads
WARM_UP = 2
TIMES = 20
LIMIT = {50: 300, 95: 300}  # ms

pytestmark = pytest.mark.alone


@pytest.fixture
def large_inbox(alice):
    """Half of each thread is unread."""
    others = make_people(THREADS)
    threads = Thread.objects.bulk_create(map(_thread, range(THREADS)))
    Member.objects.bulk_create(
        Member(thread=thread, user=person, joined_at=thread.created_at, read_seq=IN_ONE // 2)
        for thread, other in zip(threads, others, strict=True)
        for person in (alice, other)
    )
    messages = Message.objects.bulk_create(
        _message(thread, [alice, other][seq % 2], seq)
        for thread, other in zip(threads, others, strict=True)
        for seq in range(1, IN_ONE + 1)
    )
    for thread, last in zip(threads, messages[IN_ONE - 1 :: IN_ONE], strict=True):
        thread.last_message = last
    Thread.objects.bulk_update(threads, ["last_message"], batch_size=THREADS)


def _thread(number):
    is_group = number % GROUP_EVERY == 0
    then = timezone.now() - timedelta(minutes=number)
    return Thread(
        kind="group" if is_group else "direct",
        direct_key=None if is_group else f"pair {number}",
        title=f"Group {number}" if is_group else "",
        member_count=2,
        version=IN_ONE,
        text_count=IN_ONE,
        created_at=then,
        last_message_at=then,
    )


def _message(thread, sender, seq):
    return Message(
        thread=thread,
        seq=seq,
        version=seq,
        sender=sender,
        uuid=uuid4(),
        text=f"number {seq} of what is written, in a line that fills a card",
        sent_at=thread.last_message_at,
    )


def timed(act):
    """How long it takes, in ms, once it is warm."""
    samples = []
    for _ in range(WARM_UP + TIMES):
        begun = time.perf_counter()
        act()
        samples.append((time.perf_counter() - begun) * 1000)
    return samples[WARM_UP:]


def test_the_page_of_a_large_inbox(page, large_inbox, measured):
    found = handed_to_scripts(page.get(INBOX))
    assert len(found["threads"]) == history.PAGE_SIZE
    assert {card["unread"] for card in found["threads"]} == {UNREAD}

    measured("page of an inbox with 1,000 threads", timed(lambda: page.get(INBOX)), LIMIT)


def test_the_lists_of_a_large_inbox(alice, redis_server, large_inbox, measured):
    lists = {"all": {}, "those to be read": {"unread": True}, "of a name": {"query": "person99"}}
    for words, wanted in lists.items():
        ask = partial(history.inbox, alice, limit=history.PAGE_LIMIT, **wanted)
        assert len(ask().threads) == (10 if wanted.get("query") else history.PAGE_LIMIT)
        measured(f"inbox with 1,000 threads, {words}", timed(ask), LIMIT)
