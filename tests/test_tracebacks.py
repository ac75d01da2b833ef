import pytest
from django.db.utils import DataError, IntegrityError, OperationalError
from pydantic import BaseModel, ValidationError

from privatemessages.errors import Unavailable
from privatemessages.tracebacks import HIDDEN, message_of, text_of

SECRET = "what ann told ben"


class Shape(BaseModel):
    number: int


def caught(act):
    with pytest.raises(Exception) as found:  # noqa: PT011 - it is what is looked at
        act()
    return found.value


def fail(error, cause=None):
    raise error from cause


def handle(first, second):
    try:
        raise first
    except type(first):
        raise second  # noqa: B904 - without a cause, as it happens by mistake


@pytest.mark.parametrize(
    "error",
    [
        ValueError(SECRET),
        KeyError(SECRET),
        RuntimeError(SECRET),
        DataError(f'invalid input syntax for type uuid: "{SECRET}"'),
        IntegrityError(f"null value violates a constraint\nDETAIL:  Failing row: ({SECRET})"),
        UnicodeEncodeError("utf-8", SECRET, 0, 1, SECRET),
    ],
)
def test_what_may_quote_its_data_is_not_repeated(error):
    text = text_of(caught(lambda: fail(error)))
    assert SECRET not in text
    assert type(error).__name__ in text
    assert "in fail" in text


def test_what_could_not_be_validated_is_not_repeated():
    error = caught(lambda: Shape.model_validate({"number": SECRET}))
    assert isinstance(error, ValidationError)
    assert SECRET in str(error), "then there was nothing to hide"
    assert SECRET not in text_of(error)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OperationalError("connection refused\nIs the server running?"), "connection refused"),
        (Unavailable(reason="Redis: TimeoutError"), "Redis: TimeoutError"),
        (FileNotFoundError(2, "No such file", "a.txt"), "[Errno 2] No such file: 'a.txt'"),
        (AttributeError("'NoneType' object has no attribute 'id'"), "has no attribute 'id'"),
        (ValueError("anything"), HIDDEN),
    ],
)
def test_what_says_nothing_of_its_data_is_repeated(error, said):
    assert said in message_of(error)
    assert "\n" not in message_of(error)


def test_causes_are_told_as_well_and_hidden_alike():
    text = text_of(caught(lambda: fail(Unavailable(reason="away"), ValueError(SECRET))))
    assert text.index("ValueError") < text.index("This was the cause of:") < text.index("away")
    assert SECRET not in text


def test_what_went_wrong_while_something_else_did_is_told_too():
    text = text_of(caught(lambda: handle(KeyError(SECRET), Unavailable(reason="away"))))
    assert text.index("KeyError") < text.index("While this was handled:") < text.index("away")
    assert SECRET not in text


def test_what_was_left_behind_on_purpose_is_not_told():
    error = caught(lambda: handle(KeyError(SECRET), Unavailable()))
    error.__suppress_context__ = True
    assert "KeyError:" not in text_of(error)


def test_all_of_a_group_are_told():
    group = ExceptionGroup(SECRET, [ValueError(SECRET), OSError("no route")])
    text = text_of(caught(lambda: fail(group)))
    assert "  ValueError" in text
    assert "  OSError: no route" in text
    assert SECRET not in text


def test_a_circle_ends():
    one, two = ValueError("one"), ValueError("two")
    one.__context__, two.__context__ = two, one
    assert text_of(one).count("ValueError") == 2
