"""What it means where no socket can be opened or used, and what to do about it."""

from __future__ import annotations

from ...protocol import CloseCode
from ...tornadoapp.probe import NoHandshake

FORBIDDEN = 403
REDIRECTS = range(300, 400)
GATEWAY_FAILURES = range(502, 505)

NO_ADDRESS = (
    "Neither SOCKET_URL nor SOCKET_PORT is set: sockets are where the pages are. Say where "
    "that is, with --socket wss://chat.example.com/ws/, or name each worker: --socket "
    "8880 --socket 8881."
)
NO_HELLO = (
    "The handshake was taken, and no greeting came. The worker waits for its database or "
    "for Redis: see its log."
)

CLOSINGS = {
    CloseCode.NOT_SIGNED_IN: (
        "The worker does not know the session that was just made. It has another SECRET_KEY, "
        "DATABASE_URL, SESSION_ENGINE or SESSION_COOKIE_NAME than this command, or was not "
        "restarted since they changed."
    ),
    CloseCode.TOO_MANY_SOCKETS: (
        "This person has as many sockets there as SOCKETS_PER_PERSON allows. Probe without --user, "
        "or with fewer --socket."
    ),
    CloseCode.FORBIDDEN: (
        "The worker does not let this person in there. Probe at the address that ends in /ws/."
    ),
    CloseCode.FAILED: (
        "The worker could not read the session or the person: its database or its session store "
        "does not answer. Its log says which."
    ),
    CloseCode.RESTARTING: (
        "The worker sends its sockets away: it is being restarted, or Redis was wiped a moment "
        "ago. Ask again in a moment."
    ),
}


def no_address(text: str) -> str:
    return f"{text} is no address of a socket, such as wss://chat.example.com/ws/ or 8880."


def too_many_sockets(limit: int) -> str:
    return f"No more than {limit} sockets at once."


def no_handshake(url: str, origin: str, failure: NoHandshake) -> str:
    if failure.is_untrusted:
        return (
            f"The certificate cannot be trusted: {failure}. Browsers will refuse it too; "
            "--insecure goes on all the same."
        )
    if failure.status is None:
        return (
            f"Nobody takes sockets at {url} ({failure}). Is the worker running, and is the address "
            "right?"
        )
    return _other_answer(url, origin, failure.status, failure.server)


def _other_answer(url: str, origin: str, status: int, server: str) -> str:
    is_worker = server.startswith("TornadoServer")
    if status == FORBIDDEN and origin:
        return (
            f"The origin {origin} is refused (status 403). Pages of it need their host in "
            "ALLOWED_HOSTS, or the whole of it in ALLOWED_ORIGINS; --origin says another one."
        )
    if status in GATEWAY_FAILURES and is_worker:
        return "The worker drains and takes no new sockets: it is being restarted."
    if status in GATEWAY_FAILURES:
        return (
            f"The proxy has no worker that is ready (status {status}). Ask each worker itself: "
            "--socket 8880, and so on; its /readyz names what fails."
        )
    if status in REDIRECTS:
        return f"{url} leads elsewhere (status {status}). With TLS the address begins with wss://."
    return (
        f"What answers there takes no sockets (status {status}). Does the proxy hand /ws/ on to "
        "the workers?"
    )


def closed(url: str, code: int | None) -> str:
    for known, meaning in CLOSINGS.items():
        if known == code:
            return f"Closed with {code}. {meaning}"
    how = "broke" if code is None else f"was closed with {code}"
    return f"The connection to {url} {how}. The logs of the worker and the proxy say why."
