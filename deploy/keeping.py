"""What deploy/backup and deploy/restore ask of the site; its variables are in the environment.

keeping.py with-database COMMAND …   runs a program of PostgreSQL on the database of the site
keeping.py wait SECONDS              until all is stored that waits now, but no longer
keeping.py about                     of what a backup is, for whoever finds it
keeping.py leap                      after a backup was restored
"""

import os
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from io import StringIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAUSE = 0.2  # s
POSTGRESQL = "postgresql"
# Read by everything below, which is imported where it is needed: most of it needs no models.
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "myproject.settings")

SERVER = {"NAME": "PGDATABASE", "USER": "PGUSER", "HOST": "PGHOST", "PORT": "PGPORT"}


def with_database(*command: str) -> None:
    """The password goes by the environment, which nobody else can read as they could a command."""
    from django.db import connection  # noqa: PLC0415

    if connection.vendor != POSTGRESQL:
        sys.exit("DATABASE_URL is not PostgreSQL. Of SQLite, copy the file while nothing runs.")
    settings = connection.settings_dict
    _, told = connection.client.settings_to_cmd_args_env(settings, [])
    told = {name: str(value) for name, value in (told or {}).items()}
    told |= {name: str(settings[key]) for key, name in SERVER.items() if settings[key]}
    os.execvpe(command[0], command, os.environ | told)


def wait(seconds: str) -> None:
    began = time.time()
    while _waits_since(began) and time.time() < began + float(seconds):
        time.sleep(PAUSE)
    print(_waiting())


def _waits_since(moment: float) -> bool:
    from privatemessages.errors import Unavailable  # noqa: PLC0415
    from privatemessages.wiring import broker  # noqa: PLC0415

    try:
        oldest = broker().outbox_state().oldest
    except Unavailable:
        return False  # which is said, and is no reason to have no backup
    return oldest is not None and oldest / 1000 <= moment


def _waiting() -> str:
    from privatemessages.errors import Unavailable  # noqa: PLC0415
    from privatemessages.wiring import broker  # noqa: PLC0415

    try:
        state = broker().outbox_state()
    except Unavailable as error:
        return f"Redis cannot be reached: {error}"
    return f"{state.waiting} messages wait in Redis to be stored, {state.dead} are set aside"


def about() -> None:
    import django  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    migrations = StringIO()
    call_command("showmigrations", no_color=True, stdout=migrations)
    print(f"made at      {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")
    print(f"the code     {_code()}")
    print(f"the outbox   {_waiting()}")
    print("not in it    sessions, static files, the variables of the site with its secrets")
    print(f"\nmigrations\n\n{migrations.getvalue()}")


def _code() -> str:
    head = ROOT / ".git" / "HEAD"
    said = head.read_text().strip() if head.exists() else ""
    named = ROOT / ".git" / said.removeprefix("ref: ")
    commit = named.read_text().strip() if said.startswith("ref: ") and named.exists() else said
    try:
        django = version("django")
    except PackageNotFoundError:  # a distribution may leave it out
        django = "?"
    return f"{commit or 'not a clone'}, Django {django}"


def leap() -> None:
    import django  # noqa: PLC0415

    django.setup()
    from privatemessages import actions  # noqa: PLC0415

    print(f"{actions.leap()} conversations go on with new numbers. {_waiting()}.")


ACTS = {"with-database": with_database, "wait": wait, "about": about, "leap": leap}

if __name__ == "__main__":
    ACTS[sys.argv[1]](*sys.argv[2:])
