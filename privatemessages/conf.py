"""The settings of the app: one dictionary, `PRIVATEMESSAGES`, beside two names of their own.

`API_KEY` and `SEND_MESSAGE_API_URL` stand at the top of a project's settings because projects of
this kind have always had them there.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from django.conf import settings as django_settings
from pydantic import BaseModel, ConfigDict, Field

NAME = "PRIVATEMESSAGES"

HIGHEST_PORT = 65_535
HEADER = "^[ -~]*$"  # what workers can send as one


class Settings(BaseModel):
    """Every setting: its type, its default, and what it is, with its unit.

    What is left out of the representation (`repr=False`) is a secret.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, allow_inf_nan=False
    )

    REDIS_URL: str = Field(
        "redis://127.0.0.1:6379/0", repr=False, description="Where what is spoken waits"
    )
    PARTITIONS: int = Field(16, ge=1, le=256, description="Number of outboxes")

    SOCKET_URL: str = Field(
        "",
        description="Where sockets are, whole, such as wss://chat.example.com/ws/, "
        "unless on the page's own host",
    )
    SOCKET_PORT: int | None = Field(
        None,
        ge=1,
        le=HIGHEST_PORT,
        description="Where sockets are on the page's own host, unless on its own port",
    )
    ALLOWED_ORIGINS: list[str] = Field(
        [],
        description="Pages that may open sockets besides the site's own, "
        "such as https://example.com",
    )
    PERSON_NAME: str = Field(
        "", description="Dotted path of a callable: from a user to the name that others see"
    )

    API_KEY: str = Field("", pattern=HEADER, repr=False, description="What workers show to Django")
    API_KEY_FALLBACKS: list[str] = Field(
        [], repr=False, description="Earlier API_KEYs that are still accepted"
    )
    PROGRAM_API_KEYS: list[str] = Field(
        [], repr=False, description="Keys of other programs, which send single messages"
    )
    SEND_MESSAGE_API_URL: str = Field(
        "http://127.0.0.1:8000/messages/send_message_api/",
        description="Where workers save, past every proxy",
    )
    COMMAND_API_URL: str = Field(
        "", description="Where workers hand on commands, unless beside SEND_MESSAGE_API_URL"
    )
    SAVE_HOST: str = Field(
        "",
        pattern=HEADER,
        description="The Host that workers send, unless that of SEND_MESSAGE_API_URL",
    )
    SAVE_TIMEOUT: float = Field(30.0, gt=0, description="Seconds for saving one batch")
    SAVE_BATCH: int = Field(200, ge=1, le=1000, description="Messages in one batch at most")
    LEASE_SECONDS: float = Field(
        5.0, gt=0, description="Seconds after which another worker saves for a dead one"
    )

    GROUP_LIMIT: int = Field(250, ge=2, description="People in one group at most")
    KEEP_CLEARED: bool = Field(
        False,
        description="Whether cleared and deleted history stays in the database, unseen",
    )

    HEARTBEAT: int = Field(25, ge=1, description="Seconds between two signs of life of a socket")
    RECHECK: int = Field(300, ge=1, description="Seconds between two looks at a socket's session")
    DRAIN_SECONDS: float = Field(
        10.0, ge=0, description="Seconds over which a worker that ends sends its sockets away"
    )
    IDENTITY_THREADS: int = Field(
        8, ge=1, description="Threads of a worker, each of which may hold a database connection"
    )
    SOCKETS_PER_PERSON: int = Field(20, ge=1, description="Sockets of one person in one worker")
    WRITE_BUFFER: int = Field(
        1024 * 1024, ge=1, description="Bytes that a slow reader may leave unread"
    )
    SEND_RATE: float = Field(
        10.0, gt=0, description="Messages of one person per second, in one worker"
    )
    SEND_BURST: int = Field(30, ge=1, description="Messages of one person at once, in one worker")
    FRAME_RATE: float = Field(50.0, gt=0, description="Frames of any kind of one socket per second")
    FRAME_BURST: int = Field(200, ge=1, description="Frames of any kind of one socket at once")

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
