"""No log tells what people write, nor what anybody signs in with, whatever goes wrong."""

import json
from contextlib import ExitStack, contextmanager
from datetime import datetime
from uuid import uuid4

import psycopg2
import pytest

from tests.faults.stack import Stack
from tests.seeing.asking import TOKEN, ask
from tests.services import eventually
from tests.tornadoapp.client import BINARY, TEXT, Socket

# Each is looked for in all that was logged.
SPOKEN = "what-ann-told-ben"
PASSWORD = "what-ann-signs-in-with"
WRONG_KEY = "a-key-that-is-none"
API_KEY = "the workers' key"

SAVE = "/messages/send_message_api/"
COMMAND = "/messages/command_api/"


@pytest.fixture(scope="module")
def logged(running):
    """All that the three processes wrote while people talked and everything failed once."""
    scene = Scene(running)
    scene.talk()
    scene.send_what_is_refused()
    scene.knock_at_django()
    scene.fail_to_store()
    scene.lose_everything()
    return Logged([running.django, *running.workers])


class Logged:
    def __init__(self, processes):
        self.whole = "\n".join(process.output() for process in processes)
        self.lines = [json.loads(line) for line in self.whole.splitlines() if line[:1] == "{"]

    def about(self, beginning):
        return [line for line in self.lines if line["message"].startswith(beginning)]


class Scene:
    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.ann, self.ben = stack.people.sessions
        self.session = stack.people.sessions[self.ann]
        self.thread = next(iter(stack.people.threads))
        self.port = stack.django.port

    def talk(self):
        with self.socket() as socket, self.socket(f"/{self.thread}/") as plain:
            self.say(socket)
            plain.send(SPOKEN)
            plain.receive()
            socket.say(self.thread, f"/kick {SPOKEN}")
            socket.until("notice")
        self.all_stored()

    def send_what_is_refused(self):
        with self.socket() as socket:
            for raw in (f'{{"type":"send","text":"{SPOKEN}', f'{{"type":"{SPOKEN}"}}'):
                socket.send_raw(TEXT, raw.encode())
                socket.until("error")
            socket.send_raw(BINARY, SPOKEN.encode())
            socket.until("error", code="malformed")
            for text in (SPOKEN + "\0", SPOKEN * 1000, SPOKEN + "\ud800"):
                socket.say(self.thread, text)
                socket.until("error")
            socket.say(2**40, SPOKEN)
            socket.until("error", code="not_found")
        with Socket(self.stack.workers[0].port, cookie=SPOKEN) as unknown:
            assert unknown.closed() == 4501

    def knock_at_django(self):
        batch = {"messages": [self.entry(text=SPOKEN, thread=2**40)]}
        assert self.post(SAVE, batch, Authorization=f"Bearer {WRONG_KEY}").status == 401
        assert self.post(SAVE, batch, Authorization=f"Bearer {API_KEY}").status == 200
        broken = f'{{"messages": "{SPOKEN}'.encode()
        assert self.post(SAVE, broken, Authorization=f"Bearer {API_KEY}").status == 400
        forwarded = {"Authorization": f"Bearer {API_KEY}", "X_Forwarded_For": "192.0.2.1"}
        assert self.post(SAVE, batch, **forwarded).status == 403
        form = [{"api_key": WRONG_KEY, "sender_id": self.ann, "message": SPOKEN}]
        assert self.post(f"{SAVE}{self.thread}/", form).status == 401
        form = [form[0] | {"api_key": API_KEY}]
        assert self.post(f"{SAVE}{self.thread}/", form).status == 200
        written = {"id": str(uuid4()), "text": SPOKEN}
        messages = f"/messages/api/threads/{self.thread}/messages"
        assert self.post(messages, written, session=self.session).status == 201
        assert self.post(messages, written | {"id": SPOKEN}, session=self.session).status == 400
        assert self.post(messages, written).status == 401
        sign_in = [{"username": SPOKEN, "password": PASSWORD, "csrfmiddlewaretoken": TOKEN}]
        assert self.post("/accounts/login/", sign_in, session=self.session).status == 200
        assert self.post("/accounts/login/", sign_in).status == 403
        assert ask(self.port, f"/nothing?q={SPOKEN}").status == 404

    def fail_to_store(self):
        """PostgreSQL quotes the row, Django the statement, and nobody repeats it."""
        with self.refusing_rows(), self.socket() as socket:
            self.say(socket)
            command = {"thread": self.thread, "sender": self.ann, "text": f"/me {SPOKEN}"}
            answer = self.post(COMMAND, command, Authorization=f"Bearer {API_KEY}")
            assert answer.status in (500, 503), answer
            assert eventually(lambda: "Saving fails" in self.outputs())
        self.all_stored()

    def lose_everything(self):
        with self.socket() as socket:
            self.stack.postgres.kill()
            self.say(socket)
            with Socket(self.stack.workers[0].port, cookie=self.session) as other:
                assert other.closed(20) == 1011
            ask(self.port, "/messages/", session=self.session)
            self.stack.redis.kill()
            socket.say(self.thread, SPOKEN)
            socket.until("error", code="unavailable")
            self.post(f"/messages/api/threads/{self.thread}/read", {"seq": 1}, session=self.session)
        self.stack.heal()
        self.all_stored()

    @contextmanager
    def refusing_rows(self):
        table = "privatemessages_message"
        self.execute(f"ALTER TABLE {table} ADD CONSTRAINT none CHECK (text = '') NOT VALID")
        try:
            yield
        finally:
            self.execute(f"ALTER TABLE {table} DROP CONSTRAINT none")

    def socket(self, path="/ws/"):
        opened = Socket(self.stack.workers[0].port, path, cookie=self.session)
        if path == "/ws/":
            opened.hello()
        return opened

    def say(self, socket):
        socket.until("accepted", id=socket.say(self.thread, SPOKEN))

    def post(self, path, body, **options):
        return ask(self.port, path, body, **options)

    def entry(self, **fields):
        return {"sender": self.ann, "id": str(uuid4()), "sent_at": 1} | fields

    def all_stored(self):
        assert eventually(lambda: self.stack.waiting() == 0, 30), self.stack.output()

    def outputs(self):
        return "".join(worker.output() for worker in self.stack.workers)

    def execute(self, statement):
        with ExitStack() as opened:
            connection = psycopg2.connect(self.stack.database)
            opened.callback(connection.close)
            with connection, connection.cursor() as cursor:
                cursor.execute(statement)


