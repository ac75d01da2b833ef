"""How long people wait, measured as they would feel it."""

import pytest
from playwright.sync_api import expect

from tests.browser.stopwatch import Stopwatch

WARM_UP = 5
TIMES = 30
RETURNS = 10
PAUSE = 100  # ms between two messages, more than the limits for people allow
MISSED = 20  # messages while the network was gone

ECHO = {95: 50}  # ms
DELIVERY = {50: 60, 95: 150}  # ms
TURN = {95: 200}  # ms
RETURN = {100: 2_000}  # ms

pytestmark = pytest.mark.alone


def test_writing_and_being_read(pair, measured):
    mine, theirs = pair
    near, far = Stopwatch(mine.page), Stopwatch(theirs.page)
    echoes, deliveries = [], []
    for number in range(WARM_UP + TIMES):
        text = f"number {number}"
        near.wait_for(text)
        far.wait_for(text)
        mine.write(text)
        echoes.append(near.shown - near.began)
        deliveries.append(far.shown - near.began)
        mine.page.wait_for_timeout(PAUSE)
    measured("key to local echo", echoes[WARM_UP:], ECHO)
    measured("key to the other page", deliveries[WARM_UP:], DELIVERY)


def test_going_to_another_thread(pair, site, measured):
    mine, theirs = pair
    others = mine.in_another_tab("/messages/send_message/")
    others.write_to(site.person().name, "hello there")
    threads = {mine.thread: "the end of one", others.thread: "the end of the other"}
    for thread, text in threads.items():
        site.save(thread, mine.person, *(f"number {number}" for number in range(50)), text)
    for tab in (others, theirs):
        tab.page.close()
    expect(mine.cards).to_have_count(2)
    stopwatch = Stopwatch(mine.page)
    turns = []
    for number in range(WARM_UP + TIMES):
        thread = [*threads][number % 2 - 1]
        stopwatch.wait_for(threads[thread])
        mine.page.click(f"[data-thread='{thread}'] a")
        turns.append(stopwatch.shown - stopwatch.began)
        assert mine.thread == thread
    measured("going to another thread", turns[WARM_UP:], TURN)


def test_catching_up_after_the_network_returns(pair, site, measured):
    mine, theirs = pair
    stopwatch = Stopwatch(mine.page)
    returns = []
    for number in range(RETURNS):
        site.network.cut()
        mine.context.set_offline(True)
        mine.says("offline")
        text = f"the last of {number}"
        site.save(mine.thread, theirs.person, *["another"] * MISSED, text)
        stopwatch.wait_for(text)
        site.network.mend()
        mine.context.set_offline(False)
        returns.append(stopwatch.shown - stopwatch.began)
        mine.is_connected()
    measured("caught up after the network returned", returns, RETURN)
