"""Where the log shows what only this tab was told."""

PLAY = """async ({ told, keys }) => {
    const { Notices } = await import("/notices.js");
    const notices = new Notices();
    for (const [text, after] of told) notices.add(text, { failed: text === "no", after });
    const rows = keys.map((key) => ({ key, text: key }));
    return notices.among(rows).map((row) => [row.text, row.state]);
}"""


def test_a_notice_stays_where_the_log_ended_when_it_came(scripts):
    told = [["first", "b"], ["no", "b"], ["in an empty log", ""]]
    rows = scripts.evaluate(PLAY, {"told": told, "keys": ["a", "b", "c"]})
    assert [text for text, _ in rows] == ["a", "b", "first", "no", "c", "in an empty log"]
    assert dict(rows)["no"] == "failed"
    assert dict(rows)["first"] == "sent"


def test_a_notice_whose_place_is_gone_comes_last(scripts):
    rows = scripts.evaluate(PLAY, {"told": [["first", "b"]], "keys": ["a", "c"]})
    assert [text for text, _ in rows] == ["a", "c", "first"]


def test_only_the_latest_are_kept(scripts):
    told = [[str(number), ""] for number in range(30)]
    rows = scripts.evaluate(PLAY, {"told": told, "keys": []})
    assert [text for text, _ in rows] == [str(number) for number in range(10, 30)]
