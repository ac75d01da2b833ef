"""What it means where a message does not go the whole road, and what to do about it."""

from __future__ import annotations

OTHER_DATABASE = (
    "The worker knows the session and not the thread: it reads another database. Give Django and "
    "the workers the same DATABASE_URL."
)
NO_ANSWER = (
    "The worker did not answer a message: neither accepted nor an error. It hangs, perhaps on "
    "Redis: see its log."
)
OTHER_TEXT = "What came back is not what was sent. Something between changes messages."
ELSEWHERE = (
    "It was accepted, and is neither in the outbox of this REDIS_URL nor in the database: the "
    "worker uses another Redis. Give Django and the workers the same REDIS_URL."
)
NO_MARK = (
    "The other socket was not told what was read. The workers do not hear each other through "
    "Redis: do all have the same REDIS_URL?"
)


def not_accepted(code: str, detail: str) -> str:
    if code == "unavailable":
        return (
            "The worker cannot put it into its Redis, which is away, full, read-only, or was wiped "
            "a moment ago: its log says which."
        )
    return f"The worker refuses it: {code} ({detail})"


def not_relayed(url: str) -> str:
    return (
        f"It was accepted, and did not come to the socket at {url}. That worker does not hear what "
        "is published: do all workers have the same REDIS_URL?"
    )


def stored_and_not_told(url: str) -> str:
    return (
        f"It is in the database, and the socket at {url} was not told: Django tells it in another "
        "Redis than the workers listen to. Give both the same REDIS_URL."
    )


def nobody_saves(waiting: int) -> str:
    return (
        f"It waits in the outbox ({waiting} waiting), and no worker saves it. Is a worker running "
        "that uses this REDIS_URL and this number of PARTITIONS?"
    )


def saving_fails(waiting: int) -> str:
    return (
        f"It waits in the outbox ({waiting} waiting): the worker that saves it cannot. Saving "
        "works with the API_KEY and SEND_MESSAGE_API_URL of this command, so that worker has "
        'others; its log says "Saving fails" and why.'
    )


def mark_not_stored(url: str) -> str:
    return (
        "Messages are stored, and what was read is not: the worker at "
        f"{url} cannot save. Saving works with the API_KEY and SEND_MESSAGE_API_URL of this "
        'command, so that worker has others; its log says "Saving fails" and why.'
    )


def refused(code: str) -> str:
    if code == "not_found":
        return (
            "Where it was to be stored, there is no such thread: who saves uses another database. "
            "Compare DATABASE_URL of Django and of this command."
        )
    return f"It was accepted, and refused where it was to be stored: {code}."
