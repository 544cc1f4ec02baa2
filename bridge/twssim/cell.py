"""Open, high, low and close of a stretch of time, and cutting one into smaller ones."""

from collections.abc import Iterable
from typing import NamedTuple

from twssim.noise import bell, bridge

WICK = 0.85
"""How far a price reaches at most beyond open and close, in usual moves of that stretch.

At this value a second moves on average as much as its share of the yearly volatility."""


class Cell(NamedTuple):
    """What a price did in a stretch of time: low <= open, close <= high."""

    open: float
    high: float
    low: float
    close: float


def merge(cells: Iterable[Cell]) -> Cell:
    """One cell over one or more consecutive cells."""
    opens, highs, lows, closes = zip(*cells, strict=True)
    return Cell(opens[0], max(highs), min(lows), closes[-1])


def split(cell: Cell, count: int, step: float, numbers: tuple[int, ...]) -> list[Cell]:
    """Cut a cell into `count` consecutive ones that merge to exactly the same cell.

    `step` is the usual move within one part; `numbers` are 4 * count uniform 16-bit integers.
    """
    walk, ups, downs = numbers[: 2 * count], numbers[2 * count : 3 * count], numbers[3 * count :]
    moves = [step * bell(*pair) for pair in zip(walk[::2], walk[1::2], strict=True)]
    points = bridge(cell.open, cell.close, moves)
    ends = list(zip(points, points[1:], strict=False))
    reach = WICK * step / 65536
    highs = [max(pair) + reach * (up + 1) for pair, up in zip(ends, ups, strict=True)]
    lows = [min(pair) - reach * (down + 1) for pair, down in zip(ends, downs, strict=True)]
    return _fit(cell, points, highs, lows)


def _fit(cell: Cell, points: list[float], highs: list[float], lows: list[float]) -> list[Cell]:
    """Squeeze what lies beyond open and close so that high and low are just reached."""
    top, bottom = max(cell.open, cell.close), min(cell.open, cell.close)
    peak, trough = max(highs), min(lows)
    up = (cell.high - top) / (peak - top) if peak > top else 0.0
    down = (bottom - cell.low) / (bottom - trough) if trough < bottom else 0.0

    def fit(value: float) -> float:
        if value > top:
            return min(cell.high, top + (value - top) * up)
        if value < bottom:
            return max(cell.low, bottom - (bottom - value) * down)
        return value

    fitted = [fit(value) for value in points]
    tops, bottoms = [fit(value) for value in highs], [fit(value) for value in lows]
    tops[highs.index(peak)], bottoms[lows.index(trough)] = cell.high, cell.low
    return [Cell(*part) for part in zip(fitted, tops, bottoms, fitted[1:], strict=False)]
