from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privatemessages.commands.parsing import NOT_A_TIME, Words, duration, is_duration, split
from privatemessages.errors import BadArguments, BadDuration


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("/who", "who", ""),
        ("/kick bob", "kick", "bob"),
        ("/KICK  bob  be  kind ", "kick", "bob  be  kind"),
        ("/me\tsings\nand dances", "me", "sings\nand dances"),
        ("/тема Погода", "тема", "Погода"),
        ("/", "", ""),
        ("/ who", "", "who"),
        ("/etc/hosts is broken", "etc/hosts", "is broken"),
    ],
)
def test_a_command_has_a_name_and_a_rest(text, name, rest):
    assert split(text) == (name, rest)


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        ("", "", ""),
        ("bob", "bob", ""),
        ("@bob  and more", "@bob", "and more"),
        ('"Ann Archer" was loud', "Ann Archer", "was loud"),
        ('@"Ann Archer"', "Ann Archer", ""),
        ("“Ann Archer” was loud", "Ann Archer", "was loud"),
        ("„Ann Archer“ was loud", "Ann Archer", "was loud"),
        ("«Анна Лучник» шумела", "Анна Лучник", "шумела"),
        ('""', "", ""),
        ("O'Hara here", "O'Hara", "here"),
    ],
)
def test_a_word_may_be_quoted(text, word, rest):
    words = Words(text)
    assert (words.next(), words.rest) == (word, rest)


@pytest.mark.parametrize("text", ['"Ann Archer', '@"Ann', "«Анна", '"Ann"Archer'])
def test_a_quotation_that_does_not_end_is_no_word(text):
    with pytest.raises(BadArguments):
        Words(text).next()


@pytest.mark.parametrize(
    ("word", "lasting"),
    [
        ("10m", timedelta(minutes=10)),
        ("2h", timedelta(hours=2)),
        ("3d", timedelta(days=3)),
        ("1w", timedelta(weeks=1)),
        ("1W", timedelta(weeks=1)),
        ("+5m", timedelta(minutes=5)),
        ("007m", timedelta(minutes=7)),
        ("0m", timedelta()),
        ("forever", None),
        ("Forever", None),
    ],
)
def test_a_duration(word, lasting):
    assert is_duration(word)
    assert duration(word) == lasting


@pytest.mark.parametrize("word", ["-5m", "−5m", "-0h", "999999999w", "200000000w"])
def test_a_duration_out_of_all_range(word):
    assert is_duration(word)
    with pytest.raises(BadDuration) as refused:
        duration(word)
    assert refused.value.detail == BadDuration.detail


@pytest.mark.parametrize("word", ["10", "5x", "1h30m", "1.5h", "10min", "9" * 5000, "9999999999m"])
def test_what_only_looks_like_a_duration_is_told_how_they_are_written(word):
    assert is_duration(word)
    with pytest.raises(BadDuration) as refused:
        duration(word)
    assert refused.value.detail == NOT_A_TIME


@pytest.mark.parametrize("word", ["", "bob", "m", "-", "spam", "٣d", "for"])
def test_other_words_are_not_meant_as_durations(word):
    assert not is_duration(word)


@given(st.text())
def test_whatever_is_written_can_be_read(text):
    name, rest = split("/" + text)
    assert name == "" or name.split() == [name]
    words, found = Words(rest), []
    try:
        while words.rest:
            before = words.rest
            found.append(words.next())
            assert len(words.rest) < len(before)
    except BadArguments:
        return
    assert sum(map(len, found)) <= len(rest)
