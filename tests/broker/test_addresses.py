import pytest

from privatemessages.broker.addresses import Access, Address, Server, parse

HERE = Server("127.0.0.1", 6379)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("redis://127.0.0.1", Address("single", (HERE,))),
        ("redis://", Address("single", (Server("localhost", 6379),))),
        (
            "redis:///3",
            Address("single", (Server("localhost", 6379),), access=Access(False, {"db": 3})),
        ),
        ("redis://[::1]:7000/", Address("single", (Server("::1", 7000),))),
        (
            "unix:///run/r%20s.sock?db=1",
            Address("single", (Server("/run/r s.sock", 0),), access=Access(False, {"db": 1})),
        ),
        (
            "redis://:hush@redis.example.com:7000/2",
            Address(
                "single",
                (Server("redis.example.com", 7000),),
                access=Access(False, {"password": "hush", "db": 2}),
            ),
        ),
        (
            "rediss://me:p%40%3Ass@127.0.0.1/?ssl_ca_certs=/ca.pem&ssl_check_hostname=false&ssl_cert_reqs=optional",
            Address(
                "single",
                (HERE,),
                access=Access(
                    True,
                    {
                        "username": "me",
                        "password": "p@:ss",
                        "ssl_ca_certs": "/ca.pem",
                        "ssl_check_hostname": False,
                        "ssl_cert_reqs": "optional",
                    },
                ),
            ),
        ),
        (
            "redis+sentinel://:hush@a,b:7000/chat",
            Address(
                "sentinel",
                (Server("a", 26379), Server("b", 7000)),
                "chat",
                Access(False, {"password": "hush"}),
            ),
        ),
        (
            "redis+sentinel://a/chat/1?ssl=true&ssl_ca_certs=/ca&sentinel_password=so&sentinel_ssl=true",
            Address(
                "sentinel",
                (Server("a", 26379),),
                "chat",
                Access(True, {"db": 1, "ssl_ca_certs": "/ca"}),
                Access(True, {"password": "so"}),
            ),
        ),
        (
            "redis+cluster://me:hush@a:7000,[::2]:7001/0?ssl=True",
            Address(
                "cluster",
                (Server("a", 7000), Server("::2", 7001)),
                access=Access(True, {"username": "me", "password": "hush"}),
            ),
        ),
        ("redis+cluster://a", Address("cluster", (Server("a", 6379),))),
    ],
)
def test_a_url_says_where_redis_is(url, address):
    assert parse(url) == address


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "begins with none of redis, rediss,"),
        ("127.0.0.1:6379", "begins with none"),
        ("http://127.0.0.1", "begins with none"),
        ("redis://a:hush#b@c", "or is no URL"),
        ("redis://a,b", "names several servers"),
        ("redis://a:0", "a port that is none"),
        ("redis://a:70000", "a port that is none"),
        ("redis://a:x", "a port that is none"),
        ("redis://a/one", "cannot be read: db"),
        ("redis://a/-1", "cannot be read: db"),
        ("redis://a?socket_timeout=1", "not known: socket_timeout"),
        ("redis://a?ssl_ca_certs=/ca.pem", "does not ask for TLS"),
        ("redis://a?sentinel_password=hush", "names none"),
        ("rediss://a?ssl_check_hostname=perhaps", "cannot be read: ssl_check_hostname"),
        ("rediss://a?ssl_cert_reqs=never", "cannot be read: ssl_cert_reqs"),
        ("unix://", "names no path"),
        ("redis+sentinel://a:26379", "what the sentinels call the master"),
        ("redis+sentinel:///chat", "names a host that is none"),
        ("redis+sentinel://a,,b/chat", "names a host that is none"),
        ("redis+sentinel://a/chat/x", "cannot be read: db"),
        ("redis+cluster://a/1", "only number 0"),
        ("redis+cluster://a?db=1", "only number 0"),
        ("redis+cluster://", "names a host that is none"),
    ],
)
def test_what_is_wrong_with_a_url_is_said_in_one_sentence(url, why):
    with pytest.raises(ValueError, match=why) as caught:
        parse(url)
    assert str(caught.value).startswith("REDIS_URL ")
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("redis://me:hush@a:1/2", "a:1"),
        ("unix://:hush@/run/redis.sock", "/run/redis.sock"),
        (
            "redis+sentinel://:hush@a:1,b:2/chat?sentinel_password=hush",
            "chat of the sentinels at a:1,b:2",
        ),
        ("redis+cluster://:hush@a:1,b:2", "the cluster at a:1,b:2"),
    ],
)
def test_an_address_for_a_log_tells_no_password(url, told):
    assert str(parse(url)) == told
    assert "hush" not in repr(parse(url))
