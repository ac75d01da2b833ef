import json
import logging
import sys
from datetime import UTC, datetime

import pytest

from privatemessages.logs import FIELDS, JsonFormatter, LineFormatter, request_id

SECRET = "what ann told ben"


def record(message="It happened", *arguments, error=None, **fields):
    exc_info = error and (type(error), error, error.__traceback__)
    level = logging.WARNING
    made = logging.LogRecord("some.logger", level, "f.py", 1, message, arguments, exc_info)
    made.__dict__.update(fields)
    return made


def as_json(made):
    line = JsonFormatter().format(made)
    assert "\n" not in line
    return json.loads(line)


def failure():
    try:
        int(SECRET)
    except ValueError as error:
        return error


@pytest.fixture
def requested():
    token = request_id.set("r-1")
    yield
    request_id.reset(token)


def test_a_line_of_json_says_when_how_bad_where_what_and_which_process():
    made = record("%s of %d", "one", 2)
    line = as_json(made)
    at = datetime.fromisoformat(line.pop("time"))
    assert at.tzinfo == UTC
    assert abs(at.timestamp() - made.created) < 0.001
    assert line == {
        "level": "WARNING",
        "logger": "some.logger",
        "message": "one of 2",
        "process": made.process,
    }


def test_the_time_ends_with_z_as_rfc_3339_has_it():
    assert as_json(record())["time"].endswith("Z")


def test_it_names_the_socket_the_person_and_the_message():
    fields = {"connection": "c0ffee", "person": "7", "thread_id": 42, "message_id": "u", "code": 0}
    assert fields.items() <= as_json(record(**fields)).items()


def test_what_is_not_known_is_left_out():
    assert "person" not in as_json(record(person=None))


def test_it_takes_no_field_that_it_does_not_know():
    line = as_json(record(request=SECRET, text=SECRET, session=SECRET))
    assert SECRET not in json.dumps(line)


def test_logging_lets_every_field_through():
    """It refuses a name that a record has of its own, and would break whoever logs."""
    extra = dict.fromkeys(FIELDS, 1)
    made = logging.getLogger("some").makeRecord("n", 10, "f", 1, "m", (), None, extra=extra)
    assert extra.items() <= as_json(made).items()


def test_it_names_the_request(requested):
    assert as_json(record())["request_id"] == "r-1"


def test_outside_a_request_it_names_none():
    assert "request_id" not in as_json(record())


def test_a_failure_is_one_field_which_says_where_and_not_with_what():
    told = as_json(record(error=failure()))["exception"]
    assert "in failure" in told
    assert "ValueError" in told
    assert SECRET not in told


def test_a_line_for_people_has_the_same():
    line = LineFormatter().format(record("Sent", connection="c0ffee", error=failure()))
    assert "WARNING some.logger: Sent connection=c0ffee\n" in line
    assert "in failure" in line
    assert SECRET not in line


def test_who_tries_it_out_is_shown_everything():
    assert SECRET in LineFormatter(shows_all=True).format(record(error=failure()))


def test_no_failure_is_no_field():
    made = record()
    made.exc_info = (None, None, None)  # as `exc_info=True` makes it outside a handler
    assert sys.exc_info() == (None, None, None)
    assert "exception" not in as_json(made)
