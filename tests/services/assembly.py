"""Servers that are one thing."""

from abc import abstractmethod
from contextlib import ExitStack
from typing import Self


class Assembly(ExitStack):
    """All its parts run, or none: when one of them does not start, those before it are ended."""

    def __enter__(self) -> Self:
        super().__enter__()
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    @abstractmethod
    def _start(self) -> None:
        """Enters each part."""
