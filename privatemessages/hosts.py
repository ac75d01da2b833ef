"""Names and addresses of machines. Pure."""

from ipaddress import ip_address
from urllib.parse import unquote


def is_loopback(hostname: str) -> bool:
    """This machine itself (RFC 6761, section 6.3); an IPv6 address comes without its brackets."""
    if hostname == "localhost" or hostname.endswith(".localhost"):
        return True
    try:
        return ip_address(hostname).is_loopback
    except ValueError:
        return False


def may_hold_password(url: str) -> bool:
    """Then nobody is shown it. However it is mistyped, an @ has no other use in a URL of ours."""
    return "@" in unquote(url)
