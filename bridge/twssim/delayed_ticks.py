"""What becomes of ticks when only delayed data are allowed: other tick types, a quarter of an hour late."""

from __future__ import annotations

from dataclasses import replace

from twssim.answers import Answer, TickGeneric, TickPrice, TickSize, TickString
from twssim.families.option_calculations import OptionComputation

DELAY = 900.0
"""Seconds."""
_TYPES = {
    **{1: 66, 2: 67, 4: 68, 0: 69, 3: 70, 5: 71, 6: 72, 7: 73, 8: 74, 9: 75, 14: 76},
    **{10: 80, 11: 81, 12: 82, 13: 83, 45: 88, 49: 90},
}
_TICKS = (TickPrice, TickSize, TickGeneric, TickString, OptionComputation)


def delayed(answer: Answer) -> Answer | None:
    """The delayed form of a tick, None for ticks without one; everything else as it is."""
    if not isinstance(answer, _TICKS):
        return answer
    tick_type = _TYPES.get(answer.tick_type)
    return None if tick_type is None else replace(answer, tick_type=tick_type)
