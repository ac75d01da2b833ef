"""Carries out actions, one line of JSON after another. A program, because pytest's own Django has
another database; `office` speaks with it.

    python -m tests.faults.acting [untold]

{"act": "add_member", "arguments": [{"user": "1"}, 7, {"user": "3"}], "options": {}}
{"before": 1770000000000, "after": 1770000000012, "error": null, "thread": 0}

The times are milliseconds since 1970 UTC, before the call and after its commit. `untold`: nothing
is published, as if every control event were lost.
"""

import json
import math
import os
import sys
import time
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.faults.settings")
django.setup()  # models can be imported only now

from django.contrib.auth import get_user_model  # noqa: E402

from privatemessages import actions  # noqa: E402
from privatemessages.actions import telling  # noqa: E402
from privatemessages.errors import MessengerError  # noqa: E402
from privatemessages.models import Thread  # noqa: E402


def main() -> None:
    if sys.argv[1:] == ["untold"]:
        telling._publish = lambda tellings: None
    for line in sys.stdin:
        print(json.dumps(carry_out(json.loads(line))), flush=True)


def carry_out(asked: dict[str, Any]) -> dict[str, Any]:
    arguments = [real(argument) for argument in asked["arguments"]]
    made, error = None, None
    before = math.floor(time.time() * 1000)
    try:
        made = getattr(actions, asked["act"])(*arguments, **asked["options"])
    except MessengerError as refusal:
        error = refusal.code
    after = math.ceil(time.time() * 1000)
    thread = made.pk if isinstance(made, Thread) else 0
    return {"before": before, "after": after, "error": error, "thread": thread}


def real(argument: Any) -> Any:
    """People are named by their ids."""
    if isinstance(argument, list):
        return [real(one) for one in argument]
    if isinstance(argument, dict):
        return get_user_model().objects.get(pk=argument["user"])
    return argument


if __name__ == "__main__":
    main()
