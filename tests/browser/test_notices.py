"""Where the log shows what only this tab was told."""

PLAY = """async ({ told, keys }) => {
    const { Notices } = await import("/notices.js");
    const notices = new Notices();
    const row = (key) => ({ key, text: key, sentAt: key.charCodeAt(0) });
    const last = (key) => (key ? row(key) : undefined);
    for (const [text, after] of told) {
        notices.add(text, { failed: text === "no", after: last(after) });
    }
    return notices.among(keys.map(row)).map((row) => [row.text, row.state]);
}"""


def test_a_notice_stays_where_the_log_ended_when_it_came(scripts):
    told = [["first", "b"], ["no", "b"], ["in an empty log", ""]]
    rows = scripts.evaluate(PLAY, {"told": told, "keys": ["a", "b", "c"]})
    assert [text for text, _ in rows] == ["in an empty log", "a", "b", "first", "no", "c"]
    assert dict(rows)["no"] == "failed"
    assert dict(rows)["first"] == "sent"


def test_a_notice_whose_row_is_gone_comes_where_it_was(scripts):
    rows = scripts.evaluate(PLAY, {"told": [["first", "b"], ["second", "d"]], "keys": ["a", "c"]})
    assert [text for text, _ in rows] == ["a", "first", "c", "second"]


def test_what_was_told_before_the_history_was_cleared_comes_before_that(scripts):
    told = [["first", "a"], ["second", "b"], ["it is cleared", "c"]]
    rows = scripts.evaluate(PLAY, {"told": told, "keys": ["c", "d"]})
    assert [text for text, _ in rows] == ["first", "second", "c", "it is cleared", "d"]


def test_only_the_latest_are_kept(scripts):
    told = [[str(number), ""] for number in range(30)]
    rows = scripts.evaluate(PLAY, {"told": told, "keys": []})
    assert [text for text, _ in rows] == [str(number) for number in range(10, 30)]
