"""Why a message that was accepted was not told to be stored: only who looks at all places knows."""

from __future__ import annotations

from .. import history
from ..actions.probing import Probe
from ..broker.outboxes import Outbox
from ..wiring import broker
from .words import road as words


def why_not_stored(probe: Probe, number: int, url: str) -> str:
    """Raises Unavailable."""
    if _is_stored(probe, number):
        return words.stored_and_not_told(url)
    if not broker().outboxes.holds(probe.thread_id, probe.identity(number)):
        return words.ELSEWHERE
    return _why_not_saved(probe, broker().outboxes.states())


def _why_not_saved(probe: Probe, states: list[Outbox]) -> str:
    own = states[probe.thread_id % len(states)]
    waiting = sum(state.waiting for state in states)
    if own.holder is None:
        return words.nobody_saves(waiting)
    return words.saving_fails(waiting)


def _is_stored(probe: Probe, number: int) -> bool:
    page = history.messages(probe.person, probe.thread_id)
    return any(message.id == probe.message_id(number) for message in page.messages)
