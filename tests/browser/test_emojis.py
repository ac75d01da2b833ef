"""Emoji by their names, and the data that they are of."""

import json

import pytest

from tests.services import ROOT

VENDOR = ROOT / "privatemessages" / "static" / "privatemessages" / "vendor"
CALL = """async ([name, ...values]) => (await import("/emojis.js"))[name](...values) ?? null"""
CATEGORIES = 9
# Of Unicode's emoji 16 and 17.
NEWER = {"\U0001fae9", "\U0001fac6", "\U0001fabe", "\U0001fadc", "\U0001fa89", "\U0001faea"}


@pytest.fixture
def call(scripts):
    return lambda *words: scripts.evaluate(CALL, words)


def read(name):
    lines = (VENDOR / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line.removesuffix(",")) for line in lines[2:-1]]


@pytest.mark.parametrize(
    ("name", "emoji"),
    [
        ("smile", "😄"),
        ("Smile", "😄"),
        ("+1", "👍"),
        ("thumbsup", "👍"),
        ("de", "🇩🇪"),
        ("heart", "❤️"),
        ("no_such", None),
    ],
)
def test_knows_emoji_by_their_names(call, name, emoji):
    assert call("emojiNamed", name) == emoji


def test_offers_those_that_begin_so_and_short_ones_first(call):
    options = call("emojiOptions", "Smi")
    assert options[0] == {"name": "smile", "words": "😄 :smile:", "help": "", "insert": "😄"}
    names = [option["name"] for option in options]
    assert {"smirk", "smiley"} <= set(names)
    assert len(names) == len(set(names)) <= 8


def test_offers_those_of_which_a_later_word_begins_so(call):
    assert "slightly_smiling_face" in [one["name"] for one in call("emojiOptions", "smiling_f")]
    assert call("emojiOptions", "nosuchname") == []


def test_every_emoji_has_a_name_of_its_own_a_category_and_words():
    emoji = read("emoji.js")
    assert len(emoji) > 1800
    names = [name for _, names, _ in emoji for name in names.split()]
    assert len(names) == len(set(names))
    assert {category for *_, category in emoji} == set(range(CATEGORIES))
    assert all(names for _, names, _ in emoji)
    for language in ("en", "ru"):
        told = read(f"emoji_{language}.js")
        assert len(told) == len(emoji)
        assert all(words.partition("|")[0] for words in told)


def test_no_emoji_is_newer_than_most_devices():
    letters = {letter for emoji, *_ in read("emoji.js") for letter in emoji}
    assert "\U0001fae8" in letters  # of Unicode's emoji 15
    assert not letters & NEWER


def test_what_is_vendored_is_named_with_its_licence():
    told = (VENDOR / "README.md").read_text()
    for file in VENDOR.iterdir():
        assert file.name == "README.md" or f"{file.name}" in told