@pytest.mark.parametrize("secret", [SPOKEN, PASSWORD, WRONG_KEY, API_KEY, TOKEN])
def test_nothing_that_is_private_is_logged(logged, secret):
    assert secret not in logged.whole


def test_no_session_is_logged(logged, running):
    keys = running.people.sessions.values()
    assert len(keys) == 2
    assert not [key for key in keys if key in logged.whole]


def test_it_was_logged_what_went_wrong(logged):
    """Otherwise there would have been nothing to look at."""
    exceptions = " ".join(line.get("exception", "") for line in logged.lines)
    assert "IntegrityError: new row for relation" in exceptions
    assert "OperationalError" in exceptions
    codes = {line.get("code") for line in logged.about("A frame was refused")}
    assert {"malformed", "bad_text", "too_long", "not_found", "unavailable"} <= codes
    levels = {line["level"] for line in logged.lines}
    assert {"DEBUG", "INFO", "WARNING", "ERROR"} <= levels


def test_every_line_says_when_where_and_what(logged):
    assert len(logged.lines) > 50
    for line in logged.lines:
        assert {"time", "level", "logger", "message", "process"} <= line.keys()
        assert datetime.fromisoformat(line["time"]).utcoffset().total_seconds() == 0
    assert len({line["process"] for line in logged.lines}) >= 4


def test_what_is_no_json_is_said_before_logging_begins(logged):
    plain = [line for line in logged.whole.splitlines() if line and line[0] != "{"]
    assert len(plain) == 2, plain
    assert {line.partition(" at ")[0] for line in plain} == {"Starting a worker"}


def test_a_socket_and_a_message_can_be_followed(logged, running):
    [ann, _] = running.people.sessions
    greeted = logged.about("A socket was greeted")[0]
    assert greeted["person"] == ann
    own = [line for line in logged.lines if line.get("connection") == greeted["connection"]]
    accepted = next(line for line in own if line["message"] == "Accepted")
    assert own[-1]["message"].startswith("A socket ended")
    saved = logged.about("A message was saved: stored")
    assert accepted["message_id"] in {line["message_id"] for line in saved}
