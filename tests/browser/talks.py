"""What people have talked about for some days, for the pictures in the documents."""

from dataclasses import dataclass

DAY = 24 * 60  # minutes

ME, PARTNER = "Maya", "Jonas"
PEOPLE = [ME, PARTNER, "Priya", "Omar", "Lena", "Aiko", "Felix", "Ruth", "Ivo", "Nina"]


@dataclass(frozen=True)
class Talk:
    """`people`: who begins it comes first; `lines`: how many minutes ago who said what."""

    kind: str
    people: list[str]
    lines: list[tuple[int, str, str]]
    title: str = ""
    topic: str = ""
    unread: int = 0  # by me
    is_silent: bool = False  # for me


WAYS = """Two ways to the hut:
```
over the ridge   11 km   780 m up
by the lake       8 km   430 m up
```"""
HIKE = Talk(
    "group",
    [ME, PARTNER, "Priya", "Omar", "Lena"],
    [
        (DAY + 130, "Priya", "So, *who is in for Saturday?* The forecast says sun until four."),
        (DAY + 128, ME, "I am! And I can take three people in the car."),
        (DAY + 121, "Omar", "Count me in. I only need to be back by eight."),
        (DAY + 119, "Omar", "My sister has her birthday dinner."),
        (DAY + 90, PARTNER, "Then let us take the early train up and the cable car down."),
        (DAY + 88, PARTNER, "The timetable: https://trains.example.org/valley?day=saturday"),
        (64, "Lena", "Morning all! I looked at the map again."),
        (63, "Lena", WAYS),
        (58, "Priya", "> by the lake\n_Please._ My knees still remember last time."),
        (55, ME, "By the lake it is. There is that bakery at the start, too."),
        (53, PARTNER, "You had me at bakery."),
        (21, "Omar", "Does anybody have a spare pair of poles?"),
        (19, ME, "Yes, two. I bring them along."),
        (18, ME, "And the big thermos, if somebody brings coffee to put into it."),
        (9, "Lena", "I bring coffee. Meet at *7:40* at the main entrance?"),
        (6, "Priya", "Perfect. See you there!"),
        (3, ME, "See you on Saturday!"),
    ],
    title="Weekend in the hills",
    topic="Saturday, by the lake to the hut",
)
TALKS = [
    HIKE,
    Talk(
        "direct",
        [PARTNER, ME],
        [
            (DAY + 300, PARTNER, "Did the parcel arrive?"),
            (DAY + 290, ME, "Yes, the neighbours had it. Thank you so much!"),
            (12, PARTNER, "Lunch tomorrow? The new place around the corner opens."),
        ],
        unread=1,
    ),
    Talk(
        "room",
        ["Ruth", ME, "Felix", "Ivo", "Nina"],
        [
            (190, "Felix", "The oven is free again at three."),
            (44, "Ruth", "Leek soup on the stove. Help yourselves!"),
            (31, "Ivo", "Best soup this week."),
            (29, "Nina", "You say that every week, Ivo."),
        ],
        title="Kitchen",
        topic="Who cooks, and when",
        unread=3,
    ),
    Talk(
        "direct",
        ["Priya", ME],
        [
            (200, "Priya", "Could you look over the slides before noon?"),
            (170, ME, "Done. I left two remarks on page 7."),
        ],
    ),
    Talk(
        "room",
        [ME, "Aiko", "Felix"],
        [
            (DAY + 40, "Aiko", "Version 2.4 is out, with the new importer."),
            (DAY + 30, "Felix", "It reads our old files in a quarter of the time. Well done!"),
        ],
        title="Releases",
        topic="What goes out, and what came back",
        is_silent=True,
    ),
    Talk(
        "direct",
        ["Aiko", ME],
        [
            (2 * DAY, ME, "How was Osaka?"),
            (DAY + 600, "Aiko", "Wonderful. I brought you that tea you liked."),
        ],
    ),
    Talk(
        "group",
        ["Ruth", ME, "Nina", "Ivo"],
        [
            (2 * DAY + 60, "Ruth", "Next up: the one with the lighthouse. Thursday at mine?"),
            (2 * DAY + 20, "Nina", "Gladly. I am on chapter nine and cannot stop."),
        ],
        title="Book club",
    ),
    Talk(
        "direct",
        ["Omar", ME],
        [(3 * DAY, "Omar", "Thanks for the lift!"), (3 * DAY - 5, ME, "Any time.")],
    ),
    Talk(
        "room",
        ["Lena", "Felix", "Nina"],
        [(2 * DAY, "Lena", "The lower beds need water this week.")],
        title="Garden",
        topic="Beds, seeds and the key to the shed",
    ),
    Talk(
        "room",
        ["Ivo", "Ruth"],
        [(2 * DAY, "Ivo", "Tonight: a film from 1957, with subtitles.")],
        title="Film night",
        topic="Every second Friday",
    ),
]
