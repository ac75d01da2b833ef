"""What people write, as a tree."""

import pytest

PARSE = "async (text) => (await import('/marks.js')).parse(text)"
TIME = """async ([text, tries]) => {
    const { parse } = await import("/marks.js");
    const times = Array.from({ length: tries }, () => {
        const began = performance.now();
        parse(text);
        return performance.now() - began;
    });
    return Math.min(...times);
}"""

LONGEST = 10_000  # characters of a message
PATIENCE = 50  # ms
TRIES = 5  # others use the processor too


@pytest.fixture
def parse(scripts):
    return lambda text: scripts.evaluate(PARSE, text)


def link(address, href=None):
    return {"kind": "link", "text": address, "href": href or address}


def bold(*nodes):
    return {"kind": "bold", "nodes": [*nodes]}


def italic(*nodes):
    return {"kind": "italic", "nodes": [*nodes]}


def code(text):
    return {"kind": "code", "text": text}


def fence(text):
    return {"kind": "fence", "text": text}


def quote(*nodes):
    return {"kind": "quote", "nodes": [*nodes]}


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("*bold*", [bold("bold")]),
        ("so _very_, very", ["so ", italic("very"), ", very"]),
        ("(*bold*)", ["(", bold("bold"), ")"]),
        ("*two words* and _two more_", [bold("two words"), " and ", italic("two more")]),
        ("*_both_* _*both*_", [bold(italic("both")), " ", italic(bold("both"))]),
        ("*жирный*", [bold("жирный")]),
        ("*5 stars *good*", ["*5 stars ", bold("good")]),
        ("_a *b_ c*", [italic("a *b"), " c*"]),
        ("*b*\n_i_", [bold("b"), "\n", italic("i")]),
    ],
)
def test_sets_words_off(parse, text, nodes):
    assert parse(text) == nodes


@pytest.mark.parametrize(
    "text",
    [
        *("snake_case_name", "_private_name", "2*3*4", "2 * 3 * 4", "*_*", "**", "* a *", "*a"),
        *(
            "__init__",
            "**args",
            "*.js *.py",
            "a_b_ c",
            "usr/_a_/b",
            "@_bob_",
            "*a\nb*",
            "слово_и_ещё",
        ),
        *("`a", "``", "```", "`a\nb`", ">a", ">_<", "a > b", "http://", "https:// x", "ftp://a.b"),
        *(
            "javascript:alert(1)",
            "bob@example.com",
            "xhttp://a.b",
            "data:text/html,a",
            "",
            " ",
            "\n",
        ),
    ],
)
def test_leaves_everything_else_alone(parse, text):
    assert parse(text) == ([text] if text else [])


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("`code`", [code("code")]),
        ("`*a* _b_ http://a.b`", [code("*a* _b_ http://a.b")]),
        ("*see `a*b` there*", [bold("see ", code("a*b"), " there")]),
        ("``code`` ```code```", [code("code"), " ", code("code")]),
        ("```\na\n  *b*\n```", [fence("a\n  *b*")]),
        ("so:\n```python\na\n```\nand", ["so:\n", fence("a"), "and"]),
        ("```\n> a\n\n```\n```\nb\n```", [fence("> a\n"), fence("b")]),
        ("a ```\nb\n```", ["a ```\nb\n```"]),
        ("```\na", ["```\na"]),
    ],
)
def test_nothing_is_set_off_in_code(parse, text, nodes):
    assert parse(text) == nodes


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("> a", [quote("a")]),
        ("> a\n> *b*", [quote("a\n", bold("b"))]),
        ("> a\n>\n> b", [quote("a\n\nb")]),
        ("x\n> a\ny", ["x\n", quote("a"), "y"]),
        ("> a\n\ny\n\n> b", [quote("a"), "y\n", quote("b")]),
        ("> a\n\n> b", [quote("a"), quote("b")]),
        ("\n\n> a\n\n\ny", ["\n", quote("a"), "\ny"]),
        ("> > a", [quote("> a")]),
    ],
)
def test_quotes(parse, text, nodes):
    assert parse(text) == nodes


@pytest.mark.parametrize(
    "address",
    [
        *("http://a.b", "https://example.com:8000/a/b?c=d&e=f#g", "mailto:bob@example.com"),
        *(
            "https://example.com/a_b_c*d*e",
            "https://en.wikipedia.org/wiki/A_(b)",
            "http://a/?q=[1]",
        ),
        *("https://пример.рф/путь", "http://localhost", "http://a.b/x,y;z", "http://http://a.b"),
        "http://a.b/it's",
    ],
)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        *(("", ""), ("see ", " there"), ("(", ")"), ("see: ", "."), ('"', '", he said')),
        *(("[", "]!"), ("«", "»"), ("<", ">"), ("[it](", ")."), ("- ", "...")),
    ],
)
def test_links_are_live_without_the_sentence_around_them(parse, address, before, after):
    expected = [before, link(address), after]
    assert parse(before + address + after) == [node for node in expected if node]


def test_marks_around_a_link_and_within_it(parse):
    assert parse("*http://a.b/c_d*") == [bold(link("http://a.b/c_d"))]
    assert parse("_see http://a.b/_c_/d ok_") == [italic("see ", link("http://a.b/_c_/d"), " ok")]
    assert parse("HTTPS://A.b") == [link("HTTPS://A.b", "https://A.b")]


def test_a_link_ends_where_the_direction_of_writing_is_turned(parse):
    assert parse("http://a.b/\u202egpj.exe") == [link("http://a.b/"), "\u202egpj.exe"]
    assert parse("http://a.b/\u061c1.2") == [link("http://a.b/"), "\u061c1.2"]


@pytest.mark.parametrize(
    "piece",
    [
        *("*", "_", "`", ">", "> ", "http://", "mailto:", "```\n", "```a\n", "`a", "*a ", " *a* "),
        *("*_", "_a *b ", "http://a ", "http://a)", "http://a(", ")", "a* ", "\n", "> *a\n", "**a"),
    ],
)
@pytest.mark.parametrize("start", ["", "http://a", "*_a ", "```\n"])
def test_takes_hostile_text_in_no_time(scripts, start, piece):
    text = (start + piece * LONGEST)[:LONGEST]
    assert scripts.evaluate(TIME, [text, TRIES]) < PATIENCE
