"""What is known of one series of bars while somebody wants it: blocks, the newest bars, and what is still missing."""

from __future__ import annotations

from bisect import bisect_left, insort

from twsbridge_server.core.history.blocks import Block
from twsbridge_server.core.history.spans import Span, Spans


class Held:
    """Blocks that do not overlap, and the tail: what TWS told last of the time that is not over."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._spans = Spans()
        self.tail: Block | None = None

    def add(self, block: Block) -> None:
        """Take in what was not known of the span of this block."""
        for start, end in self._spans.missing(block.start_us, block.end_us):
            insort(self._blocks, block.cut(start, end), key=lambda each: each.start_us)
        self._spans.add(block.start_us, block.end_us)

    def rest(self) -> None:
        """Nobody wants it any more: keep the tail alone."""
        self._blocks, self._spans = [], Spans()

    def missing(self, span: Span, tail: Block | None = None) -> list[Span]:
        """What of a span has to be asked for, oldest first, if this tail holds."""
        start, end = span
        return self._spans.missing(start, max(start, min(end, tail.start_us)) if tail is not None else end)

    def blocks(self, span: Span, tail: Block | None = None) -> list[Block]:
        """What is known of a span, oldest first, with this tail or without one."""
        start, end = span
        until = min(end, tail.start_us) if tail is not None else end
        known = [block.cut(start, until) for block in self._blocks if block.start_us < until and block.end_us > start]
        return [*known, tail.cut(start, end)] if tail is not None and until < end else known

    def begins_bar(self, point: int) -> bool:
        """Whether a known bar begins here: then what comes before it ends exactly here."""
        at = bisect_left(self._blocks, point, key=lambda each: each.start_us)
        candidates = [*self._blocks[at : at + 1], *([self.tail] if self.tail is not None else [])]
        return any(len(each) and each.columns["time_us"][0] == point for each in candidates)
