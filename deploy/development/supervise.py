"""Supervisor, ended by a terminal that goes away: SIGHUP would start everything anew."""

import signal
import sys
from pathlib import Path

from supervisor import supervisord
from supervisor.options import ServerOptions

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from myproject.development import forget_redis  # noqa: E402  # found from ROOT


class Options(ServerOptions):
    def cleanup_fds(self) -> None:
        """Closes nothing: run.py's lock is to be held until the end."""

    def setsignals(self) -> None:
        super().setsignals()
        signal.signal(signal.SIGHUP, self.end)

    def end(self, *_: object) -> None:
        self.signal_receiver.receive(signal.SIGTERM, None)


def main() -> None:
    options = Options()
    options.realize()
    options.first, options.test = True, False
    try:
        supervisord.go(options)
    finally:
        forget_redis(ROOT / "var")


if __name__ == "__main__":
    main()
