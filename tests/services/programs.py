"""Programs that tests run to their end."""

import os
import subprocess
import sys
from collections.abc import Mapping

from tests.services.process import PYTHON, ROOT

TIMEOUT = 120.0  # seconds


def run(*arguments: str, env: Mapping[str, str], timeout: float = TIMEOUT) -> str:
    """What Python printed with these arguments; it has to succeed. Its stderr goes to ours."""
    done = finished(PYTHON, *arguments, env=env, timeout=timeout)
    print(done.stderr, end="", file=sys.stderr)
    assert done.returncode == 0, done.stdout
    return done.stdout


def finished(
    *command: str | os.PathLike[str],
    env: Mapping[str, str] | None = None,
    timeout: float = TIMEOUT,
) -> subprocess.CompletedProcess[str]:
    """However it ended."""
    return subprocess.run(
        command,
        env={**os.environ, **(env or {})},
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
