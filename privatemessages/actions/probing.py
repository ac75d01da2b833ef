"""A probe: a person, a session and a thread that `manage.py doctor` talks through.

Nothing of it stays. The thread's key, which nobody else can choose, says that it is a probe's,
whether its person was made for it, and when and by which process; whoever comes after one that was
killed can therefore remove what it left. All the rest is derived from that key.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import time
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .. import protocol
from ..errors import Conflict
from ..models import Member, Preferences, Thread
from ..querysets import PROBE_KEY
from ..roles import Role
from ..wiring import broker
from .probe_people import make_person
from .telling import tell, to_person

LIFETIME = 600  # s after which a probe is dead, wherever its process may be
MESSAGES = 32  # of one probe, at most
MADE, THEIRS = "made", "theirs"  # whether the person goes with the probe

SESSION_SALT = "privatemessages.probe.session"
SESSION_KEY_LENGTH = 32  # characters, as Django makes them


@dataclass(frozen=True)
class Probe:
    key: str
    person: AbstractBaseUser
    thread_id: int

    def message_id(self, number: int) -> str:
        """Of the message with this number, below MESSAGES."""
        digest = hashlib.sha256(f"{self.key} {number}".encode()).digest()
        return str(UUID(bytes=digest[:16], version=4))

    def identity(self, number: int) -> str:
        """As the outbox notes it."""
        return f"{self.thread_id}:{self.person.pk}:{self.message_id(number)}"


def begin_probe(person: AbstractBaseUser | None = None) -> Probe:
    """With this person, or with one made for it, whom nobody finds.

    Raises Conflict where the project's user model makes that impossible.
    """
    token = secrets.token_hex(8)
    key = _key(MADE if person is None else THEIRS, token)
    with transaction.atomic():
        person = person or _hidden(make_person(token))
        return Probe(key, person, _make_thread(key, person).pk)


def open_session(probe: Probe) -> str:
    """A signed-in session, as the cookie names it. Raises Conflict where nobody can sign in."""
    session = _session_engine()()
    session[auth.SESSION_KEY] = str(probe.person.pk)
    session[auth.BACKEND_SESSION_KEY] = _backend_of(probe.person)
    session[auth.HASH_SESSION_KEY] = probe.person.get_session_auth_hash()
    session.set_expiry(LIFETIME)
    # Chosen, so that it is known to whoever removes the probe.
    session._session_key = _session_key(probe.key)  # noqa: SLF001
    session.save(must_create=True)
    return str(session.session_key)


def end_probe(probe: Probe) -> None:
    """Everything of it goes. Raises Unavailable where Redis may still hold a message of it.

    That one would be refused to whoever saves it, so nothing of it comes back.
    """
    _session_engine()().delete(_session_key(probe.key))
    identities = [probe.identity(number) for number in range(MESSAGES)]
    try:
        broker().outboxes.withdraw(probe.thread_id, identities)
    finally:
        _delete(probe)


def end_dead_probes() -> int:
    """Those whose process was killed; how many there were. Raises Unavailable likewise."""
    dead = [probe for probe in _probes() if _is_dead(probe.key)]
    for probe in dead:
        end_probe(probe)
    return len(dead)


def _delete(probe: Probe) -> None:
    with transaction.atomic():
        for thread in Thread.objects.locked([probe.thread_id]):
            thread.delete()
        if _words(probe.key)[0] == MADE:
            # A copy, because who is deleted has no primary key any more.
            copy(probe.person).delete()
        tell([to_person(str(probe.person.pk), protocol.Removed(thread=probe.thread_id))])


def _probes() -> Iterator[Probe]:
    threads = Thread.objects.filter(direct_key__startswith=PROBE_KEY)
    for member in Member.objects.filter(thread__in=threads).select_related("user", "thread"):
        yield Probe(member.thread.direct_key or "", member.user, member.thread_id)


def _hidden(person: AbstractBaseUser) -> AbstractBaseUser:
    """Who shows nothing of when they are here is not noted in Redis either."""
    Preferences.objects.create(
        user_id=person.pk, shows_presence=False, shows_last_seen=False, shows_typing=False
    )
    return person


def _make_thread(key: str, person: AbstractBaseUser) -> Thread:
    """A group of one, told to nobody."""
    now = timezone.now()
    thread = Thread.objects.create(
        kind=Thread.Kind.GROUP, direct_key=key, member_count=1, created_at=now, last_message_at=now
    )
    Member.objects.create(thread=thread, user_id=person.pk, role=Role.OWNER.value, joined_at=now)
    return thread


def _key(whose: str, token: str) -> str:
    until = int(time.time() + LIFETIME)
    return f"{PROBE_KEY}{whose} {until} {_machine()} {os.getpid()} {token}"


def _words(key: str) -> tuple[str, int, str, int]:
    """Whose person, until when in s since 1970, on which machine, in which process."""
    whose, until, machine, pid, _ = key.removeprefix(PROBE_KEY).split(" ")
    return whose, int(until), machine, int(pid)


def _is_dead(key: str) -> bool:
    _, until, machine, pid = _words(key)
    return until < time.time() or (machine == _machine() and not _runs(pid))


def _machine() -> str:
    """Where a process id means the same process; containers have ids of their own."""
    namespace = Path("/proc/self/ns/pid")
    place = namespace.readlink() if namespace.exists() else ""
    return hashlib.sha256(f"{socket.gethostname()} {place}".encode()).hexdigest()[:8]


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's
    return True


def _session_engine() -> type[SessionBase]:
    engine: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
    return engine


def _session_key(key: str) -> str:
    return salted_hmac(SESSION_SALT, key, algorithm="sha256").hexdigest()[:SESSION_KEY_LENGTH]


def _backend_of(person: AbstractBaseUser) -> str:
    for path in settings.AUTHENTICATION_BACKENDS:
        if auth.load_backend(path).get_user(person.pk) is not None:
            return path
    raise Conflict("None of AUTHENTICATION_BACKENDS lets the probe person in.")
