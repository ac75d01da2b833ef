"""`manage.py starttornadoapp [port] [--address ADDRESS]`: one worker of the WebSocket server."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ... import conf
from ...errors import Conflict
from ...tornadoapp.application import Worker
from ...tornadoapp.draining import Stop
from ...tornadoapp.serving import serve

DEFAULT_PORT = 8888
DEFAULT_ADDRESS = "127.0.0.1"
HIGHEST_PORT = 65_535
LAST_THREAD = 2.0  # s

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Starts a worker of the WebSocket server."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "port",
            nargs="?",
            default=str(DEFAULT_PORT),
            help=f"The TCP port to listen on, {DEFAULT_PORT} unless given.",
        )
        parser.add_argument(
            "--address",
            default=DEFAULT_ADDRESS,
            help=f"The address to listen on, {DEFAULT_ADDRESS} unless given: this machine alone.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        port, address = _port(options["port"]), options["address"]
        self.stdout.write(f"Starting a worker at ws://{address}:{port}/ws/ (end it with Ctrl-C)")
        try:
            asyncio.run(_serve(port, address))
        except (OSError, Conflict) as error:
            raise CommandError(str(error)) from error
        except Exception as error:
            # Python would print it itself, with whatever it quotes.
            logger.critical("A part of the worker broke, and so it ends", exc_info=error)
            raise CommandError("A part of the worker broke: its log says why.") from None
        finally:
            _end_soon()


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= HIGHEST_PORT:
        raise CommandError("Invalid port number")
    return int(text)


def _end_soon() -> None:
    """Python would wait for ever for a thread that asks a database which hangs."""
    end = threading.Timer(LAST_THREAD, os._exit, [os.EX_TEMPFAIL])
    end.daemon = True
    end.start()


async def _serve(port: int, address: str) -> None:
    stop = Stop()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_log_failure)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.ask)
    await serve(Worker(conf.load()), port, address, stop)


def _log_failure(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """asyncio's own handler would quote what the failing call was given, messages among it."""
    error = context.get("exception")
    what = "Something failed that nobody waited for" if error else context["message"]
    logger.error(what, exc_info=error)
