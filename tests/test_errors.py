import pytest

from privatemessages import errors
from privatemessages.errors import MessengerError

# Programs rely on these: a code is never renamed.
CODES = {
    "malformed": 400,
    "unknown_type": 400,
    "empty": 400,
    "too_long": 400,
    "bad_text": 400,
    "to_self": 400,
    "bad_name": 400,
    "name_too_long": 400,
    "bad_duration": 400,
    "on_self": 400,
    "bad_arguments": 400,
    "not_signed_in": 401,
    "bad_key": 401,
    "forbidden": 403,
    "may_not_post": 403,
    "outranked": 403,
    "banned": 403,
    "private": 403,
    "not_found": 404,
    "not_member": 404,
    "not_banned": 404,
    "unknown_command": 404,
    "wrong_method": 405,
    "conflict": 409,
    "name_taken": 409,
    "full": 409,
    "rate_limited": 429,
    "unavailable": 503,
}


def kinds(kind=MessengerError):
    for child in kind.__subclasses__():
        yield child
        yield from kinds(child)


def test_the_codes_and_their_statuses_are_stable():
    assert {kind.code: kind.status for kind in kinds()} == CODES


def test_a_reason_is_for_the_log_and_not_for_people():
    error = errors.Unavailable(reason="The database: no route to 10.0.0.5")
    assert str(error) == "The database: no route to 10.0.0.5"
    assert error.detail == errors.Unavailable.detail


@pytest.mark.parametrize("kind", list(kinds()))
def test_every_error_says_something_to_people(kind):
    error = kind()
    assert str(error) == error.detail == kind.detail
    assert error.detail.endswith(".")


def test_a_detail_and_a_time_to_wait_may_be_given():
    error = errors.RateLimited("Slowly.", retry_after=1500)

    assert (error.detail, error.retry_after, error.code) == ("Slowly.", 1500, "rate_limited")
    assert errors.RateLimited().retry_after is None


def test_nobody_of_this_name_is_answered_like_every_other_thing_that_is_not_there():
    assert issubclass(errors.NoSuchPerson, errors.NotFound)
    assert errors.NoSuchPerson.code == errors.NotFound.code
