"""What it means where the ground is not there, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

from ...conf import Settings
from ...errors import Conflict, Unavailable
from ...tornadoapp.endpoints import CallFailed

REDIRECTS = range(300, 400)

LEFT_IN_REDIS = (
    "Redis may still hold a message of the probe. It will be refused to whoever saves it."
)

REDIS_REFUSALS = {
    "OutOfMemoryError": "Redis is full: nothing can be accepted. Raise its maxmemory.",
    "ReadOnlyError": (
        "Redis is read-only: REDIS_URL leads to a replica. Let it lead to the primary."
    ),
    "BusyLoadingError": "Redis still loads its files. Ask again in a moment.",
    "AuthenticationError": "Redis refuses the password: see REDIS_URL.",
    "ResponseError": (
        "Redis refuses to write, perhaps because its disk is full or its replicas are gone: see "
        "its log."
    ),
}

STATUSES = {
    400: (
        "Django refuses the name by which it is called: set SAVE_HOST to one of its ALLOWED_HOSTS."
    ),
    401: (
        "Django knows another API_KEY than this command: give all the same one, and restart what "
        "has the old one."
    ),
    403: "SEND_MESSAGE_API_URL leads through a proxy, or not to Django: let it lead to gunicorn.",
    404: "There is no save endpoint: see the path of SEND_MESSAGE_API_URL.",
}


def wrong_settings(found: Sequence[str]) -> str:
    return " ".join([*found, "`manage.py check` says the same."])


def no_database(error: Exception) -> str:
    what = str(error).strip().partition("\n")[0]
    return f"The database does not answer: {what}. Is it running, and is DATABASE_URL right?"


def missing_migrations(names: Sequence[str]) -> str:
    return f"The database lacks {', '.join(names)}. Run `manage.py migrate`."


def no_redis(error: Unavailable) -> str:
    for name, meaning in REDIS_REFUSALS.items():
        if name in str(error):
            return meaning
    return f"Redis does not answer ({error}). Is it running, and is REDIS_URL right?"


def other_partitions(noted: int, own: int) -> str:
    return (
        f"The workers use {noted} partitions, and this command {own}. Give both the same "
        "PARTITIONS."
    )


def cannot_save(failure: CallFailed, settings: Settings) -> str:
    why = _why_not_saved(settings.SEND_MESSAGE_API_URL, failure)
    return f"No message can be stored. {why}"


def _why_not_saved(url: str, failure: CallFailed) -> str:
    status = failure.status
    if status is None:
        return (
            f"Nobody of ours is at {url} ({failure}). Is Django (gunicorn) running, and is "
            "SEND_MESSAGE_API_URL right?"
        )
    if status in REDIRECTS:
        return (
            f"{url} leads elsewhere (status {status}), and a key is not sent after it. Name "
            "gunicorn's own address, and let nothing redirect it."
        )
    meaning = STATUSES.get(status, "Django fails: its log says why.")
    return f"At {url}, status {status}. {meaning}"


def no_person(error: Conflict) -> str:
    return f"{error} Name somebody of yours to probe with: --user NAME."


def still_referred_to(error: Exception) -> str:
    what = str(error.args[0] if error.args else error).strip().partition("\n")[0]
    return (
        f"The person of a probe cannot be removed: {what} Delete what refers to them, and then "
        "the person, called probe-…; from then on probe with --user NAME."
    )


def nobody(name: str) -> str:
    return f"There is nobody active called {name}."
