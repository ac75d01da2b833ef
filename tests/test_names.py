import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privatemessages.errors import BadName, MessengerError, NameTooLong
from privatemessages.names import (
    NAME_LIMIT,
    SLUG_LIMIT,
    TOPIC_LIMIT,
    clean_name,
    clean_topic,
    slug_of,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=80)
UNSEEN = [
    "\x00",
    "a\x00b",
    "a\x7fb",
    "\ud800",
    "a\udfffb",
    "\u202ea",  # right-to-left override
    "a\u2066b",  # isolate
    "a\u200fb",  # right-to-left mark
    "a\u200bb",  # zero width space
    "a\u00adb",  # soft hyphen
    "a\ufeffb",
    "a\ue000b",  # private use
    "a\U000e0041b",  # a tag
    "a\u0378b",  # nobody's
    "a\u3164b",  # Hangul filler: a letter of its category
    "a\uffa0b",
    "a\u034fb",  # grapheme joiner: a mark of its category
]


def refused(clean, text):
    with pytest.raises(MessengerError) as refusal:
        clean(text)
    return type(refusal.value)


# Names


@pytest.mark.parametrize(
    "name",
    [
        "Bob's",
        "C++",
        "42",
        "हिन्दी में बातचीत",
        "ห้องนั่งเล่น",
        "غرفة المعيشة",
        "می\u200cخواهم",  # a joiner within a word
        "Кухня",
        "寿司",
        "❤\ufe0f love",
        "👩\u200d👩\u200d👧 family",
        "葛\U000e0100飾",
    ],
)
def test_a_name_in_any_language_is_kept_as_it_is(name):
    assert clean_name(name) == name
    assert slug_of(name)


def test_a_name_is_composed_and_has_single_spaces():
    assert clean_name("  Cafe\u0301 \t\n  noir\u3000") == "Café noir"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "!?…",
        "---",
        "___",
        "¨´`",
        "😀",
        "❤\ufe0f",  # the selector is a mark of its category
        "👩\u200d👩\u200d👧",
        "🇩🇪",
        "\u0301",
        "\u200d\u200d",
        "\u3164",
        "\u2800",  # a pattern of no dots
        *UNSEEN,
    ],
)
def test_a_name_that_nobody_can_say_or_see_is_none(name):
    assert refused(clean_name, name) is BadName


def test_a_name_has_a_length_in_code_points_once_composed():
    longest = "e\u0301" * NAME_LIMIT
    assert clean_name(f" {longest} ") == "é" * NAME_LIMIT

    for name in (longest + "x", "x" * 1_000, "\U0001f600" * 1_000):
        assert refused(clean_name, name) is NameTooLong


@given(ANY_TEXT)
def test_a_clean_name_is_clean(name):
    try:
        cleaned = clean_name(name)
    except (BadName, NameTooLong):
        return
    assert clean_name(cleaned) == cleaned
    assert cleaned.encode()
    assert len(cleaned) <= NAME_LIMIT
    assert unicodedata.is_normalized("NFC", cleaned)


# Topics


def test_a_topic_may_be_punctuation_or_nothing():
    assert clean_topic("  ") == ""
    assert clean_topic(" 😀 !\n") == "😀 !"
    assert clean_topic("x" * TOPIC_LIMIT) == "x" * TOPIC_LIMIT


def test_a_topic_has_its_length_and_hides_nothing():
    assert refused(clean_topic, "x" * (TOPIC_LIMIT + 1)) is NameTooLong
    for topic in UNSEEN:
        assert refused(clean_topic, topic) is BadName


# Addresses


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("The Kitchen", "the-kitchen"),
        ("  What's up?! ", "what-s-up"),
        ("snake_case", "snake_case"),
        ("Кухня №1", "кухня-no1"),
        ("हिन्दी", "हिन्दी"),
        ("ห้องนั่งเล่น", "ห้องนั่งเล่น"),
        ("غرفة المعيشة", "غرفة-المعيشة"),
        ("../../etc", "etc"),
        ("a/b?c#d%2F", "a-b-c-d-2f"),
        ("a\ud800\x00b", "a-b"),
    ],
)
def test_the_address_is_the_names_words(name, slug):
    assert slug_of(name) == slug


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kitchen", "kITCHEN"),
        ("Kitchen", "Ｋｉｔｃｈｅｎ"),
        ("Caf\u00e9", "Cafe\u0301"),
        ("sta\ufb00", "STAFF"),
        ("Straße", "STRASSE"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("İstanbul", "i\u0307stanbul"),
        ("ﷺ", "صلى الله عليه وسلم"),
        ("a-b", "a  b!"),
        ("bob", "bo\u200db"),
        ("bob", "bob\ufe0f"),
        ("c\u200d\u0327a", "ça"),
        ("\u1fb7", "\u1fbc\u0342"),  # alpha with both of its marks, in either case
    ],
)
def test_names_that_are_taken_for_each_other_have_one_address(one, other):
    assert one != other
    assert slug_of(one) == slug_of(other)


@pytest.mark.parametrize(
    ("one", "other"), [("bob", "bop"), ("resume", "résumé"), ("i", "ı"), ("ab", "a b"), ("1", "2")]
)
def test_names_of_other_letters_have_other_addresses(one, other):
    assert slug_of(one) != slug_of(other)


@pytest.mark.parametrize("name", ["", " ", "-", "__-", "?!", "😀", "❤\ufe0f", "\u200d", "\x00"])
def test_without_words_there_is_no_address(name):
    assert refused(slug_of, name) is BadName


def test_an_address_has_a_length_too():
    assert refused(slug_of, "ﷺ" * NAME_LIMIT) is NameTooLong
    assert len(slug_of("x" * SLUG_LIMIT)) == SLUG_LIMIT


@given(ANY_TEXT)
def test_the_address_of_an_address_is_itself(name):
    try:
        slug = slug_of(name)
    except (BadName, NameTooLong):
        return
    assert slug_of(slug) == slug
    assert slug == slug_of(unicodedata.normalize("NFC", name))
    assert slug == slug_of(unicodedata.normalize("NFD", name))
    assert not set(slug) & set(" /?#%&\\.:\x00")
    assert slug.encode()


@given(ANY_TEXT)
def test_a_name_and_what_is_kept_of_it_have_one_address(name):
    try:
        cleaned = clean_name(name)
        slug = slug_of(cleaned)
    except (BadName, NameTooLong):
        return
    assert slug_of(name) == slug


def test_no_character_that_folding_changes_makes_an_address_unstable():
    characters = map(chr, range(0x110000))
    folded = [c for c in characters if unicodedata.normalize("NFKC", c).casefold() != c]
    assert len(folded) > 5_000
    for character in folded:
        slug = slug_of(f"x{character}y")
        assert slug_of(slug) == slug, hex(ord(character))


# What takes long


@pytest.mark.parametrize("clean", [clean_name, clean_topic, slug_of])
def test_marks_without_end_are_refused_before_they_are_put_in_order(clean):
    begun = time.process_time()
    assert refused(clean, "a" + "\u0315\u0300" * 40_000) is NameTooLong
    assert time.process_time() - begun < 1  # s


def test_a_topic_may_be_written_with_all_its_marks_apart():
    longest = "\u1f82" * TOPIC_LIMIT
    written = unicodedata.normalize("NFD", longest)
    assert len(written) == 4 * TOPIC_LIMIT
    assert clean_topic(written) == longest
