"""Says in one sentence why a port cannot be listened on, be it by a `make run` in this folder.

Runs before anything is installed.
"""

import os
import socket
import sys

import lock

LAST_PORT = 65535


def main() -> None:
    pages, sockets = sys.argv[1:]
    lock.check()
    for name, port in (("PORT", pages), ("TORNADO_PORT", sockets)):
        check(name, port)
    if int(pages) == int(sockets):
        sys.exit(f"PORT and TORNADO_PORT are both {pages}: they have to differ.")


def check(name: str, text: str) -> None:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= LAST_PORT):
        sys.exit(f"{name} is {text!r}, and has to be a number from 1 to {LAST_PORT}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except OSError as error:
            reason, other = os.strerror(error.errno or 0), int(text) + 10
            sys.exit(
                f"{name} {text} cannot be used ({reason}): "
                f"choose another one, as in `make run {name}={other}`"
            )


if __name__ == "__main__":
    main()
