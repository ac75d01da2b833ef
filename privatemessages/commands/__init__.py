"""Commands of the message field, such as "/kick bob", and the registry for a project's own."""

from ..errors import BadArguments
from ..protocol import is_command, unescape
from . import keeping_order, talking  # noqa: F401 - they register their commands
from .arguments import Argument, Duration, Member, Person, Text
from .calls import Answer, Call, Offer
from .registry import EVERYWHERE, GATHERINGS, Command, Registry, command, known
from .running import answer, begin, refusal, run

__all__ = [
    "EVERYWHERE",
    "GATHERINGS",
    "Answer",
    "Argument",
    "BadArguments",
    "Call",
    "Command",
    "Duration",
    "Member",
    "Offer",
    "Person",
    "Registry",
    "Text",
    "answer",
    "begin",
    "command",
    "is_command",
    "known",
    "refusal",
    "run",
    "unescape",
]
