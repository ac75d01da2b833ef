"""Which pages may open a socket (RFC 6455, section 10.2). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from ..hosts import is_loopback


@dataclass(frozen=True)
class Origins:
    """`hosts` are the project's ALLOWED_HOSTS; a wildcard among them allows no origin."""

    hosts: frozenset[str]
    listed: frozenset[str]
    only_https: bool
    loopback: bool

    @classmethod
    def of(
        cls, hosts: Iterable[str], listed: Iterable[str], *, only_https: bool, loopback: bool
    ) -> Origins:
        named = frozenset(host.lower() for host in hosts if not host.startswith(("*", ".")))
        plain = frozenset(origin.lower().rstrip("/") for origin in listed)
        return cls(named, plain, only_https, loopback)

    def allow(self, origin: str, host: str) -> bool:
        """`host` is the request's Host header, with its port if it has one."""
        parts = _split(origin.lower())
        if parts is None:
            return False
        if f"{parts.scheme}://{parts.netloc}" in self.listed:
            return True
        return self._is_own(parts, host.lower()) or self._is_loopback(parts)

    def _is_own(self, parts: SplitResult, host: str) -> bool:
        if self.only_https and parts.scheme != "https":
            return False
        return parts.netloc == host and _bracketed(parts) in self.hosts

    def _is_loopback(self, parts: SplitResult) -> bool:
        return self.loopback and is_loopback(parts.hostname or "")


def _split(origin: str) -> SplitResult | None:
    try:
        parts = urlsplit(origin)
        parts.port  # noqa: B018 - reading it is the check that it is a number
    except ValueError:
        return None
    whole = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    return parts if whole and parts.path in ("", "/") else None


def _bracketed(parts: SplitResult) -> str:
    """As ALLOWED_HOSTS writes it: an IPv6 address stands in brackets."""
    name = parts.hostname or ""
    return f"[{name}]" if ":" in name else name
