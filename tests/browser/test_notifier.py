"""Which messages are told of, on the desktop and by a sound, and in which of several tabs."""

from itertools import count

import pytest

from tests.browser.conftest import serve

SECURE = "https://scripts.test/"  # elsewhere browsers have neither notifications nor locks
INSECURE = "http://scripts.test/"
ME, THREAD, OTHER_THREAD, GROUP = "1", 1, 2, 3
GRACE = 700  # ms
QUIET = 3_000  # ms
ENDS = count()

# Nothing on a desktop can be seen, nor a sound heard: this notes them.
NOTE = """
window.told = [];
window.opened = [];
window.sounds = 0;
window.Notification = class {
    static permission = "granted";
    constructor(title, { body, tag }) {
        Object.assign(this, { title, body, tag, closed: false });
        told.push(this);
    }
    close() {
        this.closed = true;
    }
};
window.AudioContext = class {
    state = "suspended";
    constructor() {
        sounds += 1;
    }
    async resume() {}
    async close() {}
};
"""

BEGIN = """async ({ choices, cards, seen }) => {
    const { Notifier } = await import("/notifier.js");
    window.choices = choices;
    window.cards = cards;
    window.notifier = new Notifier({
        choices: { get: (name) => window.choices[name] },
        me: "1",
        open: (thread) => opened.push(thread),
        card: (thread) => window.cards[thread],
    });
    notifier.message(seen, true); // all is loaded before the clock moves
    await import("/teller.js");
}"""

HEAR = "([frames, inView]) => frames.forEach((frame) => notifier.message(frame, inView))"

ON = {"notify": "on", "sound": "on"}
CARDS = {
    THREAD: {"kind": "direct", "title": "bob", "read": 4, "silent": False},
    OTHER_THREAD: {"kind": "direct", "title": "bob", "read": 0, "silent": False},
    GROUP: {"kind": "group", "title": "Tea", "read": 0, "silent": False},
}


def message(text="hello", *, thread=THREAD, sender="2", seq=None, kind="text"):
    return {
        "type": "message",
        "thread": thread,
        "sender": {"id": sender, "name": "bob"},
        "id": f"id of {text}",
        "kind": kind,
        "text": text,
        "seq": seq,
    }


class Tab:
    """One of several with one clock, which stands still until a test moves it."""

    def __init__(self, page, address):
        self.page = page
        page.clock.install(time=1_000_000)
        page.goto(address)
        page.clock.pause_at(1_001_000)

    def begin(self, **choices):
        options = {"choices": ON | choices, "cards": CARDS, "seen": message("seen")}
        self.page.evaluate(BEGIN, options)
        return self

    def hears(self, *frames, in_view=False):
        self.page.evaluate(HEAR, [[*frames], in_view])

    def reads(self, seq, thread=THREAD):
        self.page.evaluate("([thread, seq]) => notifier.read(thread, seq)", [thread, seq])

    def waits(self, wait=GRACE):
        self.page.clock.run_for(wait)

    def tells(self, *texts):
        """These and no other."""
        assert self.told() == [*texts]

    def told(self):
        """All that is told of, for one more that comes at the end is told of after it."""
        self.hears(message(f"end {next(ENDS)}", thread=OTHER_THREAD))
        self.waits()
        self.page.wait_for_function("told.at(-1)?.body.startsWith('end ') && !told.at(-1).seen")
        self.page.evaluate("told.at(-1).seen = true")
        return [text for text in self.texts() if not text.startswith("end ")]

    def texts(self):
        return self.page.evaluate("told.map(({ body }) => body)")


@pytest.fixture
def context(browser):
    context = browser.new_context()
    context.route("**/*", serve)
    context.add_init_script(NOTE)
    context.set_default_timeout(5_000)
    yield context
    context.close()


@pytest.fixture
def open_tab(context):
    return lambda address=SECURE: Tab(context.new_page(), address)


@pytest.fixture
def tab(open_tab):
    return open_tab().begin()


def test_a_message_is_told_of_once_and_not_before_others_could_say_that_it_was_read(tab):
    tab.hears(message())
    tab.waits(GRACE - 100)
    assert tab.texts() == []
    tab.hears(message(), message(seq=5))
    tab.tells("hello")
    tab.hears(message(seq=5))
    tab.tells("hello")


def test_says_who_wrote_what_and_in_a_group_where(tab):
    tab.hears(message("x" * 300))
    tab.hears(message("waves", thread=GROUP, kind="action"))
    tab.waits()
    tab.page.wait_for_function("told.length === 2")
    told = tab.page.evaluate("told.map(({ title, body, tag }) => [title, body, tag])")
    assert told == [["bob", "x" * 200, "pm:1"], ["bob · Tea", "* bob waves", "pm:3"]]


def test_nothing_is_told_of_what_i_see_wrote_or_have_read_nor_of_events(tab):
    tab.hears(message("in view"), in_view=True)
    tab.hears(message("mine", sender=ME), message("came in", kind="event"), message("old", seq=4))
    tab.tells()


