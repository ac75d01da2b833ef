"""The commands of everybody who belongs."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import actions, history
from ..errors import Unavailable
from ..protocol import SLASH, Sender
from ..roles import Act
from .arguments import Text
from .calls import Call
from .registry import GATHERINGS, command

NO_TOPIC = "-"


@command("help", usage=gettext_lazy("[command]"), help=gettext_lazy("lists what can be done here"))
def tell_help(call: Call, name: str = "") -> str:
    if not name:
        return "\n".join(f"{each.usage} — {each.help}" for each in call.offered)
    asked = call.known.find(name.removeprefix(SLASH).casefold(), call.thread)
    asked.check(call.thread)
    other_names = "".join(f" ({SLASH}{alias})" for alias in asked.aliases)
    return f"{asked.usage}{other_names} — {asked.help}"


@command(
    "me", usage=gettext_lazy("text"), help=gettext_lazy("says what you are doing"), act=Act.POST
)
def act_out(call: Call, text: Text) -> str:
    actions.send_message(call.person, call.thread.id, text, kind="action")
    return ""  # what was done is to be seen already


@command(
    "topic",
    usage=gettext_lazy("[text]"),
    help=gettext_lazy("shows the topic, or sets it; a dash takes it away"),
    kinds=GATHERINGS,
)
def set_topic(call: Call, text: Text = "") -> str:
    if not text:
        return call.thread.topic or _("There is no topic.")
    topic = "" if text == NO_TOPIC else text
    actions.set_topic(call.person, call.thread.id, topic)
    return _("The topic is set.") if topic else _("There is no topic now.")


@command("who", help=gettext_lazy("tells who is here now"), kinds=GATHERINGS)
def tell_who(call: Call) -> str:
    members = call.thread.member_count
    try:
        present = history.present(call.person, call.thread.id)
    except Unavailable:
        return _("Members: %(members)s. Who is here now cannot be told at the moment.") % {
            "members": members
        }
    if present.count is None:
        return _("You hide that you are here, and so you do not see who is.")
    counted = _("Members: %(members)s. Here now: %(present)s.") % {
        "members": members,
        "present": present.count,
    }
    return "\n".join([counted, *_names(present.people, present.count)])


@command("leave", help=gettext_lazy("leaves for good"), act=Act.LEAVE)
def leave(call: Call) -> str:
    actions.leave(call.person, call.thread.id)
    return _("You do not belong to %(title)s any more.") % {"title": call.thread.title}


def _names(people: list[Sender], count: int) -> list[str]:
    """Of some of so many, in one line, or none where nobody is."""
    names = [person.name for person in people]
    more = ["…"] if count > len(names) else []
    return [", ".join(names + more)] if names else []
