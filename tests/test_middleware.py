import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from privatemessages.logs import request_id
from privatemessages.middleware import RequestMiddleware, TimezoneMiddleware, zone_named


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


def named_in_a_view(given):
    """What the log calls a request whose proxy calls it so."""
    headers = {} if given is None else {"X-Request-ID": given}
    request = RequestFactory().get("/", headers=headers)
    return RequestMiddleware(lambda _: HttpResponse(request_id.get()))(request).content.decode()


@pytest.mark.parametrize("name", ["r-1", "0198f0e2-9c1b-4f9a-8a9d-5d2c6b7a8e9f", "a" * 64])
def test_a_request_has_the_name_that_its_proxy_gave_it(name):
    assert named_in_a_view(name) == name
    assert request_id.get() == name, "Django tells of a refusal after us"


@pytest.mark.parametrize("name", [None, "", "a" * 65, "a b", 'a","level":"', "a\tb", "ä"])
def test_what_is_no_name_is_none_and_the_last_requests_is_forgotten(name):
    named_in_a_view("r-1")
    assert named_in_a_view(name) == ""
