"""The settings of the app: one dictionary, `PRIVATEMESSAGES`, beside two names of their own.

`API_KEY` and `SEND_MESSAGE_API_URL` stand at the top of a project's settings because projects of
this kind have always had them there.
"""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urljoin

from django.conf import settings as django_settings
from pydantic import BaseModel, ConfigDict, Field

NAME = "PRIVATEMESSAGES"

AtLeastOne = Annotated[int, Field(ge=1)]
Positive = Annotated[float, Field(gt=0)]


class Settings(BaseModel):
    """Every setting, its type, its default and its unit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    REDIS_URL: str = "redis://127.0.0.1:6379/0"
    PARTITIONS: Annotated[int, Field(ge=1, le=256)] = 16  # outboxes

    SOCKET_URL: str = ""  # whole, such as wss://chat.example.com/ws/; "" is the page's own host
    SOCKET_PORT: int | None = None  # with the page's own host name; None is the page's own port
    ALLOWED_ORIGINS: list[str] = []  # besides the site's own
    PERSON_NAME: str = ""  # dotted path of a callable: user -> the name that others see

    API_KEY: str = ""
    API_KEY_FALLBACKS: list[str] = []
    PROGRAM_API_KEYS: list[str] = []
    SEND_MESSAGE_API_URL: str = "http://127.0.0.1:8000/messages/send_message_api/"
    COMMAND_API_URL: str = ""  # where workers hand on commands; "" is beside SEND_MESSAGE_API_URL
    SAVE_HOST: str = ""  # the Host that workers send; "" is the one in SEND_MESSAGE_API_URL
    SAVE_TIMEOUT: Positive = 30.0  # seconds for one batch
    SAVE_BATCH: Annotated[int, Field(ge=1, le=1000)] = 200  # messages
    LEASE_SECONDS: Positive = 5.0

    GROUP_LIMIT: Annotated[int, Field(ge=2)] = 250  # people in one group
    KEEP_CLEARED: bool = False  # cleared and deleted history stays in the database, unseen

    HEARTBEAT: AtLeastOne = 25  # seconds
    RECHECK: AtLeastOne = 300  # seconds between two looks at a socket's session
    DRAIN_SECONDS: Annotated[float, Field(ge=0)] = 10.0
    IDENTITY_THREADS: AtLeastOne = 8  # each may hold one database connection
    SOCKETS_PER_PERSON: AtLeastOne = 20  # in one worker
    WRITE_BUFFER: AtLeastOne = 1024 * 1024  # bytes that a slow reader may leave unread
    SEND_RATE: Positive = 10.0  # messages per second
    SEND_BURST: AtLeastOne = 30
    FRAME_RATE: Positive = 50.0  # frames of any kind per second
    FRAME_BURST: AtLeastOne = 200

    @property
    def command_api_url(self) -> str:
        return self.COMMAND_API_URL or urljoin(self.SEND_MESSAGE_API_URL, "../command_api/")


def load() -> Settings:
    """The settings as the project has them now.

    Raises pydantic.ValidationError, which names each wrong or unknown key; the check
    `privatemessages.E001` says the same before a server starts.
    """
    return Settings(**_from_project())


def _from_project() -> dict[str, Any]:
    own: dict[str, Any] = dict(getattr(django_settings, NAME, {}))
    for name in ("API_KEY", "SEND_MESSAGE_API_URL"):
        if hasattr(django_settings, name):
            own[name] = getattr(django_settings, name)
    return own
