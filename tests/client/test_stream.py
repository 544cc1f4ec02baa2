from __future__ import annotations

import pytest

from twsbridge.errors import Closed, closed
from twsbridge.stream import Stream


class Numbers(Stream[int]):
    """The numbers given, then nothing; or the end of the client."""

    def __init__(self, *numbers: int) -> None:
        self._numbers = list(numbers)
        self.is_closed = False

    def next(self, timeout: float | None = None) -> int | None:
        if self.is_closed:
            raise closed()
        return self._numbers.pop(0) if self._numbers else None

    def close(self) -> None:
        self.is_closed = True


def test_it_is_an_iterator_until_nothing_comes() -> None:
    numbers = Numbers(1, 2, 3)
    assert next(numbers) == 1
    assert list(numbers) == [2, 3]


def test_leaving_closes_it_and_a_closed_one_ends_quietly() -> None:
    with Numbers(1, 2) as numbers:
        assert next(numbers) == 1
    assert numbers.is_closed
    assert list(numbers) == []


def test_asking_a_closed_one_for_one_item_is_an_error() -> None:
    numbers = Numbers(1)
    numbers.close()
    with pytest.raises(Closed):
        numbers.next()


def test_zero_is_an_item() -> None:
    assert list(Numbers(0, 0)) == [0, 0]
