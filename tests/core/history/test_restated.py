from __future__ import annotations

from array import array

import pytest

from twsbridge_server.core.history.blocks import Block
from twsbridge_server.core.history.restated import is_restated


def closes(*values: float) -> dict[str, array[int] | array[float]]:
    return {"time_us": array("q", range(len(values))), "close": array("d", values)}


@pytest.mark.parametrize(
    ("kept", "told", "said"),
    [
        ((10.0, 20.0, 30.0), (5.0, 10.0, 15.0), True),
        ((10.0, 20.0, 30.0), (10.0, 20.0, 30.0), False),
        ((10.0, 20.0, 30.0), (10.0, 20.0, 29.0), False),
        ((10.0,), (9.9,), True),
        ((10.0,), (10.0001,), False),
        ((-37.63,), (-37.63,), False),
        ((-37.63,), (-18.8,), True),
        ((), (1.0,), False),
    ],
)
def test_most_closes_have_to_differ(kept: tuple[float, ...], told: tuple[float, ...], said: bool) -> None:
    assert is_restated([Block(0, 9, closes(*kept), 1, 1)], closes(*told)) == said


def test_only_bars_that_are_in_both_count() -> None:
    assert not is_restated([Block(0, 9, {"time_us": array("q", [7]), "close": array("d", [1.0])}, 1, 1)], closes(5.0))
