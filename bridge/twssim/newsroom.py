"""Headlines, articles and bulletins: like the prices a function of the seed and of time alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from random import Random

from twssim.contracts import Instrument, Universe

PROVIDERS = {
    "BRFG": "Briefing.com General Market Columns",
    "BRFUPDN": "Briefing.com Analyst Actions",
    "DJNL": "Dow Jones Newsletters",
}
"""The providers whose news every login may read, by code."""

HOUR = 3600
DAY = 24 * HOUR
OLDEST_HEADLINE = 365 * DAY
"""Headlines are kept for so many seconds."""

_SENTENCES = (
    "{name} confirms its outlook for the year",
    "{name} names a new head of operations",
    "Analysts change their price target for {name}",
    "{name} to present at an industry conference",
    "Volume in {name} above its average",
    "{name} declares its quarterly dividend",
)
_BULLETINS = (
    (1, "System maintenance is scheduled for the coming weekend."),
    (2, "Trading is interrupted for technical reasons."),
    (3, "Trading has been resumed."),
)
_BULLETIN_HOURS = (8, 14, 15)
_VENUES = ("NASDAQ", "NYSE", "CBOE", "LSE", "IBIS")

REGULAR, UNAVAILABLE, AVAILABLE = 1, 2, 3
"""Types of bulletins: a notice, an exchange that cannot be reached, one that can be again."""


@dataclass(frozen=True, slots=True)
class Headline:
    """One headline about one stock; the time is epoch seconds UTC."""

    time: float
    provider: str
    article_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One bulletin of IB; `kind` is 1, 2 or 3."""

    time: float
    number: int
    kind: int
    text: str
    exchange: str


class Newsroom:
    """Writes one headline an hour about every stock, and three bulletins a day."""

    def __init__(self, universe: Universe, seed: int) -> None:
        """The same seed writes the same news."""
        self._universe = universe
        self._seed = seed

    def backwards(self, instrument: Instrument, end: float) -> Iterator[Headline]:
        """Headlines about an instrument from `end` back into the past, the newest first."""
        if instrument.sec_type != "STK":
            return
        hour = int(end // HOUR)
        for number in range(hour, hour - OLDEST_HEADLINE // HOUR, -1):
            headline = self._headline(instrument, number)
            if headline.time <= end:
                yield headline

    def next_after(self, instrument: Instrument, now: float) -> Headline | None:
        """The first headline about an instrument after a moment; None when nobody writes about it."""
        if instrument.sec_type != "STK":
            return None
        hour = int(now // HOUR)
        candidates = (self._headline(instrument, number) for number in (hour, hour + 1))
        return next(each for each in candidates if each.time > now)

    def tape_after(self, provider: str, now: float) -> Headline:
        """The first headline of a provider after a moment, about any stock."""
        stocks = [each for each in self._universe if each.sec_type == "STK"]
        hour = int(now // HOUR)
        while True:
            found = [self._headline(stock, hour) for stock in stocks]
            due = [each for each in found if each.provider == provider and each.time > now]
            if due:
                return min(due, key=lambda each: (each.time, each.article_id))
            hour += 1

    def article(self, article_id: str, now: float) -> str | None:
        """The text behind a headline; None when it has not been written."""
        provider, _, numbers = article_id.partition("$")
        try:
            con_id, number = int(numbers[:8], 16), int(numbers[8:], 16)
        except ValueError:
            return None
        instrument = self._universe.by_con_id(con_id)
        if instrument is None or instrument.sec_type != "STK":
            return None
        headline = self._headline(instrument, number)
        if (headline.article_id, headline.provider) != (article_id, provider) or headline.time > now:
            return None
        return f"<p>{headline.text}.</p><p>{PROVIDERS[provider]}, written for a simulated market.</p>"

    def _headline(self, instrument: Instrument, hour: int) -> Headline:
        chance = Random(f"news {self._seed} {instrument.con_id} {hour}")
        provider = chance.choice(list(PROVIDERS))
        text = chance.choice(_SENTENCES).format(name=instrument.long_name or instrument.symbol)
        time = hour * HOUR + chance.randrange(1, HOUR)
        return Headline(time, provider, f"{provider}${instrument.con_id:08x}{hour:06x}", text)

    def bulletins(self, start: float, end: float) -> list[Bulletin]:
        """Bulletins after `start` until `end`, the oldest first."""
        days = range(int(start // DAY), int(end // DAY) + 1)
        return [each for day in days for each in self._of_day(day) if start < each.time <= end]

    def next_bulletin(self, now: float) -> Bulletin:
        """The first bulletin after a moment."""
        return self.bulletins(now, now + 2 * DAY)[0]

    def _of_day(self, day: int) -> Iterator[Bulletin]:
        venue = Random(f"bulletins {self._seed} {day}").choice(_VENUES)
        for index, (hour, (kind, text)) in enumerate(zip(_BULLETIN_HOURS, _BULLETINS, strict=True)):
            exchange = "" if kind == REGULAR else venue
            yield Bulletin(day * DAY + hour * HOUR, day * len(_BULLETINS) + index, kind, text, exchange)


def known(codes: Collection[str]) -> bool:
    """Whether a login may read all these providers."""
    return bool(codes) and all(code in PROVIDERS for code in codes)
