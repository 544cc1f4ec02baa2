from __future__ import annotations

from typing import get_args

from twsbridge.protocol.bar_sizes import DATED, SIZES, SMALL
from twsbridge.protocol.commands import BarSize


def test_every_bar_size_is_known_from_the_smallest_to_the_largest() -> None:
    assert list(SIZES) == list(get_args(BarSize))
    assert [size.seconds for size in SIZES.values()] == sorted(size.seconds for size in SIZES.values())
    assert all(size.unit == ("S" if name in SMALL else "D") for name, size in SIZES.items())
    assert all(SIZES[name].seconds >= 86_400 for name in DATED) and len(DATED) == 3
