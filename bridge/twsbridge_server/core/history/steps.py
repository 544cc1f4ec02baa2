"""One request to TWS on the way to what is wanted: which span it is about, and what its answer proves."""

from __future__ import annotations

from dataclasses import dataclass

from twsbridge.protocol.bar_sizes import SIZES
from twsbridge.protocol.models import Contract
from twsbridge_server.core.calls import ReqHistoricalData
from twsbridge_server.core.history.bar_sizes import ADJUSTED, DAY_US, Ask, ask_for
from twsbridge_server.core.history.blocks import SeriesKey
from twsbridge_server.core.history.held import Held
from twsbridge_server.core.history.scale import Scale, end_text
from twsbridge_server.core.history.spans import Span

WHOLE_LIFE = 36_500
"""Days: ADJUSTED_LAST can only be asked for up to now, so it is asked for at once."""

PROBE = Ask("10 Y", 3_650 * DAY_US)


@dataclass(frozen=True, slots=True)
class Step:
    """Ask for the end of `span`. `end` None is now. A probe asks for daily bars, to learn where there are any."""

    span: Span
    end: int | None
    ask: Ask
    is_live: bool = False
    exact: str = ""
    is_probe: bool = False

    def call(self, key: SeriesKey, contract: Contract) -> ReqHistoricalData:
        """The request."""
        return ReqHistoricalData(
            req_id=0,
            contract=contract,
            end=end_text(self.end),
            duration=self.ask.duration,
            bar_size="1 day" if self.is_probe else key.bar_size,
            what_to_show=key.what_to_show,
            use_rth=key.use_rth,
        )

    @property
    def is_whole(self) -> bool:
        """Whether the answer is about all of the span, so that what it lacks does not exist."""
        return self.ask.covers_us >= self.span[1] - self.span[0]


class Steps:
    """Makes the steps of one series; `halve` after TWS found one too long."""

    def __init__(self, key: SeriesKey, scale: Scale) -> None:
        self._key = key
        self._scale = scale
        self._step = WHOLE_LIFE if key.what_to_show == ADJUSTED else SIZES[key.bar_size].step

    def halve(self) -> bool:
        """Ask for less at once from now on; False when it cannot be less."""
        self._step //= 2
        return self._step >= 1 and self._key.what_to_show != ADJUSTED

    def toward(self, held: Held, span: Span, now: int, days: int = 0) -> Step:
        """The next request for the end of this span, for at most so many days of bars."""
        wanted = span[1] - span[0]
        ask = ask_for(self._key.bar_size, min(wanted, days * DAY_US) if days else wanted, self._step)
        return Step(span, self._end(held, span[1], now), ask, is_live=span[1] >= self._scale.present(now))

    def exactly(self, duration: str, end: int | None, now: int) -> Step:
        """A request in the words of the caller."""
        point = self._scale.present(now) if end is None else end
        at = None if end is None else self._instant(self._scale.whole(end), now)
        return Step((0, point), at, Ask(duration, 0), is_live=end is None, exact=duration)

    def probe(self, held: Held, span: Span, now: int) -> Step:
        """Look for the last day with bars in a span whose end has none."""
        return Step(span, self._end(held, span[1], now), PROBE, is_probe=True)

    def _end(self, held: Held, point: int, now: int) -> int | None:
        if point >= self._scale.present(now):
            return None
        return self._instant(point if held.begins_bar(point) else self._scale.whole(point), now)

    def _instant(self, point: int, now: int) -> int | None:
        instant = self._scale.instant(point)
        return None if instant >= now else instant
