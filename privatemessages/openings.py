"""A thread as it is opened, with the commands that its message field completes."""

from __future__ import annotations

from . import commands, history


class Opening(history.Opening):
    commands: list[commands.Offer]


def with_commands(found: history.Opening) -> Opening:
    offered = commands.known.offered_in(found.thread)
    return Opening(**dict(found), commands=[command.offer for command in offered])
