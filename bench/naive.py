"""The design that one writes first: `python -m bench.naive PORT`.

For each socket a pub/sub connection of its own, `write_message` for each frame, and an HTTP
request for each message. People are told apart as carefully as by the real thing, and no more.
"""

import asyncio
import json
import sys
from typing import Any
from urllib.parse import urlencode

import django
from asgiref.sync import sync_to_async
from django.conf import settings
from redis.asyncio import Redis
from tornado.httpclient import AsyncHTTPClient
from tornado.web import Application
from tornado.websocket import WebSocketHandler

django.setup()

from myproject.sessions import SessionStore  # noqa: E402 - models need Django to be set up
from privatemessages.models import Member  # noqa: E402 - likewise

CONNECTIONS = 10_000  # as many as a Redis takes without being told


def channel(thread_id: int) -> str:
    return f"naive:{thread_id}"


class ThreadSocket(WebSocketHandler):
    listening: asyncio.Task[None] | None = None

    def initialize(self, redis: Redis) -> None:
        self.redis = redis

    async def open(self, thread_id: str) -> None:
        self.thread_id = int(thread_id)
        self.user_id = await sync_to_async(user_of)(self.get_cookie("sessionid"))
        if not await sync_to_async(is_member)(self.user_id, self.thread_id):
            self.close()
            return
        self.pubsub = self.redis.pubsub(ignore_subscribe_messages=True)
        await self.pubsub.subscribe(channel(self.thread_id))
        self.listening = asyncio.create_task(self.listen())
        await self.write_message({"type": "hello"})

    async def listen(self) -> None:
        async for message in self.pubsub.listen():
            await self.write_message(message["data"].decode())

    async def on_message(self, message: str | bytes) -> None:
        content = json.loads(message)
        spoken = {"type": "message", "sender": self.user_id, **content}
        await self.redis.publish(channel(self.thread_id), json.dumps(spoken))
        await self.save(content)
        await self.write_message({"type": "stored", "messages": [{"id": content["id"]}]})

    async def save(self, content: dict[str, Any]) -> None:
        form = {
            "api_key": settings.API_KEY,
            "sender_id": self.user_id,
            "message": content["text"],
            "id": content["id"],
        }
        url = f"{settings.SEND_MESSAGE_API_URL}{self.thread_id}/"
        await AsyncHTTPClient().fetch(url, method="POST", body=urlencode(form))

    def on_close(self) -> None:
        if self.listening is not None:
            self.listening.cancel()


def user_of(session_key: str | None) -> str:
    """The id in this session; "" for nobody."""
    return str(SessionStore(session_key).get("_auth_user_id", ""))


def is_member(user_id: str, thread_id: int) -> bool:
    return Member.objects.filter(user_id=user_id, thread_id=thread_id).exists()


async def serve(port: int) -> None:
    wired = {"redis": Redis.from_url(settings.REDIS_URL, max_connections=CONNECTIONS)}
    Application([(r"/(\d+)/", ThreadSocket, wired)]).listen(port, "127.0.0.1")
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
