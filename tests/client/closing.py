"""What a close code asks of a client. Pure."""

from random import Random

BACKOFF_FLOOR = 0.5  # s
BACKOFF_CEILING = 30.0  # s
FLOOD_WAIT = 30.0  # s
SIGN_IN_WAIT = 1.0  # s

FLOOD = 4005
NOT_SIGNED_IN = 4501
FINAL = range(4500, 5000)
BROKEN = 1006


def pause_after(code: int, attempt: int, chance: Random) -> float | None:
    """Seconds until the next attempt, with full jitter; None: no more. `attempt` counts from 0."""
    if code in FINAL and code != NOT_SIGNED_IN:
        return None
    longer = {FLOOD: FLOOD_WAIT, NOT_SIGNED_IN: SIGN_IN_WAIT}.get(code, 0.0)
    return longer + chance.random() * min(BACKOFF_CEILING, BACKOFF_FLOOR * 2**attempt)
