"""Sequence numbers: which event comes next, which was seen before, and where one is missing. No input or output."""

from __future__ import annotations

from enum import Enum


class Verdict(Enum):
    """What to do with an event."""

    APPLY = "the next one: apply it"
    DUPLICATE = "seen before: drop it"
    HOLE = "one or more before it are missing: keep it and replay"
    OTHER_EPOCH = "of another history: the numbers cannot be compared"


class Gaps:
    """The place in one stream: `last` is the seq applied last, in `epoch`."""

    def __init__(self, epoch: str, last: int) -> None:
        self.epoch = epoch
        self.last = last

    def accept(self, epoch: str, seq: int) -> Verdict:
        """Judge an event; the place moves on exactly when the verdict is APPLY."""
        if epoch != self.epoch:
            return Verdict.OTHER_EPOCH
        if seq <= self.last:
            return Verdict.DUPLICATE
        if seq > self.last + 1:
            return Verdict.HOLE
        self.last = seq
        return Verdict.APPLY
