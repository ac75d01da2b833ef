"""The foreign project as its people and its developer use it: real processes, pages, sockets."""

import asyncio
import json
import os
import re
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from tests.services import PYTHON, Process, free_port

PROJECT = Path(__file__).with_name("project")
PASSWORD = "a word of the club"
DOMAIN = "@club.example"
TIMEOUT = 10.0  # seconds


def discreet(text: str) -> str:
    """Nothing that a person is shown holds anybody's address."""
    assert DOMAIN not in text, text
    return text


class Club:
    """The project, its environment, and its commands."""

    def __init__(
        self, installed: Path, database: str, redis: str, folder: Path = PROJECT, **env: str
    ) -> None:
        self.folder = folder
        self.port, self.socket_port = free_port(), free_port()
        self.env = {
            "DJANGO_SETTINGS_MODULE": "club.settings",
            "PYTHONPATH": str(installed),
            "DATABASE_URL": database,
            "REDIS_URL": redis,
            "SECRET_KEY": "a secret of the club",
            "API_KEY": "a key of the club",
            "PORT": str(self.port),
            "SOCKET_PORT": str(self.socket_port),
            **env,
        }

    def manage(self, *arguments: str, **env: str) -> str:
        done = subprocess.run(
            [PYTHON, "manage.py", *arguments],
            cwd=self.folder,
            env={**os.environ, **self.env, **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def shell(self, code: str) -> str:
        return self.manage("shell", "--no-imports", "-c", code).strip()

    def pages(self) -> Process:
        command = [PYTHON, "-m", "gunicorn", "club.wsgi", "--bind", f"127.0.0.1:{self.port}"]
        command += ["--threads", "4"]
        return Process(command, port=self.port, env=self.env, cwd=self.folder)

    def development_pages(self) -> Process:
        address = f"127.0.0.1:{self.port}"
        command = [PYTHON, "manage.py", "runserver", "--noreload", address]
        return Process(command, port=self.port, env=self.env, cwd=self.folder)

    def worker(self) -> Process:
        command = [PYTHON, "manage.py", "starttornadoapp", str(self.socket_port)]
        return Process(command, port=self.socket_port, env=self.env, cwd=self.folder)

    def add(self, name: str, **fields: str) -> str:
        """A person whose address is `name`@club.example; their id."""
        create = f"Person.objects.create_user('{name}{DOMAIN}', '{PASSWORD}', **{fields!r})"
        return self.shell(f"from people.models import Person\nprint({create}.pk)")

    def stored(self, thread_id: int) -> list[str]:
        code = "from privatemessages.models import Message\nimport json\n"
        code += f"texts = Message.objects.filter(thread_id={thread_id}).order_by('seq')\n"
        return json.loads(self.shell(code + "print(json.dumps([each.text for each in texts]))"))

    def browser(self, name: str = "") -> "Browser":
        browser = Browser(self)
        if name:
            answer = browser.post("/enter/?next=/talk/", username=name + DOMAIN, password=PASSWORD)
            assert answer.path == "/talk/", answer.text
        return browser


@dataclass
class Answer:
    status: int
    path: str
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Browser:
    """Cookies, pages, forms, and the calls that a page's script makes."""

    club: Club
    jar: CookieJar = field(default_factory=CookieJar)

    def get(self, path: str, **headers: str) -> Answer:
        return self._open(path, None, headers)

    def post(self, path: str, *, page: str = "", **fields: str) -> Answer:
        """Fill in the form on `page`, which is at `path` if not elsewhere; where it led to."""
        filled = {"csrfmiddlewaretoken": self.token(page or path), **fields}
        return self._open(path, urllib.parse.urlencode(filled).encode(), {})

    def call(self, path: str, content: dict[str, Any] | None = None) -> Answer:
        """The JSON API; with content it is a POST."""
        if content is None:
            return self.get(f"/talk/api/{path}")
        headers = {"Content-Type": "application/json", "X-CSRFToken": self.token("/talk/")}
        return self._open(f"/talk/api/{path}", json.dumps(content).encode(), headers)

    def token(self, page: str) -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(page).text)
        assert found, page
        return found[1]

    def page_data(self, path: str) -> dict[str, Any]:
        """What a page hands to its scripts."""
        found = re.search(r'id="pm-page"[^>]*>(.*?)</script>', self.get(path).text)
        assert found, path
        return json.loads(found[1])

    @property
    def cookies(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)

    def _open(self, path: str, data: bytes | None, headers: dict[str, str]) -> Answer:
        site = f"http://127.0.0.1:{self.club.port}"
        request = urllib.request.Request(site + path, data, headers)  # noqa: S310 - always HTTP
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        try:
            response = opener.open(request, timeout=TIMEOUT)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            text = discreet(response.read().decode())
            return Answer(response.status, response.url.removeprefix(site), text)


class Socket:
    """A browser's socket; every frame is kept and looked through for addresses."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.frames: list[dict[str, Any]] = []

    async def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The next frame of this type with these fields."""
        async with asyncio.timeout(TIMEOUT):
            while True:
                frame = await self.read()
                assert frame is not None, f"closed with {self.connection.close_code}"
                if frame.get("type") == kind and fields.items() <= frame.items():
                    return frame

    async def read(self) -> dict[str, Any] | None:
        raw = await self.connection.read_message()
        if raw is None:
            return None
        self.frames.append(json.loads(discreet(raw)))
        return self.frames[-1]

    async def closed(self) -> int:
        """The code with which it was closed."""
        async with asyncio.timeout(TIMEOUT):
            while await self.read() is not None:
                pass
        return self.connection.close_code

    async def send(self, **frame: Any) -> None:
        await self.connection.write_message(json.dumps(frame))


@asynccontextmanager
async def sockets(*browsers: Browser, url: str = "") -> AsyncIterator[list[Socket]]:
    """One for each browser, where its own page says that the socket is; closed in the end."""
    opened = [await _socket(browser, url) for browser in browsers]
    try:
        yield opened
    finally:
        for socket in opened:
            socket.connection.close()


async def _socket(browser: Browser, url: str) -> Socket:
    address = url or browser.page_data("/talk/")["socket_url"]
    origin = f"http://127.0.0.1:{browser.club.port}"
    headers = {"Cookie": browser.cookies, "Origin": origin}
    return Socket(await websocket_connect(HTTPRequest(address, headers=headers)))
