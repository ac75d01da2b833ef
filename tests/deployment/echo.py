"""Stands where gunicorn, a worker or certbot would, takes everything, and tells what came."""

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

FILLING = "filling, so that it is worth compressing " * 50


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: list[tuple[str, str]]

    def all(self, name: str) -> list[str]:
        return [value for known, value in self.headers if known.lower() == name.lower()]

    @property
    def names(self) -> set[str]:
        return {name.lower() for name, _ in self.headers}


class Echo(ThreadingHTTPServer):
    """`status` is what it answers; `seen` what it was asked, but for questions after its health.

    It keeps no connection, so that nobody reaches it when it has ended.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.status = 200
        self.seen: list[Request] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return super().__enter__()

    def __exit__(self, *exception: object) -> None:
        self.shutdown()
        super().__exit__(*exception)


class Handler(BaseHTTPRequestHandler):
    server: Echo

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True  # haproxy was ended

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path == "/readyz":
            return self.say("{}")
        self.server.seen.append(Request(self.command, self.path, self.headers.items()))
        return self.say(json.dumps({"path": self.path, "filling": FILLING}))

    do_GET = do_HEAD = do_POST = do_PUT = answer  # noqa: N815 - as the library wants them

    def say(self, text: str) -> None:
        body = text.encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass
