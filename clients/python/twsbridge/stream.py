"""What all streams have in common: they are iterators, context managers, and end when they or the client are closed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Generic, Self, TypeVar

from twsbridge.errors import Closed

T = TypeVar("T")


class Stream(ABC, Generic[T]):
    """`for item in stream` until it is closed, `stream.next(timeout)` for one item, `with stream:` to close it."""

    @abstractmethod
    def next(self, timeout: float | None = None) -> T | None:
        """The next item; None when none came within `timeout` seconds (None: wait for ever), or at the end."""

    @abstractmethod
    def close(self) -> None:
        """End every loop over this stream."""

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        try:
            item = self.next()
        except Closed:
            item = None
        if item is None:
            raise StopIteration
        return item

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
