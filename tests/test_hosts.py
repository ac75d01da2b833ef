import pytest

from privatemessages.hosts import is_loopback

HERE = ["localhost", "chat.localhost", "127.0.0.1", "127.1.2.3", "::1"]
ELSEWHERE = ["", "localhost.example.com", "notlocalhost", "10.0.0.1", "::", "[::1]", "127.1"]


@pytest.mark.parametrize("name", HERE)
def test_this_machine(name):
    assert is_loopback(name)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_another(name):
    assert not is_loopback(name)
