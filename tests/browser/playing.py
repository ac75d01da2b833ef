"""Has people talk in the past. Runs within Django, in a process of its own."""

from datetime import timedelta
from unittest.mock import patch

from django.contrib.auth.models import User
from django.utils import timezone

from privatemessages import actions
from privatemessages.models import Thread
from tests.browser.talks import ME, TALKS, Talk

BEGINNING = timedelta(days=4)  # ago


class Past:
    """What time it is while this is played."""

    def __init__(self) -> None:
        self.real = timezone.now
        self.ago = BEGINNING

    def now(self):
        return self.real() - self.ago


def play() -> None:
    past = Past()
    with patch.object(timezone, "now", past.now):
        people = {person.username: person for person in User.objects.all()}
        threads = [(talk, _begin(talk, people)) for talk in TALKS]
        # What Django puts there by itself is the time of now.
        Thread.objects.update(created_at=timezone.now(), last_message_at=timezone.now())
        lines = [(line, thread) for talk, thread in threads for line in talk.lines]
        for (ago, name, text), thread in sorted(lines, key=lambda each: -each[0][0]):
            past.ago = timedelta(minutes=ago)
            actions.send_message(people[name], thread.id, text)
        for talk, thread in threads:
            _read(talk, thread, people)


def _begin(talk: Talk, people: dict[str, User]) -> Thread:
    first, *others = (people[name] for name in talk.people)
    if talk.kind == "direct":
        return actions.start_direct_thread(first, *others)[0]
    if talk.kind == "room":
        thread = actions.make_room(first, talk.title, topic=talk.topic)
        for person in others:
            actions.enter_room(person, thread.id)
        return thread
    thread = actions.make_group(first, talk.title, others)
    actions.set_topic(first, thread.id, talk.topic)
    return thread


def _read(talk: Talk, thread: Thread, people: dict[str, User]) -> None:
    thread.refresh_from_db()
    for name in talk.people:
        unread = talk.unread if name == ME else 0
        actions.mark_read(people[name], thread.id, thread.version - unread)
    if talk.is_silent:
        actions.silence(people[ME], thread.id)
