from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privatemessages import protocol
from privatemessages.errors import BadText, Empty, Malformed, MessengerError, TooLong

# Everything that JSON can bring: surrogates and NUL too.
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))


def test_a_text_is_stripped():
    assert protocol.clean_text(" \n hello\tworld \r\n") == "hello\tworld"


@pytest.mark.parametrize("text", ["", " ", "\n\t\r ", "\u2003\u00a0"])
def test_nothing_but_space_is_empty(text):
    with pytest.raises(Empty):
        protocol.clean_text(text)


def test_the_limit_counts_code_points_after_stripping():
    longest = "\N{GRINNING FACE}" * protocol.TEXT_LIMIT

    assert protocol.clean_text(f"  {longest}  ") == longest
    with pytest.raises(TooLong):
        protocol.clean_text(longest + "x")


@pytest.mark.parametrize("text", ["a\x00b", "\x00", "a\ud800", "\udfff", "\ud83d \ude00"])
def test_what_no_database_keeps_is_bad(text):
    with pytest.raises(BadText):
        protocol.clean_text(text)


@given(ANY_TEXT)
def test_a_clean_text_can_be_stored_and_sent_and_is_cleaned_once(text):
    try:
        clean = protocol.clean_text(text)
    except MessengerError:
        return
    assert clean.encode().decode() == clean
    assert "\x00" not in clean
    assert 1 <= len(clean) <= protocol.TEXT_LIMIT
    assert clean in text
    assert protocol.clean_text(clean) == clean


@given(st.uuids())
def test_a_uuid_has_one_form(uuid):
    assert protocol.clean_uuid(str(uuid)) == str(uuid)
    others = {f"{{{uuid}}}", uuid.hex, uuid.urn, f" {uuid}", f"{uuid}\n"} | {str(uuid).upper()}
    for other in others - {str(uuid)}:
        with pytest.raises(Malformed):
            protocol.clean_uuid(other)


@given(ANY_TEXT)
def test_nothing_else_is_a_uuid(text):
    try:
        clean = protocol.clean_uuid(text)
    except Malformed:
        return
    assert str(UUID(clean)) == text


@pytest.mark.parametrize("text", ["", "none", "\x00", "\ud800", "٠" * 32, str(UUID(int=7))[:-1]])
def test_what_is_no_uuid_is_malformed(text):
    with pytest.raises(Malformed):
        protocol.clean_uuid(text)