def test_nothing_is_told_of_a_silent_conversation(tab):
    tab.hears(message("known to be silent later", thread=GROUP))
    tab.page.evaluate("cards[3] = { ...cards[3], silent: true }")
    tab.waits()
    tab.hears(message("known to be silent", thread=GROUP))
    tab.tells()


def test_a_conversation_without_a_card_is_told_of(tab):
    tab.hears(message(thread=77))
    tab.tells("hello")


def test_what_is_read_meanwhile_is_not_told_of(tab):
    tab.hears(message("stored", seq=5), message("stored later", seq=6), message("spoken"))
    tab.hears(message("elsewhere", thread=GROUP))
    tab.reads(5)
    tab.tells("stored later", "elsewhere")


def test_reading_takes_away_what_was_told(tab):
    tab.hears(message("one"), message("two", thread=GROUP))
    tab.tells("one", "two")
    tab.reads(5)
    tab.page.wait_for_function("told[0].closed")
    assert not tab.page.evaluate("told[1].closed")


def test_a_click_leads_to_the_conversation(tab):
    tab.hears(message(thread=GROUP))
    tab.tells("hello")
    tab.page.evaluate("told[0].onclick()")
    assert tab.page.evaluate("[opened, told[0].closed]") == [[GROUP], True]


def test_of_two_tabs_one_tells(open_tab):
    tabs = [open_tab().begin() for _ in range(2)]
    for tab in tabs:
        tab.hears(message(), message("spoken and stored"))
        tab.hears(message("spoken and stored", seq=9))
    assert sorted(tabs[0].told() + tabs[1].told()) == ["hello", "spoken and stored"]
    assert sum(tab.page.evaluate("sounds") for tab in tabs) == 1


def test_what_is_in_view_in_one_tab_is_told_of_in_none(open_tab):
    tabs = [open_tab().begin() for _ in range(2)]
    for tab in tabs:
        tab.hears(message(), in_view=tab is tabs[1])
    tabs[1].page.wait_for_function("navigator.locks.query().then(({ held }) => held.length === 2)")
    tabs[0].tells()


def test_one_sound_is_enough_for_several_messages(tab):
    tab.hears(message("one"))
    tab.tells("one")
    tab.hears(message("two"))
    tab.tells("one", "two")
    assert tab.page.evaluate("sounds") == 1
    tab.waits(QUIET)
    tab.hears(message("three"))
    tab.waits()
    tab.page.wait_for_function("sounds === 2")


def test_who_wants_no_sound_hears_none(open_tab):
    tab = open_tab().begin(sound="off")
    tab.hears(message())
    tab.tells("hello")
    assert tab.page.evaluate("sounds") == 0


def test_who_did_not_switch_it_on_is_left_alone(open_tab):
    tab = open_tab().begin()
    tab.page.evaluate("choices.notify = 'off'")
    tab.hears(message())
    tab.waits()
    tab.page.evaluate("choices.notify = 'on'")
    tab.tells()


def test_without_the_browsers_leave_there_is_only_the_sound(tab):
    tab.page.evaluate("() => { Notification.permission = 'denied'; }")
    tab.hears(message())
    tab.waits()
    tab.page.wait_for_function("sounds === 1")
    assert tab.texts() == []


def test_where_notifications_cannot_be_made_there_is_only_the_sound(tab):
    tab.page.evaluate("""() => {
        window.Notification = class {
            static permission = "granted";
            constructor() {
                throw new TypeError("Illegal constructor."); // as on Android
            }
        };
    }""")
    tab.hears(message())
    tab.waits()
    tab.page.wait_for_function("sounds === 1")


def test_on_an_insecure_page_one_of_two_tabs_sounds(open_tab):
    tabs = [open_tab(INSECURE) for _ in range(2)]
    for tab in tabs:
        tab.page.evaluate("delete window.Notification")
        assert tab.begin().page.evaluate("[self.Notification, navigator.locks]") == [None, None]
        tab.hears(message())
    for _ in range(2):  # until it may be told of, and until it is settled by whom
        tabs[0].waits()  # so does the other one: they have one clock
        tabs[0].page.wait_for_timeout(300)
    assert sum(tab.page.evaluate("sounds") for tab in tabs) == 1


def test_a_sound_that_fails_does_not_make_it_forget_what_it_told_of(tab):
    tab.page.evaluate("() => { window.AudioContext = class { constructor() { throw Error(); } }; }")
    tab.hears(message())
    tab.tells("hello")
    tab.hears(message(seq=5))
    tab.tells("hello")


def test_what_could_not_be_loaded_is_loaded_the_next_time(context):
    gone = "**/teller.js"
    context.route(gone, lambda route: route.abort())
    page = context.new_page()
    page.goto(SECURE)
    script = BEGIN.replace('await import("/teller.js");', "")
    page.evaluate(script, {"choices": ON, "cards": CARDS, "seen": message("lost")})
    page.wait_for_timeout(300)
    context.unroute(gone)
    page.evaluate(HEAR, [[message()], False])
    page.wait_for_function("told.length === 1")
