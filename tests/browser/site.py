"""The real site: gunicorn, one worker, Redis and a database, with people who are signed in."""

import json
import time
import urllib.request
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from uuid import uuid4

from tests.browser.proxy import Proxy
from tests.services import PYTHON, Assembly, Process, RedisServer, free_port, run

API_KEY = "the workers' key"
PASSWORD = "a password of the tests"
PEOPLE = [f"person{number}" for number in range(600)]
ANSWER_TIMEOUT = 60  # seconds

# One process makes them all: starting Django takes longer than all the rest.
MAKE_PEOPLE = """
import json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from myproject.sessions import SessionStore

password = make_password({password!r})
names = {names!r}
for name in names:
    administers = name == names[-1]
    user = User.objects.create(
        username=name,
        password=password,
        is_staff=administers,
        is_superuser=administers,
    )
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    print(json.dumps([str(user.pk), user.username, session.session_key]))
"""


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    session: str


class Site(Assembly):
    """`network` is what lies between the browsers and the worker.

    With `static`, a folder for what is collected, it is a site of the production kind.
    """

    def __init__(
        self, database: str, names: list[str] = PEOPLE, static: Path | None = None
    ) -> None:
        super().__init__()
        self.names = names
        self.static = static
        self.port, self.worker_port = free_port(), free_port()
        self.database = database
        self._numbers = count()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _start(self) -> None:
        enter = self.enter_context
        self.redis = enter(RedisServer())
        self.network = enter(Proxy(self.worker_port))
        self._manage("migrate", "-v0")
        if self.static:
            self._manage("collectstatic", "-v0", "--no-input")
        made = self.run_script(MAKE_PEOPLE.format(names=self.names, password=PASSWORD))
        self._people = [Person(*json.loads(row)) for row in made]
        self.django = enter(Process(self._gunicorn(), port=self.port, env=self._env()))
        self.worker = enter(Process(self._tornado(), port=self.worker_port, env=self._env()))

    def person(self) -> Person:
        """Somebody whom no other test knows."""
        return self._people[next(self._numbers)]

    def named(self, name: str) -> Person:
        return next(person for person in self._people if person.name == name)

    @property
    def administrator(self) -> Person:
        return self._people[-1]

    def save(self, thread: int, sender: Person, *texts: str) -> None:
        """Stored as a worker stores; told as then."""
        now = time.time_ns() // 1_000_000
        messages = [
            {
                "thread": thread,
                "sender": sender.id,
                "id": str(uuid4()),
                "text": text,
                "kind": "text",
                "sent_at": now + number,
                "reply_to": None,
            }
            for number, text in enumerate(texts)
        ]
        results = self._post({"messages": messages, "reads": []})["results"]
        assert [result["status"] for result in results] == ["stored"] * len(texts)

    def _post(self, content: dict[str, object]) -> dict[str, list[dict[str, object]]]:
        headers = {"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"}
        url = f"{self.url}/messages/send_message_api/"
        request = urllib.request.Request(url, json.dumps(content).encode(), headers)  # noqa: S310  # our own
        with urllib.request.urlopen(request, timeout=ANSWER_TIMEOUT) as answer:  # noqa: S310  # our own
            result: dict[str, list[dict[str, object]]] = json.load(answer)
            return result

    def _gunicorn(self) -> list[str]:
        options = ["--bind", f"127.0.0.1:{self.port}", "--threads", "8", "--keep-alive", "5"]
        return [PYTHON, "-m", "gunicorn", *options, "myproject.wsgi"]

    def _tornado(self) -> list[str]:
        return [PYTHON, "manage.py", "starttornadoapp", str(self.worker_port)]

    def _env(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database,
            "REDIS_URL": self.redis.url,
            "SECRET_KEY": "a secret of the tests",
            "API_KEY": API_KEY,
            "DEBUG": str(self.static is None),
            "HTTPS": "False",
            "SOCKET_URL": f"ws://127.0.0.1:{self.network.port}/ws/",
            "SEND_MESSAGE_API_URL": f"{self.url}/messages/send_message_api/",
            **(self._production() if self.static else {}),
        }

    def _production(self) -> dict[str, str]:
        return {
            "ALLOWED_HOSTS": "127.0.0.1",
            "ALLOWED_ORIGINS": self.url,
            "STATIC_ROOT": str(self.static),
        }

    def run_script(self, script: str) -> list[str]:
        """Within Django; the lines that it prints."""
        return self._manage("shell", "-v0", "-c", script).splitlines()

    def _manage(self, *arguments: str) -> str:
        return run("manage.py", *arguments, env=self._env())
