"""Carries what all programs print to where `make run` prints.

When that goes away, as a terminal's window does, supervisor is told to end. What is printed until
then is swallowed, or else supervisor would break on writing it and leave its programs behind.
"""

import os
import select
import signal
import sys

CHUNK = 65536  # bytes
INPUT, OUTPUT = 0, 1
GONE = select.POLLHUP | select.POLLERR


def main() -> None:
    supervisor = int(sys.argv[1])
    if carry():
        return
    if os.getppid() == supervisor:
        os.kill(supervisor, signal.SIGTERM)
    while os.read(INPUT, CHUNK):
        pass


def carry() -> bool:
    """To the end of the input; False where the output ends before it."""
    poller = select.poll()
    poller.register(INPUT, select.POLLIN)
    poller.register(OUTPUT, 0)
    while not (events := dict(poller.poll())).get(OUTPUT, 0) & GONE:
        if INPUT in events:
            if not (text := os.read(INPUT, CHUNK)):
                return True
            if not write(text):
                return False
    return False


def write(text: bytes) -> bool:
    try:
        while text:
            text = text[os.write(OUTPUT, text) :]
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main()
