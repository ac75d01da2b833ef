"""What is completed at the cursor."""

import pytest

from privatemessages.commands.parsing import Words

CALL = """async ([name, ...values]) => (await import("/completion.js"))[name](...values)"""


def command(name, *, takes_member=False):
    usage = f"/{name} …"
    return {"name": name, "usage": usage, "help": f"to {name}", "takes_member": takes_member}


COMMANDS = [
    command("kick", takes_member=True),
    command("help"),
    command("topic"),
    command("who"),
]


@pytest.fixture
def call(scripts):
    return lambda *words: scripts.evaluate(CALL, words)


@pytest.mark.parametrize(
    ("before", "kind", "query", "start"),
    [
        ("/", "command", "", 0),
        ("/ki", "command", "ki", 0),
        ("  /ki", "command", "ki", 2),
        ("/kick ", "argument", "", 6),
        ("/Kick @bo", "argument", "bo", 6),
        ("/kick  бо", "argument", "бо", 7),
        ("@", "mention", "", 0),
        ("hello @bo", "mention", "bo", 6),
        ("one\n@bo", "mention", "bo", 4),
        ("/topic for @bo", "mention", "bo", 11),
        (":sm", "emoji", "sm", 0),
        ("hello :sm", "emoji", "sm", 6),
        ("😀:sm", "emoji", "sm", 2),
        ("(:Heart_e", "emoji", "Heart_e", 1),
        (":+1", "emoji", "+1", 0),
        ("/topic :sm", "emoji", "sm", 7),
    ],
)
def test_completes_commands_their_people_names_and_emoji(call, before, kind, query, start):
    expected = {"kind": kind, "query": query, "start": start}
    assert call("wantedAt", before, COMMANDS) == expected


@pytest.mark.parametrize(
    "before",
    [
        *("", "hello", "//", "//ki", "a /ki", "/kick bob too", "/topic b", "me@here", "@bob "),
        *(
            "/a/b",
            ":",
            ":s",
            ":)",
            ":-)",
            ":10",
            "12:30",
            "a:sm",
            "::sm",
            "http://ab",
            "`:sm",
            ": sm",
        ),
        *(":sm ", ":см"),
    ],
)
def test_completes_nothing_else(call, before):
    assert call("wantedAt", before, COMMANDS) is None


def test_offers_the_commands_that_begin_like_this(call):
    assert [option["name"] for option in call("commandOptions", COMMANDS, "")] == [
        *("kick", "help", "topic", "who")
    ]
    assert call("commandOptions", COMMANDS, "KI") == [
        {"name": "kick", "words": "/kick …", "help": "to kick", "insert": "/kick "}
    ]
    assert call("commandOptions", COMMANDS, "x") == []


@pytest.mark.parametrize("name", ["bob", "Bob Builder", "бо ба"])
def test_a_name_is_written_so_that_a_command_reads_it_as_one(call, name):
    [option] = call("memberOptions", [name], {"kind": "argument"})
    assert Words(option["insert"]).next() == name
    [option] = call("memberOptions", [name], {"kind": "mention"})
    assert option["insert"] == f"@{name} "


def test_what_is_written_out_is_not_completed_once_more(call):
    options = call("commandOptions", COMMANDS, "")
    assert call("chosenAtFirst", options, "ki") == 0
    assert call("chosenAtFirst", options, "KICK") == -1


def test_finds_the_names_that_were_closed_since(call):
    text = ":one: a:no: :two:\n(:three:) `:no:`"
    found = [(one["name"], one["start"]) for one in call("closedIn", text, 0)]
    assert found == [("three", 19), ("two", 12), ("one", 0)]
    assert [one["name"] for one in call("closedIn", text, 16)] == ["three", "two"]
    assert [one["name"] for one in call("closedIn", text, 17)] == ["three"]
    assert call("closedIn", text, 30) == []
