"""The walls of the house: who may import whom. An import inside a function counts too."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services import ROOT

APP = "privatemessages"

# Each part of the app, and the parts of the app that it may import.
GROUND = {
    "errors",
    "protocol",
    "conf",
    "times",
    "sessions",
    "counters",
    "logs",
    "tracebacks",
    "roles",
    "standing",
    "names",
    "events",
    "hosts",
    "retries",
}
MEMORY = {"people", "models", "querysets", "migrations"}
BROKER = {"broker", "wiring"}
ACTS = {"history", "actions"}
DOORS = {
    *("views", "forms", "pagedata", "openings", "templatetags", "middleware"),
    *("api", "answers", "saving", "guards", "admin", "monitoring"),
    *("commands", "command_api", "bodies"),
    *("receivers", "checks"),
}
SOCKETS = {"tornadoapp"}
COMPOSITION = {"urls", "apps", "management", "doctor"}

MAY_IMPORT = {
    **dict.fromkeys(GROUND, GROUND),
    **dict.fromkeys(MEMORY, GROUND | MEMORY),
    **dict.fromkeys(BROKER, GROUND | BROKER),
    **dict.fromkeys(ACTS, GROUND | MEMORY | BROKER | ACTS),
    **dict.fromkeys(DOORS, GROUND | MEMORY | ACTS | DOORS),
    **dict.fromkeys(SOCKETS, GROUND | {"broker"} | SOCKETS),
    **dict.fromkeys(COMPOSITION, GROUND | BROKER | ACTS | DOORS | SOCKETS | COMPOSITION),
}

IDENTITY = "tornadoapp/identity.py"

# Files that may do more, and what; each for a reason.
EXCEPTIONS = {
    # Reads the person and their places in the database, for the sockets.
    IDENTITY: {"history", "people", "models"},
    # Look at Redis itself: whether it is there, and whether it keeps what it is given.
    "checks/settings.py": {"broker"},
    "checks/deployment.py": {"broker"},
    "checks/durability.py": {"broker", "wiring"},
    "checks/clocks.py": {"broker", "wiring"},
    "monitoring.py": {"broker", "wiring"},
    # Registers the checks and the receivers.
    "apps.py": {"checks", "receivers"},
    # Tells operators what lies in the outboxes.
    "management/commands/outbox.py": {"broker", "wiring"},
}

# Other people's packages, and the only places that may import them.
ONLY_IN = {
    "redis": ("broker/",),
    "tornado": ("tornadoapp/", "management/commands/starttornadoapp.py"),
    "ninja": ("api/",),
    "myproject": (),
}

# In tornadoapp, Django's database is touched in one file alone.
ORM = ("django.db", "django.contrib.auth", "django.contrib.sessions")

# What has to work without Django, and what little of it may be used there.
PURE = {"errors": (), "protocol": (), "times": (), "broker": (), "conf": ("django.conf",)}


def sources(package: Path) -> list[Path]:
    return sorted(package.rglob("*.py"))


def imports(source: Path, root: Path) -> Iterator[str]:
    """The dotted names that a file imports; relative ones made absolute."""
    package = source.relative_to(root).parent.parts
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def part(dotted: str) -> str | None:
    """The part of the app that an import leads to."""
    words = dotted.split(".")
    return words[1] if words[0] == APP and len(words) > 1 else None


def trespasses(root: Path) -> list[str]:
    """Every import that goes through a wall."""
    found = []
    for source in sources(root / APP):
        file = source.relative_to(root / APP).as_posix()
        for dotted in sorted(set(imports(source, root))):
            found += [f"{file} imports {dotted}: {why}" for why in complaints(file, dotted)]
    return found


def complaints(file: str, dotted: str) -> Iterator[str]:
    own = file.split("/", maxsplit=1)[0].removesuffix(".py")
    if own == "__init__":
        return
    yield from complaint_about_layer(file, own, part(dotted))
    yield from complaint_about_package(file, dotted)
    yield from complaint_about_django(file, own, dotted)


def complaint_about_layer(file: str, own: str, other: str | None) -> Iterator[str]:
    if own not in MAY_IMPORT:
        yield f"{own} belongs to no layer yet"
    elif other in MAY_IMPORT and other not in MAY_IMPORT[own] | EXCEPTIONS.get(file, set()):
        yield f"{own} stands below {other}, or beside it"


def complaint_about_package(file: str, dotted: str) -> Iterator[str]:
    places = ONLY_IN.get(dotted.split(".", maxsplit=1)[0])
    if places is not None and not file.startswith(places):
        yield f"only {', '.join(places) or 'the site'} may"


def complaint_about_django(file: str, own: str, dotted: str) -> Iterator[str]:
    is_django = dotted.split(".", maxsplit=1)[0] == "django"
    if own in PURE and is_django and not dotted.startswith(PURE[own] or ("-",)):
        yield f"{own} has to work without it"
    if own == "tornadoapp" and dotted.startswith(ORM) and file != IDENTITY:
        yield "only tornadoapp/identity.py touches the database"


def test_no_import_goes_through_a_wall():
    assert trespasses(ROOT) == []


def test_it_looks_at_the_whole_app():
    parts = {
        path.relative_to(ROOT / APP).parts[0].removesuffix(".py") for path in sources(ROOT / APP)
    }
    assert {"broker", "actions", "history", "tornadoapp", "views", "models"} <= parts
    assert parts - {"__init__"} <= set(MAY_IMPORT)


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("errors.py", "from . import models"),
        ("models/threads.py", "from ..actions import send_message"),
        ("broker/blocking.py", "from ..models import Thread"),
        ("broker/keys.py", "from django.conf import settings"),
        ("protocol/shapes.py", "import django"),
        ("conf.py", "from django.db import models"),
        ("views.py", "from .tornadoapp import hub"),
        ("views.py", "import redis"),
        ("views.py", "from privatemessages.broker import keys"),
        ("actions/messages.py", "def f():\n    from redis import Redis"),
        ("actions/messages.py", "from .. import views"),
        ("api/threads.py", "import tornado.web"),
        ("tornadoapp/intake.py", "from ..history import heads"),
        ("tornadoapp/hub.py", "from .. import actions"),
        ("tornadoapp/hub.py", "from django.db import connection"),
        ("tornadoapp/hub.py", "from django.contrib.auth import get_user"),
        ("management/commands/outbox.py", "import tornado"),
        ("anything.py", "from myproject import settings"),
        ("somethingnew.py", "import os"),
    ],
)
def test_a_trespass_is_found(tmp_path, file, line):
    path = tmp_path / APP / file
    path.parent.mkdir(parents=True)
    path.write_text(line)
    assert trespasses(tmp_path)


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("broker/blocking.py", "import redis\nfrom ..errors import Unavailable"),
        ("conf.py", "from django.conf import settings"),
        ("views.py", "from . import actions, history\nfrom django.http import HttpRequest"),
        (
            "tornadoapp/identity.py",
            "from .. import history\nfrom django.contrib.auth import get_user",
        ),
        ("tornadoapp/sockets.py", "import tornado.websocket\nfrom ..broker import keys"),
    ],
)
def test_a_door_is_no_wall(tmp_path, file, line):
    path = tmp_path / APP / file
    path.parent.mkdir(parents=True)
    path.write_text(line)
    assert trespasses(tmp_path) == []
