"""Somebody does not read what is sent to them."""

import asyncio
from itertools import cycle

from tests.client import Client
from tests.client.reader import read_report, reader
from tests.faults.check import seen_wrongly
from tests.faults.waiting import apart, until, until_apart

WAIT = 30.0  # s, for what is expected at once


def test_a_frozen_reader_is_cut_off_and_catches_up(stack, under_traffic, tmp_path):
    async def freeze(traffic):
        user, session = next(iter(traffic.company.sessions.items()))
        others = cycle([tab for tab in traffic.tabs if tab.client.user != user])
        slow, path = await apart(stack.metric, "slow_readers_total"), tmp_path / "report"
        with reader(stack.site, user, session, traffic.seed, path) as frozen:
            await until(lambda: read_report(path), WAIT)
            frozen.pause()
            async with asyncio.timeout(WAIT):
                while await apart(stack.metric, "slow_readers_total") == slow:
                    for thread in traffic.threads_of(user):
                        partners = traffic.company.threads[thread]
                        tab = next(tab for tab in others if tab.client.user in partners)
                        traffic.write(tab, thread, long_text(traffic))
                    await asyncio.sleep(0.02)
            frozen.resume()
            async with traffic.a_break() as books:

                def caught_up():
                    report, client = read_report(path), Client(user, traffic.chance)
                    client.copies.update(report.copies)
                    return report.greetings > 1 and not list(seen_wrongly(books, client))

                await until_apart(caught_up, WAIT)
            closings = read_report(path).closings
            assert closings[4003] + closings[1006] >= 1

    under_traffic(freeze)


def long_text(traffic):
    """As many bytes as a message may have, so that the kernel's buffers are full soon."""
    return f"{traffic.written.total()} " + "🐢" * 9_900
