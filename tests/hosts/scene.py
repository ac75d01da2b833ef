"""Plays the scene on three hosts, and prints what was seen as one line of JSON. A program, because
all that it starts has to be in its network, which it has to be started in: see `network`.

    python -m tests.hosts.scene
"""

import asyncio
import json
import signal
import sys
from typing import Any

from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from tests.faults.traffic import Traffic
from tests.faults.waiting import apart, until, until_apart
from tests.hosts.network import Network
from tests.hosts.stack import PORT, OnHosts

SIZE = 20  # people
CALM = 100  # messages before the cut, during it and after it
WAIT = 30.0  # s, for what is expected within seconds
SILENCE = "no answer to a ping"

Seen = dict[str, Any]


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    with Network() as network:
        for name in ("one", "other"):
            network.add(name)
        with OnHosts(network, companies=2, size=SIZE) as stack:
            print(json.dumps(asyncio.run(scene(stack))), flush=True)


async def scene(stack: OnHosts) -> Seen:
    seen: Seen = {"talked": await two_talk(stack)}
    async with Traffic(stack) as traffic:
        await traffic.flow(CALM)
        seen["sockets"] = await sockets(stack)
        seen |= await cut_off(traffic, stack)
        seen |= await come_back(traffic, stack)
        seen["wrong"] = await traffic.settle()
        seen["written"] = dict(traffic.written)
    if seen["wrong"]:
        print(stack.output(), file=sys.stderr)
    return seen


async def two_talk(stack: OnHosts) -> list[str]:
    """Each at a host of their own, without the balancer; what each heard of the other."""
    company = stack.company()
    thread, people = next(iter(company.threads.items()))
    tabs = [
        await websocket_connect(
            HTTPRequest(
                f"ws://{worker.host}:{PORT}/ws/",
                headers={"Cookie": f"sessionid={company.sessions[user]}"},
            )
        )
        for worker, user in zip(stack.workers_at, people, strict=True)
    ]
    heard = [
        await said(tabs[0], tabs[1], thread, "11111111-1111-4111-8111-111111111111", "hello"),
        await said(tabs[1], tabs[0], thread, "22222222-2222-4222-8222-222222222222", "well met"),
    ]
    for tab in tabs:
        tab.close()
    return heard


async def said(speaker: Any, listener: Any, thread: int, message_id: str, text: str) -> str:
    frame = {"type": "send", "thread": thread, "id": message_id, "text": text}
    await speaker.write_message(json.dumps(frame))
    async with asyncio.timeout(WAIT):
        while True:
            heard = json.loads(await listener.read_message())
            if heard["type"] == "message" and heard["id"] == message_id:
                return str(heard["text"])


async def cut_off(traffic: Traffic, stack: OnHosts) -> Seen:
    """The first host's cable is cut, until it has noticed that nobody answers."""
    lost = stack.workers_at[0]
    with traffic.during():
        await apart(lost.at.cut)
        await traffic.flow(CALM)
        await until(lambda: all(client.greeted for client in traffic.clients), WAIT)
        async with traffic.a_break() as books:  # so all that was written is stored by now
            stored = sum(len(book.rows) for book in books.values())
        await until_apart(lambda: SILENCE in lost.output(), WAIT)
        await until_apart(lambda: lost.metric("sockets") == 0, WAIT)
        return {
            "silence": SILENCE in lost.output(),
            "sockets left": await apart(lost.metric, "sockets"),
            "stored": stored,
            "stayed": sum(tab.greetings == 1 for tab in traffic.tabs),
            "came over": sum(tab.greetings > 1 for tab in traffic.tabs),
        }


async def come_back(traffic: Traffic, stack: OnHosts) -> Seen:
    back = stack.workers_at[0]
    await apart(back.at.join)
    await until_apart(back.is_ready, WAIT)
    for tab in traffic.tabs[::2]:
        tab.hang_up()
    await traffic.flow(CALM)
    return {
        "sockets again": await sockets(stack),
        "losses": await apart(back.metric, "pubsub_losses_total"),
    }


async def sockets(stack: OnHosts) -> list[float]:
    return [await apart(worker.metric, "sockets") for worker in stack.workers_at]


if __name__ == "__main__":
    main()
