import pytest
from django.test import RequestFactory
from django.utils import timezone

from privatemessages.middleware import TimezoneMiddleware, zone_named


def zone_in_a_view(cookie):
    """The zone that a view finds, and the one that is there afterwards."""
    request = RequestFactory().get("/")
    if cookie is not None:
        request.COOKIES["timezone"] = cookie
    view = TimezoneMiddleware(lambda _: timezone.get_current_timezone_name())
    return view(request), timezone.get_current_timezone_name()


def test_times_are_in_the_zone_of_the_cookie_and_afterwards_in_the_projects_again():
    assert zone_in_a_view("Asia/Kathmandu") == ("Asia/Kathmandu", "UTC")


def test_without_a_cookie_times_are_in_the_projects_zone(settings):
    settings.TIME_ZONE = "Europe/Riga"
    assert zone_in_a_view(None) == ("Europe/Riga", "Europe/Riga")


UNKNOWN = [
    "",
    "Mars/Olympus",
    "Europe",  # a folder of the database
    "../../../etc/passwd",
    "/etc/localtime",
    "Europe/Riga\0",
    "Europe/Ри́га",
    "\ud800",
    "x" * 10_000,
    "UTC " * 10,
]


@pytest.mark.parametrize("name", UNKNOWN, ids=lambda name: ascii(name)[:20])
def test_a_name_that_is_no_zone_is_ignored(name):
    assert zone_named(name) is None
    assert zone_in_a_view(name) == ("UTC", "UTC")
