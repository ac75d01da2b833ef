"""How people's words are drawn: set off, and never as markup of their own."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.browser.generated import drawn

DRAW = """async (text) => {
    const { markUp } = await import("/marked.js");
    const place = document.createElement("p");
    place.append(markUp(text));
    const told = (one) => [...one.attributes].map(({ name, value }) => [name, value]);
    const elements = [...place.querySelectorAll("*")].map((one) => [one.localName, told(one)]);
    return { html: place.innerHTML, text: place.textContent, elements };
}"""
IS_ONLY_EMOJI = "async (text) => (await import('/marked.js')).isOnlyEmoji(text)"

ELEMENTS = {"strong", "em", "code", "pre", "blockquote", "a"}
LETTER = re.compile(r"[^\W_]")
ATTRIBUTES = {"href", "rel", "target", "class", "dir"}

pieces = st.sampled_from(
    [
        *("*", "_", "`", "```", "\n", "> ", " ", "http://", "https://a.b/c", "mailto:a@b.c", "("),
        *(")", ".", "<b>", "<script>", "javascript:", "&amp;", '"', "'", "слово", "word", "שלום"),
        *("\u202e", "😀", "onclick=", "http://a\x00b", "data:", "#", "]"),
    ]
)
texts = st.one_of(st.text(), st.lists(pieces, max_size=30).map("".join))


def draw(page, text):
    return page.evaluate(DRAW, text)


@drawn(300)
@given(text=texts)
def test_whatever_is_written_makes_nothing_but_what_is_allowed(scripts, text):
    elements = draw(scripts, text)["elements"]
    assert {name for name, _ in elements} <= ELEMENTS
    for name, attributes in elements:
        told = dict(attributes)
        assert told.keys() <= ATTRIBUTES
        if name == "a":
            assert told["href"].startswith(("http://", "https://", "mailto:"))
            assert told["rel"] == "noopener noreferrer nofollow"
            assert told["target"] == "_blank"


@drawn(300)
@given(text=texts)
def test_no_word_is_lost(scripts, text):
    """But for the name of a fence's language."""
    text = re.sub(r"(?m)^```[\w+#-]+$", "```", text, flags=re.ASCII)
    assert LETTER.findall(draw(scripts, text)["text"]) == LETTER.findall(text)


def test_the_generated_texts_make_all_of_it(scripts):
    text = "> *a* _b_ `c` http://a.b\n```\nd\n```"
    assert {name for name, _ in draw(scripts, text)["elements"]} == ELEMENTS


def test_is_drawn_so(scripts):
    text = "*a* <b>\n> _b_ `c`\n\n```\n<i>\n```\nend"
    assert draw(scripts, text)["html"] == (
        "<strong>a</strong> &lt;b&gt;\n"
        '<blockquote dir="auto"><em>b</em> <code dir="auto">c</code></blockquote>'
        '<pre dir="auto"><code dir="auto">&lt;i&gt;</code></pre>end'
    )


HEIGHTS = """async ([text, lines]) => {
    const { markUp } = await import("/marked.js");
    const place = document.createElement("p");
    place.style.whiteSpace = "pre-wrap";
    document.body.append(place);
    place.append(markUp(text));
    for (const { style } of place.querySelectorAll("*")) style.cssText = "margin: 0; font: inherit";
    const marked = place.offsetHeight;
    place.textContent = lines;
    const plain = place.offsetHeight;
    place.remove();
    return [marked, plain];
}"""


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("> a", "a"),
        ("a\n> b\nc", "a\nb\nc"),
        ("a\n\n> b\n\nc", "a\nb\nc"),
        ("a\n\n\n> b\n\n\nc", "a\n\nb\n\nc"),
        ("> a\n> b\n\n> c", "a\nb\nc"),
        ("a\n```\nb\n\nc\n```\nd", "a\nb\n\nc\nd"),
    ],
)
def test_a_block_takes_its_lines_and_no_empty_one_beside_it(scripts, text, lines):
    marked, plain = scripts.evaluate(HEIGHTS, [text, lines])
    assert marked == plain > 0


@pytest.mark.parametrize("text", ["😀", "😀😀😀", "❤️", "❤", "👍🏽 👩‍👩‍👧", "🇩🇪🏳️‍🌈", "1️⃣", "🏴󠁧󠁢󠁷󠁬󠁳󠁿"])
def test_knows_emoji_alone(scripts, text):
    assert scripts.evaluate(IS_ONLY_EMOJI, text)


@pytest.mark.parametrize("text", ["", "1", "123", "a", "😀 a", "😀😀😀😀", "#", "\u200d"])
def test_knows_what_is_not_emoji_alone(scripts, text):
    assert not scripts.evaluate(IS_ONLY_EMOJI, text)
