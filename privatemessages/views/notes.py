"""What the next page tells, once.

In the session: a project need not have `django.contrib.messages`, and its pages need not show what
that holds where ours would.
"""

from __future__ import annotations

from django.http import HttpRequest

KEY = "privatemessages.notes"
MOST = 5  # notes of a person who never looks


def leave_note(request: HttpRequest, words: str) -> None:
    request.session[KEY] = [*request.session.get(KEY, []), words][-MOST:]


def take_notes(request: HttpRequest) -> list[str]:
    notes: list[str] = request.session.pop(KEY, [])
    return notes
