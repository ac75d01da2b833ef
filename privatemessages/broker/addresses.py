"""Where Redis is, in the words of REDIS_URL.

redis://[user:password@]host[:port][/db]                    one server
rediss://...                                                the same, by TLS
unix://[user:password@]/path[?db=0]                         the same, on this machine
redis+sentinel://[user:password@]host[:port],.../service[/db]   the master, as sentinels know it
redis+cluster://[user:password@]host[:port],...             the masters, as the nodes know them

A query carries what else a connection needs, by the names that redis-py gives it (OPTIONS); `ssl`
asks for TLS. What begins with `sentinel_` is for the sentinels, which have a password of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qsl, unquote

PORT = 6379
SENTINEL_PORT = 26379
HIGHEST_PORT = 65_535
SENTINELS_OWN = "sentinel_"  # begins the options of the sentinels

Kind = Literal["single", "sentinel", "cluster"]


class Server(NamedTuple):
    """Port 0: `host` is the path of a socket on this machine."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}" if self.port else self.host


@dataclass(frozen=True)
class Access:
    """How a connection is made, once it is known where to; `options` as redis-py takes them."""

    tls: bool = False
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)  # with the password


@dataclass(frozen=True)
class Address:
    """`str` of it is for a log: it tells no password."""

    kind: Kind
    hosts: tuple[Server, ...]  # the server; some of the sentinels; some of the nodes
    service: str = ""  # what the sentinels call the master
    access: Access = Access()
    sentinel_access: Access = Access()

    def __str__(self) -> str:
        hosts = ",".join(map(str, self.hosts))
        return {
            "single": hosts,
            "sentinel": f"{self.service} of the sentinels at {hosts}",
            "cluster": f"the cluster at {hosts}",
        }[self.kind]


def parse(url: str) -> Address:
    """Raises ValueError with one sentence, which repeats no password."""
    found = _url.fullmatch(url)
    if found is None or found["scheme"] not in _READERS:
        raise ValueError(f"REDIS_URL begins with none of {', '.join(_READERS)}, or is no URL.")
    words = _words(found["login"], found["query"])
    own = {word: text for word, text in words.items() if not word.startswith(SENTINELS_OWN)}
    theirs = {
        word.removeprefix(SENTINELS_OWN): text for word, text in words.items() if word not in own
    }
    address = _READERS[found["scheme"]](found["hosts"], found["path"] or "", own, theirs)
    if theirs and address.kind != "sentinel":
        raise ValueError("REDIS_URL has options of sentinels, but names none.")
    return address


_url = re.compile(
    r"(?P<scheme>[a-z+]+)://(?:(?P<login>[^/?#]*)@)?(?P<hosts>[^/?#@]*)"
    r"(?P<path>/[^?#]*)?(?:\?(?P<query>[^#]*))?"
)
_host = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.%]+)\]|(?P<name>[^\[\]:]+))(?::(?P<port>[0-9]{1,5}))?")

Words = Mapping[str, str]


def _single(hosts: str, path: str, own: Words, _: Words, *, tls: bool = False) -> Address:
    servers = _servers(hosts or "localhost", PORT)
    if len(servers) > 1:
        raise ValueError("REDIS_URL names several servers, but neither sentinels nor a cluster.")
    return Address("single", servers, access=_access(_in_database(path[1:], own), tls=tls))


def _with_tls(hosts: str, path: str, own: Words, theirs: Words) -> Address:
    return _single(hosts, path, own, theirs, tls=True)


def _on_this_machine(hosts: str, path: str, own: Words, _: Words) -> Address:
    if hosts or not path:
        raise ValueError("REDIS_URL names no path, such as unix:///run/redis.sock.")
    return Address("single", (Server(unquote(path), 0),), access=_access(own))


def _sentinels(hosts: str, path: str, own: Words, theirs: Words) -> Address:
    service, _, database = path[1:].partition("/")
    if not service:
        raise ValueError("REDIS_URL does not say what the sentinels call the master.")
    servers = _servers(hosts, SENTINEL_PORT)
    own = _in_database(database, own)
    return Address("sentinel", servers, unquote(service), _access(own), _access(theirs))


def _nodes(hosts: str, path: str, own: Words, _: Words) -> Address:
    if path not in {"", "/", "/0"} or own.get("db", "0") != "0":
        raise ValueError("REDIS_URL asks for a database, but a cluster has only number 0.")
    return Address("cluster", _servers(hosts, PORT), access=_access(own))


_READERS: dict[str, Callable[[str, str, Words, Words], Address]] = {
    "redis": _single,
    "rediss": _with_tls,
    "unix": _on_this_machine,
    "redis+sentinel": _sentinels,
    "redis+cluster": _nodes,
}


def _words(login: str | None, query: str | None) -> dict[str, str]:
    name, _, password = (login or "").partition(":")
    given = {"username": unquote(name), "password": unquote(password)}
    return {word: text for word, text in given.items() if text} | dict(parse_qsl(query or ""))


def _in_database(number: str, own: Words) -> Words:
    return {"db": number, **own} if number else own


def _servers(hosts: str, port: int) -> tuple[Server, ...]:
    return tuple(_server(host, port) for host in hosts.split(","))


def _server(text: str, port: int) -> Server:
    found = _host.fullmatch(text)
    if found is None or not 0 < int(found["port"] or port) <= HIGHEST_PORT:
        raise ValueError("REDIS_URL names a host that is none, or a port that is none.")
    return Server(unquote(found["v6"] or found["name"]), int(found["port"] or port))


def _access(words: Words, *, tls: bool = False) -> Access:
    options = {word: _option(word, text) for word, text in words.items()}
    tls = options.pop("ssl", False) or tls
    if not tls and any(word.startswith("ssl_") for word in options):
        raise ValueError("REDIS_URL has options of TLS, but does not ask for TLS.")
    return Access(tls, options)


def _option(word: str, text: str) -> Any:
    if word not in OPTIONS:
        raise ValueError(f"REDIS_URL has an option that is not known: {word}.")
    try:
        return OPTIONS[word](text)
    except ValueError:
        raise ValueError(f"REDIS_URL has an option that cannot be read: {word}.") from None


def _flag(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError
    return text.lower() == "true"


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ValueError
    return int(text)


def _demand(text: str) -> str:
    if text not in {"none", "optional", "required"}:
        raise ValueError
    return text


OPTIONS: dict[str, Callable[[str], Any]] = {
    "username": str,
    "password": str,
    "db": _number,
    "client_name": str,
    "ssl": _flag,
    "ssl_ca_certs": str,
    "ssl_ca_path": str,
    "ssl_certfile": str,
    "ssl_keyfile": str,
    "ssl_password": str,
    "ssl_cert_reqs": _demand,
    "ssl_check_hostname": _flag,
    "ssl_ciphers": str,
}
