"""People come, go, and have to go, while everybody writes and processes die."""

import asyncio

from tests.client import Switches
from tests.faults.gathering import Gathering
from tests.faults.playing import kinds, played
from tests.faults.register import FOLLOWS
from tests.faults.waiting import apart, until

ACTS = 15  # in each of the scenes
PARTINGS = 8  # in the middle of a sentence, at least
CAME_BACK = 3  # people
LATE = 3  # messages that slip in
BACKLOG = 40  # messages that wait for Django
SIGHTS = 2_000  # at least
WAIT = 30.0  # s
NEAR = 500  # ms before somebody has to go, in which they spoke


def test_nobody_sees_or_says_anything_where_they_do_not_belong(stack):
    async def play():
        async with Gathering(stack) as gathering:
            await gathering.flow(50)
            await gathering.direct(ACTS)
            await while_a_worker_is_dead(gathering)
            await while_django_is_away(gathering)
            await gathering.direct(ACTS)
            await gathering.flow(50)
            found = await gathering.settle(patience=10)
            assert not found, "\n".join([*found[:20], stack.output()])
            assert await apart(stack.set_aside) == 0
            await guard(gathering)

    asyncio.run(play())


async def while_a_worker_is_dead(gathering):
    victim, greetings = gathering.stack.workers[0], gathering.counts()["greetings"]
    await apart(victim.kill)
    await gathering.direct(ACTS)
    await until(lambda: all(client.greeted for client in gathering.clients), WAIT)
    assert gathering.counts()["greetings"] >= greetings + 5
    await apart(victim.start)


async def while_django_is_away(gathering):
    """So what is spoken waits, longer than rights need to follow: the late and the newcomers."""
    stack, group = gathering.stack, gathering.group
    await apart(stack.django.kill)
    gone = [await gathering.part(group) for _ in range(LATE)]
    for person in gone:
        await gathering.speak_late(group, person)
    await gathering.flow(BACKLOG)
    await asyncio.sleep(2 * FOLLOWS / 1000)
    newcomer = await gathering.director.come(group, but=gone)
    for tab in gathering.tabs_of(newcomer):
        tab.hang_up()
    await until(lambda: all(client.greeted for client in gathering.clients), WAIT)
    assert await apart(stack.waiting) >= BACKLOG
    await apart(stack.django.start)
    await until(lambda: all(were_refused(gathering)), WAIT)


async def guard(gathering):
    """Enough happened, and the late ones were heard before they were refused."""
    books = await apart(gathering.books)
    spoke = [parting for parting in gathering.partings if was_speaking(parting, books)]
    assert len(spoke) >= PARTINGS, f"{len(spoke)} of {len(gathering.partings)}"
    assert gathering.knocks >= PARTINGS
    register = gathering.director.register
    assert sum(len(spans) > 1 for spans in register.stays.values()) >= CAME_BACK
    assert any(register.mutes.values())
    assert sum(len(client.sights) for client in gathering.clients) >= SIGHTS
    assert len(gathering.late) == LATE
    for thread, key in gathering.late:
        assert any(saw(client, thread, key) for client in gathering.clients)
    assert all(were_refused(gathering))


def were_refused(gathering):
    """For each message that slipped in, whether anybody was told so."""
    return [any(late in client.refused for client in gathering.clients) for late in gathering.late]


def was_speaking(parting, books):
    """They were heard a moment before, and what they wrote a moment later was not taken."""
    thread, deed, client = parting.thread, parting.deed, parting.client
    heard = any(
        row.sender == client.user and deed.before - NEAR <= row.sent_at <= deed.after
        for row in books[thread].texts
    )
    given_up = any(
        where == thread and at >= deed.before and name in client.given_up
        for at, where, name in client.wrote
    )
    return heard and given_up


def saw(client, thread, key):
    return any((sight.thread, sight.key) == (thread, key) for sight in client.sights)


async def removal(gathering):
    for venue in gathering.director.venues.values():
        await gathering.part(venue)


async def lateness(gathering):
    await gathering.speak_late(gathering.group, await gathering.part(gathering.group))


def test_where_nobody_is_told_of_removals_the_removed_see_what_they_should_not(stack):
    found = played(Gathering, stack, removal, told=False)
    assert "seen" in kinds(found)


def test_who_does_not_heed_refusals_differs_from_the_history(stack):
    found = played(Gathering, stack, lateness, switches=Switches(heed_refusals=False))
    assert kinds(found) == {"differs"}
