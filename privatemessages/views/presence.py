"""Who is there now, as far as anybody can tell: the page is as good without it."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import history
from ..errors import Unavailable
from ..history import Present, ThreadCard
from ..models import Thread

NAMED = 6  # people


def here_now(person: AbstractBaseUser, card: ThreadCard) -> str:
    """In words; empty where nobody is there, or nobody knows. Raises NotFound."""
    if card.kind == Thread.Kind.DIRECT:
        return ""
    try:
        present = history.present(person, card.id)
    except Unavailable:
        return ""
    return _in_words(present, present.count) if present.count else ""


def _in_words(present: Present, count: int) -> str:
    names = [person.name for person in present.people[:NAMED]]
    if more := count - len(names):
        names.append(ngettext("%(count)s more", "%(count)s more", more) % {"count": more})
    return _("Here now: %(names)s") % {"names": ", ".join(names)}
