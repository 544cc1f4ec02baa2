"""One series of bars that somebody waits for: what to ask next, what an answer adds, when a want is met."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from twsbridge.protocol.bar_sizes import SIZES
from twsbridge.protocol.models import Contract
from twsbridge_server.core.history.bar_sizes import ADJUSTED, DAY_US
from twsbridge_server.core.history.blocks import Block, Columns, SeriesKey
from twsbridge_server.core.history.held import Held
from twsbridge_server.core.history.restated import is_restated
from twsbridge_server.core.history.scale import Scale
from twsbridge_server.core.history.spans import Span
from twsbridge_server.core.history.steps import Step, Steps
from twsbridge_server.core.history.wants import Want

QUIET_US = 5 * DAY_US
"""No market sleeps longer: an answer that ends so long before its end says nothing final about the time after."""

MOST_BEGINNINGS = 64


class Series:
    """Wants, what is held for them, and the one request or the one look into the cache that is under way."""

    def __init__(self, key: SeriesKey, contract: Contract, zone: str) -> None:
        self.key = key
        self.contract = contract
        self.scale = Scale(key.bar_size, zone)
        self.steps = Steps(key, self.scale)
        self.held = Held()
        self.wants: list[Want] = []
        self.under_way: Step | Span | None = None
        self.is_doubtful = False
        """TWS's own farms were broken while it told some of what is held."""
        self.is_restated = False
        """The last answer told other prices for bars that were held: everything before it was forgotten."""
        self._restated_us = -DAY_US
        self.looks_for: Span | None = None
        """Where TWS had no bars: a probe has to say how far back there are none."""
        self._began: dict[tuple[int | None, str], tuple[int, int]] = {}

    def tail_for(self, want: Want) -> Block | None:
        """The newest bars, if they are new enough for this want.

        What began before today was half a day when it was told, or the end of one: whoever wants its past asks again.
        """
        tail = self.held.tail
        if tail is None:
            return None
        if want.end is None:
            return tail if tail.fetched_us >= want.fresh_us else None
        is_of_today = tail.start_us >= self.final(want.begun_us)
        return tail if is_of_today and want.end + self.scale.size_us <= tail.end_us else None

    def found(self, want: Want) -> Span | None:
        """The span of the answer, once all of it is known."""
        tail = self.tail_for(want)
        end = want.end if want.end is not None else tail.end_us if tail is not None else None
        start = None if end is None else self._start(want, end)
        if start is None or end is None or self.held.missing((start, end), tail):
            return None
        return start, end

    def to_load(self, want: Want, now: int) -> Span | None:
        """What to look for in the cache first: nothing there is newer than what is final."""
        start = self._start(want, want.end or self.scale.present(now)) if want.exact else want.start
        final = self.final(now)
        end = final if want.end is None else min(want.end, final)
        return None if want.is_loaded or start is None or start >= end else (start, end)

    def next_step(self, want: Want, now: int) -> Step:
        """What to ask TWS for, on the way to this want."""
        if self.looks_for:
            return self.steps.probe(self.held, self.looks_for, now)
        tail = self.tail_for(want)
        end = want.end if want.end is not None else tail.end_us if tail is not None else self.scale.present(now)
        is_stale = want.end is None and tail is None
        start = self._start(want, end)
        if want.exact and (start is None or is_stale):
            return self.steps.exactly(want.exact, want.end, now)
        gaps = self.held.missing((want.start if start is None else start, end), tail)
        if is_stale and not (gaps and gaps[-1][1] == end):
            gaps.append((self.final(now), end))
        days = max(1, want.days - self._days(want, end)[1]) if want.days else 0
        return self.steps.toward(self.held, gaps[-1], now, days)

    def progress(self, want: Want, now: int) -> float:
        """How much of a want is known, from 0 to 1."""
        tail = self.tail_for(want)
        end = want.end if want.end is not None else tail.end_us if tail is not None else self.scale.present(now)
        if want.days:
            return min(1.0, self._days(want, end)[1] / want.days)
        if want.exact or end <= want.start:
            return 0.0
        missing = sum(to - since for since, to in self.held.missing((want.start, end), tail))
        return 1.0 - missing / (end - want.start)

    def final(self, now: int) -> int:
        """Before this nothing changes any more."""
        return self.scale.final(now) if self.key.what_to_show != ADJUSTED else self.scale.start(0)

    def settled(self, blocks: Sequence[Block], tail: Block | None, end: int) -> int:
        """Before this the bars of an answer, found in these blocks, are whole and do not change any more."""
        if self.is_doubtful or not blocks:
            return 0
        until = min(self.final(block.fetched_us) for block in blocks)
        return max(0, min(until, self._quiet(blocks[-1]), end if tail is None else min(end, tail.start_us)))

    def rest(self) -> None:
        """Nobody wants it any more."""
        self.held.rest()
        self.is_doubtful = False

    def take(self, step: Step, columns: Columns, server_version: int, now: int) -> list[Block]:
        """What TWS answered; returns what of it is final, to be kept."""
        self.is_restated = False
        if step.is_probe:
            self._probed(step, columns)
            return []
        self._compare(columns, now)
        start, end = step.span
        times: Sequence[int] = columns["time_us"]
        if step.is_live and times:
            end = max(end, self.scale.present(now), times[-1] + 1)
        first = times[0] if times and times[0] < end else None
        if step.exact:
            start = end if first is None else first
            self._begin(step, start, now)
        elif first is not None:
            # A bar before the span shows that TWS went through all of it.
            start = min(start, first) if step.is_whole else first
        elif not step.is_whole:
            self.looks_for = step.span
            return []
        return self._add(Block(start, end, columns, now, server_version).cut(start, end), step.is_live, now)

    def _compare(self, columns: Columns, now: int) -> None:
        """Forget all when TWS restates it, at most once a day: farms that contradict one another would never end."""
        times: Sequence[int] = columns["time_us"]
        if not times or now - self._restated_us < DAY_US:
            return
        if is_restated(self.held.blocks((times[0], min(times[-1] + 1, self.final(now)))), columns):
            self.is_restated, self._restated_us = True, now
            self.held.rest()
            self.held.tail = None
            self._began.clear()

    def _add(self, block: Block, is_live: bool, now: int) -> list[Block]:
        times: Sequence[int] = block.columns["time_us"]
        final = self.final(now)
        if not is_live:
            self.held.add(block)
        else:
            # The newest bar of all may be half a bar, whatever the clocks say.
            final = min(final, self.scale.final(self.scale.instant(times[-1]))) if times else final
            final = max(final, block.start_us)
            self.held.add(block.cut(block.start_us, final))
            self.held.tail = block.cut(final, block.end_us)
        if not times:
            return []
        kept = block.cut(block.start_us, min(final, self._quiet(block)))
        return [kept] if len(kept) else []

    def _quiet(self, block: Block) -> int:
        """So far the last bar of a block speaks for the time after it."""
        last: int = block.columns["time_us"][-1]
        return last + max(QUIET_US, 2 * self.scale.size_us)

    def _probed(self, step: Step, columns: Columns) -> None:
        """Nothing is between the last day with bars and the end of the span; without such a day, nothing at all."""
        self.looks_for = None
        start, end = step.span
        days: Sequence[int] = columns["time_us"]
        if days:
            start = max(start, min(days[-1] + 2 * DAY_US, end - self.scale.size_us))
        nothing = {name: column[:0] for name, column in columns.items()}
        self.held.add(Block(start, end, nothing, 0, 0))

    def _begin(self, step: Step, start: int, now: int) -> None:
        if len(self._began) >= MOST_BEGINNINGS:
            del self._began[next(iter(self._began))]
        self._began[None if step.is_live else step.span[1], step.exact] = (start, now)

    def _start(self, want: Want, end: int) -> int | None:
        """Where the answer begins, as far as that is known."""
        if want.exact:
            start, asked_us = self._began.get((want.end, want.exact), (None, 0))
            return start if want.end is not None or asked_us >= want.fresh_us else None
        if not want.days:
            return want.start
        start, counted = self._days(want, end)
        return start if counted >= want.days or not self._gaps(want, end) else None

    def _gaps(self, want: Want, end: int) -> list[Span]:
        return self.held.missing((want.start, end), self.tail_for(want))

    def _days(self, want: Want, end: int) -> tuple[int, int]:
        """(where the last days with bars begin, how many of the wanted ones are known without a gap)."""
        tail, gaps = self.tail_for(want), self._gaps(want, end)
        begin = gaps[-1][1] if gaps else want.start
        blocks, start, counted = self.held.blocks((begin, end), tail), end, 0
        while blocks and counted < want.days:
            times = blocks[-1].columns["time_us"]
            at = bisect_left(times, start)
            if at:
                start, counted = self.scale.day_start(times[at - 1]), counted + 1
            else:
                blocks.pop()
        if begin > start and SIZES[self.key.bar_size].unit == "S":
            counted -= 1  # A request for days gives whole ones, a request for seconds may begin within a day.
        return (max(start, begin) if counted >= want.days else begin), counted
