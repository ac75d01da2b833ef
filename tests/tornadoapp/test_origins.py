import pytest

from privatemessages.tornadoapp.origins import Origins

SITE = "chat.example.com"


def origins(*hosts, listed=(), only_https=False, loopback=False):
    return Origins.of(hosts, listed, only_https=only_https, loopback=loopback)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://chat.example.com", "chat.example.com"),
        ("https://chat.example.com", "chat.example.com"),
        ("https://CHAT.Example.com", "chat.example.COM"),
        ("https://chat.example.com:8443", "chat.example.com:8443"),
        ("http://[2001:db8::1]:8000", "[2001:db8::1]:8000"),
        ("http://[2001:db8::1]", "[2001:db8::1]"),
    ],
)
def test_the_sites_own_origin_is_allowed(origin, host):
    assert origins(SITE, "[2001:db8::1]").allow(origin, host)


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "chat.example.com",
        "//chat.example.com",
        "https://",
        "https://evil.example.com",
        "https://chat.example.com.evil.com",
        "https://evil.com/chat.example.com",
        "https://evil.com?chat.example.com",
        "https://evil.com#chat.example.com",
        "https://evil-chat.example.com",
        "https://chat.example.com@evil.com",
        "https://evil.com@chat.example.com",
        "https://user:password@chat.example.com",
        "https://chat.example.com:8443",
        "https://chat.example.com:port",
        "https://chat.example.com:99999",
        "https://[chat.example.com",
        "https://chat.example.com\\@evil.com",
        "https://chat.example.com.",
        "file://chat.example.com",
        "ftp://chat.example.com",
        "ws://chat.example.com",
        "javascript://chat.example.com",
        "https://chat.example.com/path",
        "http://localhost",
        "http://127.0.0.1:8000",
        "http://[::1]:8000",
        "https://xn--80ak6aa92e.com",
    ],
)
def test_a_foreign_origin_is_not(origin):
    assert not origins(SITE).allow(origin, SITE)
    # So the refusal above is about the origin, and not about everything.
    assert origins(SITE).allow(f"https://{SITE}", SITE)


@pytest.mark.parametrize("hosts", [["*"], [".example.com"], ["*.example.com"], []])
def test_a_wildcard_host_allows_no_origin(hosts):
    assert not origins(*hosts).allow("https://chat.example.com", "chat.example.com")
    assert not origins(*hosts).allow("https://evil.com", "evil.com")


def test_one_of_several_hosts_is_allowed_only_where_the_request_came_to_it():
    two = origins("a.example.com", "b.example.com")
    assert two.allow("https://a.example.com", "a.example.com")
    assert not two.allow("https://a.example.com", "b.example.com")


def test_with_secure_cookies_only_https_is_own():
    secure = origins(SITE, only_https=True)
    assert secure.allow(f"https://{SITE}", SITE)
    assert not secure.allow(f"http://{SITE}", SITE)


@pytest.mark.parametrize("listed", ["https://app.example.org", "https://APP.example.org/"])
def test_a_listed_origin_is_allowed_whole_and_wherever_the_request_came_to(listed):
    more = origins(SITE, listed=[listed])
    assert more.allow("https://app.example.org", SITE)
    assert not more.allow("http://app.example.org", SITE)
    assert not more.allow("https://app.example.org:444", SITE)
    assert not more.allow("https://sub.app.example.org", SITE)
    assert not more.allow("https://app.example.org@evil.com", SITE)


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost",
        "http://localhost:8000",
        "http://site.localhost:8000",
        "http://127.0.0.1:8000",
        "http://127.9.9.9",
        "http://[::1]:8000",
    ],
)
def test_loopback_is_allowed_with_any_port_under_debug_alone(origin):
    assert origins(loopback=True).allow(origin, "localhost:8888")
    assert not origins(loopback=False).allow(origin, "localhost:8888")


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost.evil.com",
        "http://notlocalhost",
        "http://127.0.0.1.evil.com",
        "http://128.0.0.1",
        "http://0.0.0.0",
        "http://localhost@evil.com",
        "null",
    ],
)
def test_what_only_looks_like_loopback_is_not(origin):
    assert not origins(loopback=True).allow(origin, "localhost:8888")
