"""How far a download is, and how long it may take."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from twsbridge.download.calendar import Piece
from twsbridge.protocol.bar_sizes import SIZES, SMALL

SECONDS_OF_SMALL = 12.0
"""TWS allows 60 requests for small bars in ten minutes, of which the bridge leaves ten to people."""

SECONDS_OF_OTHER = 2.0
SESSION_S, DAY_S = 23_400, 86_400
WORKING_DAYS = 5 / 7
PARALLEL = 4
"""So many contracts at a time: TWS slows down whoever asks for much at once."""


class DownloadProgress(NamedTuple):
    """`share` goes from 0 to 1. So many requests to TWS at most, about: fewer where the bridge has the bars."""

    share: float
    requests: int
    bars: int
    seconds: float
    left_s: float | None
    now: str = ""


Hear = Callable[[DownloadProgress], None]


def requests_for(bar_size: str, use_rth: bool, pieces: list[Piece]) -> int:
    """How many requests to TWS these pieces cost, about."""
    size = SIZES[bar_size]
    if size.unit == "D":
        return sum(-(-piece.days // size.step) for piece in pieces)
    a_day = -(-(SESSION_S if use_rth else DAY_S) // size.step)
    return round(sum(piece.days for piece in pieces) * WORKING_DAYS * a_day)


def seconds_for(bar_size: str, is_double: bool, requests: list[int]) -> float:
    """How long so many requests for each contract take when nobody else asks, about. `is_double`: bid and ask."""
    if bar_size in SMALL:
        return sum(requests) * SECONDS_OF_SMALL * (2 if is_double else 1)
    return max([sum(requests) / PARALLEL, *requests], default=0) * SECONDS_OF_OTHER


@dataclass(slots=True)
class Tally:
    """Adds up what is done of so many requests, and for how long it has gone on."""

    requests: int
    expected_s: float
    begun: float = 0.0
    bars: int = 0

    def __post_init__(self) -> None:
        self.begun = time.monotonic()

    def progress(self, done: float, now: str) -> DownloadProgress:
        """The progress once so many of the requests are done."""
        seconds = time.monotonic() - self.begun
        share = min(1.0, done / self.requests) if self.requests else 1.0
        left_s = seconds * (1 - share) / share if share else self.expected_s
        return DownloadProgress(share, self.requests, self.bars, seconds, left_s, now)
