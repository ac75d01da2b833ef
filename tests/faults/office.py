"""Where people are added, removed, banned and muted: `acting`, in a process of its own."""

import json
import os
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from tests.services import PYTHON, ROOT

END_WAIT = 10  # s


@dataclass(frozen=True)
class Deed:
    """Milliseconds since 1970 UTC; `error` is a code, `thread` the id of one that was made."""

    before: int
    after: int
    error: str | None
    thread: int


class Office:
    """`told` as it should be; without it, nobody hears of what is done."""

    def __init__(self, env: Mapping[str, str], *, told: bool = True) -> None:
        self._env = env
        self._words = [] if told else ["untold"]
        self._one_at_a_time = threading.Lock()

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [PYTHON, "-m", "tests.faults.acting", *self._words],
            env=os.environ | self._env,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._process.communicate(timeout=END_WAIT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()

    def do(self, act: str, *arguments: Any, **options: Any) -> Deed:
        """Returns when it is committed. People are given as `user(id)`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"act": act, "arguments": arguments, "options": options}
        with self._one_at_a_time:
            print(json.dumps(asked), file=self._process.stdin, flush=True)
            answer = self._process.stdout.readline()
        assert answer, f"{act} ended with an error that nobody expected"
        return Deed(**json.loads(answer))


def user(user_id: str) -> dict[str, str]:
    return {"user": user_id}
