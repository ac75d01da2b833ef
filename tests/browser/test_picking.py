"""What the emoji picker finds and remembers, and where its keys lead."""

import pytest

FIND = """async ([query, language]) => {
    const { EMOJI } = await import("/vendor/emoji.js");
    const { WORDS } = await import(`/vendor/emoji_${language}.js`);
    const { find, picks } = await import("/picking.js");
    return find(picks(EMOJI, WORDS), query).map(({ emoji }) => emoji);
}"""
MOVED = "async (moves) => (await import('/picking.js')).moved(...moves) ?? null"
REMEMBER = """async (emoji) => {
    const { recent, remember } = await import("/picking.js");
    const kept = new Map();
    const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (...pair) => kept.set(...pair) };
    for (const one of emoji) remember(storage, one);
    return recent(storage);
}"""  # noqa: E501


@pytest.mark.parametrize(
    ("language", "query", "emoji"),
    [
        *(("en", "heart eyes", "😍"), ("en", "EYES heart", "😍"), ("en", ":+1:", "👍")),
        *(("en", "rocket", "🚀"), ("en", "flag: germany", "🇩🇪"), ("en", "thumbs_up", "👍")),
        *(
            ("ru", "ракет", "🚀"),
            ("ru", "Ёлка", "🎄"),
            ("ru", "rocket", "🚀"),
            ("ru", "герман", "🇩🇪"),
        ),
    ],
)
def test_finds_by_the_beginnings_of_words(scripts, language, query, emoji):
    found = scripts.evaluate(FIND, [query, language])
    assert emoji in found
    assert len(found) < 100


def test_finds_first_what_is_called_so(scripts):
    for query, emoji in (("rocket", "🚀"), ("cat", "🐱"), ("smile", "😄"), ("heart e", "😍")):
        assert scripts.evaluate(FIND, [query, "en"])[0] == emoji


def test_finds_no_more_than_can_be_looked_through(scripts):
    assert len(scripts.evaluate(FIND, ["f", "en"])) == 140
    assert scripts.evaluate(FIND, ["no such thing", "en"]) == []


@pytest.mark.parametrize(
    ("key", "at", "place"),
    [
        *(("ArrowRight", 0, 1), ("ArrowRight", 9, 9), ("ArrowLeft", 1, 0), ("ArrowLeft", 0, 0)),
        *(
            ("ArrowDown", 1, 8),
            ("ArrowDown", 5, 9),
            ("ArrowUp", 8, 1),
            ("Home", 5, 0),
            ("End", 0, 9),
        ),
        ("Enter", 0, None),
    ],
)
def test_keys_move_in_rows_of_seven(scripts, key, at, place):
    assert scripts.evaluate(MOVED, [key, at, 10]) == place


def test_above_the_first_row_is_nothing(scripts):
    assert scripts.evaluate(MOVED, ["ArrowUp", 6, 10]) < 0


def test_remembers_the_last_ones_first_each_once_and_not_all(scripts):
    assert scripts.evaluate(REMEMBER, ["a", "b", "a", "c"]) == ["c", "a", "b"]
    assert len(scripts.evaluate(REMEMBER, [str(number) for number in range(50)])) == 21
    assert scripts.evaluate(REMEMBER, []) == []
