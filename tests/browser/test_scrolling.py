"""A log keeps its reader in place, whatever changes around it within one frame."""

import pytest

BUILD = """async () => {
    const { Scrolling } = await import("/scrolling.js");
    const box = document.createElement("div");
    const list = document.createElement("ol");
    Object.assign(box.style, { height: "300px", overflow: "auto", overflowAnchor: "none" });
    const add = (count) => {
        for (; count; count -= 1) {
            const line = document.createElement("li");
            line.dataset.seq = list.children.length;
            line.style.height = "40px";
            list.append(line);
        }
    };
    add(50);
    box.append(list);
    document.body.replaceChildren(box);
    const scrolling = new Scrolling(box, list, new AbortController().signal);
    scrolling.toEnd();
    const frame = () => new Promise(requestAnimationFrame);
    const settle = async () => {
        for (let frames = 4; frames; frames -= 1) await frame();
        return [Math.round(box.scrollTop), scrolling.isAtEnd(), scrolling.following];
    };
    Object.assign(globalThis, { box, add, scrolling, settle });
    await settle();
}"""


@pytest.fixture
def log(scripts):
    scripts.evaluate(BUILD)
    return scripts


def test_follows_what_comes_while_its_room_shrinks(log):
    _, is_at_end, following = log.evaluate("""() => {
        scrolling.keep(() => add(5));
        box.style.height = "100px";
        return settle();
    }""")
    assert (is_at_end, following) == (True, True)


def test_follows_no_more_once_the_reader_scrolled_up_and_again_at_the_end(log):
    log.evaluate("box.scrollBy(0, -500)")
    before, _, following = log.evaluate("settle()")
    assert not following
    after, _, following = log.evaluate("""() => {
        scrolling.keep(() => add(5));
        box.style.height = "100px";
        return settle();
    }""")
    assert (after, following) == (before, False)
    log.evaluate("box.scrollTop = box.scrollHeight")
    assert log.evaluate("settle()")[1:] == [True, True]
    log.evaluate("scrolling.keep(() => add(5))")
    assert log.evaluate("settle()")[1:] == [True, True]
