"""Commands of the message field, such as "/kick bob", and the registry for a project's own."""

from ..protocol import is_command, unescape
from .arguments import Argument, Duration, Member, Person, Text
from .calls import Answer, Call
from .registry import EVERYWHERE, GATHERINGS, Command, Registry, command, registry
from .running import answer, begin, run

__all__ = [
    "EVERYWHERE",
    "GATHERINGS",
    "Answer",
    "Argument",
    "Call",
    "Command",
    "Duration",
    "Member",
    "Person",
    "Registry",
    "Text",
    "answer",
    "begin",
    "command",
    "is_command",
    "registry",
    "run",
    "unescape",
]
