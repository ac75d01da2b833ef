"""Chance that can be had again: a failure prints its seed."""

from random import Random


def chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - no secret


def another(source: Random) -> Random:
    """For somebody of their own, so that the order in which they draw changes nothing."""
    return chance(source.getrandbits(64))
