"""Why a message that was accepted was not told to be stored: only who looks at all places knows."""

from __future__ import annotations

from .. import history
from ..actions.probing import Probe
from ..broker.outboxes import Outbox
from ..errors import Unavailable
from ..wiring import broker
from .words import ground, road


def why_not_stored(probe: Probe, number: int, url: str) -> str:
    if _is_stored(probe, number):
        return road.stored_and_not_told(url)
    try:
        waits = broker().outboxes.holds(probe.thread_id, probe.identity(number))
        states = broker().outboxes.states()
    except Unavailable as error:
        return ground.no_redis(error)
    if not waits:
        return road.ELSEWHERE
    return _why_not_saved(probe, states)


def _why_not_saved(probe: Probe, states: list[Outbox]) -> str:
    own = states[probe.thread_id % len(states)]
    waiting = sum(state.waiting for state in states)
    if own.holder is None:
        return road.nobody_saves(waiting)
    return road.saving_fails(waiting)


def _is_stored(probe: Probe, number: int) -> bool:
    page = history.messages(probe.person, probe.thread_id)
    return any(message.id == probe.message_id(number) for message in page.messages)
