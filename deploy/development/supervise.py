"""Supervisor, ended by a terminal that goes away: SIGHUP would start everything anew."""

import signal

from supervisor import supervisord
from supervisor.options import ServerOptions


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
    supervisord.go(options)


if __name__ == "__main__":
    main()
