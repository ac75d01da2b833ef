"""What was found, step by step."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import DatabaseError, IntegrityError

from ..errors import Unavailable
from .words import ground as words

MILLISECONDS = 1000  # in a second


class Broken(Exception):
    """The road ends here: a sentence that says what it means, and what to do."""


@dataclass
class Step:
    """`about` is where or how much of it, `warnings` are what works and should not stay so."""

    name: str
    about: str = ""
    milliseconds: float = 0.0
    warnings: list[str] = field(default_factory=list)
    problem: str | None = None
    took: float | None = None  # s, where it began earlier than it was waited for


class Report:
    """`tell` is called with each step when it is over."""

    def __init__(self, tell: Callable[[Step], None]) -> None:
        self._tell = tell
        self.steps: list[Step] = []

    @property
    def is_well(self) -> bool:
        return all(step.problem is None for step in self.steps)

    @contextmanager
    def step(self, name: str, about: str = "") -> Iterator[Step]:
        """Raises Broken for whatever may be expected to break."""
        step, began = Step(name, about), time.perf_counter()
        try:
            yield step
        except Broken as broken:
            step.problem = str(broken)
            raise
        except IntegrityError as error:
            step.problem = words.still_referred_to(error)
            raise Broken(step.problem) from error
        except DatabaseError as error:
            step.problem = words.no_database(error)
            raise Broken(step.problem) from error
        except Unavailable as error:
            step.problem = words.no_redis(error)
            raise Broken(step.problem) from error
        except KeyboardInterrupt:
            step.problem = "Interrupted."
            raise
        except BaseException as error:
            step.problem = f"Nobody has expected this: {type(error).__name__}."
            raise
        finally:
            took = time.perf_counter() - began if step.took is None else step.took
            step.milliseconds = round(took * MILLISECONDS, 1)
            self.steps.append(step)
            self._tell(step)
