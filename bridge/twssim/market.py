"""Quotes and exchange rates of the simulated market, a function of seed, shifts and time alone.

Prices change at quarters of a second. Open, high, low and volume of a quote cover the session up to
and including the current quarter, exactly. While an exchange is closed its last quote stays.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from math import floor, nextafter

from twssim.calendar import Calendar
from twssim.contracts import ContractQuery, Instrument, Universe
from twssim.listing import Listing, Listings
from twssim.noise import randoms


@dataclass(frozen=True, slots=True)
class Quote:
    """One instrument at one moment; prices are on the tick grid, bid <= last <= ask, bid < ask.

    `close` is the previous session's close; open, high, low and volume are the session's so far.
    """

    time: float
    bid: Decimal
    ask: Decimal
    last: Decimal
    bid_size: Decimal
    ask_size: Decimal
    last_size: Decimal
    volume: Decimal
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal


class Market:
    """All prices of a universe, with random access in time; `now` is epoch seconds UTC."""

    def __init__(self, universe: Universe, seed: int, calendar: Calendar | None = None) -> None:
        """The calendar says what a session is; without one the market is open at all times."""
        self.universe = universe
        self.calendar = calendar or Calendar()
        self._listings = Listings(universe, seed)
        self._pair = lru_cache(maxsize=64)(self._find_pair)
        self._close = lru_cache(maxsize=1024)(self._find_close)

    def listing(self, con_id: int) -> Listing:
        """The price path, volume and grid behind the quotes; KeyError for an unknown con_id."""
        return self._listings[con_id]

    def quote(self, con_id: int, now: float) -> Quote:
        """The quote at `now`; KeyError for an unknown con_id."""
        listing = self._listings[con_id]
        session = self.calendar.session_at(listing.instrument, now)
        moment = min(now, nextafter(session.end, 0))
        day = listing.path.span(session.start, moment)
        bid_size, ask_size, last_size = sizes(listing, moment)
        grid = listing.grid
        return Quote(
            time=now,
            bid=grid.price(grid.bid(day.close)),
            ask=grid.price(grid.ask(day.close)),
            last=grid.price(grid.last(day.close)),
            bid_size=bid_size,
            ask_size=ask_size,
            last_size=last_size,
            volume=Decimal(listing.volume.traded(session.start, moment)),
            open=grid.price(grid.last(day.open)),
            high=grid.price(grid.last(day.high)),
            low=grid.price(grid.last(day.low)),
            close=self._close(con_id, session.date),
        )

    def rate(self, base: str, quote: str, now: float) -> Decimal:
        """How many `quote` one `base` costs at the mid price, crosses through USD, not rounded.

        ValueError for a currency without a pair against USD.
        """
        if base == quote:
            return Decimal(1)
        if "USD" not in (base, quote):
            return self.rate(base, "USD", now) * self.rate("USD", quote, now)
        pair = self._pair(base, quote)
        current = self.quote(pair.con_id, now)
        mid = (current.bid + current.ask) / 2
        return mid if pair.symbol == base else 1 / mid

    def shift(self, con_id: int, factor: Decimal, now: float) -> None:
        """Multiply the price by `factor` from `now` on; what follows this price moves with it."""
        if factor <= 0:
            raise ValueError(f"a price is shifted by a factor above 0, not by {factor}")
        self._listings[con_id].path.shift(float(factor), now)
        self._close.cache_clear()

    def _find_close(self, con_id: int, day: date) -> Decimal:
        """The close of the last session before this date."""
        listing = self._listings[con_id]
        end = self.calendar.session_before(listing.instrument, day).liquid_end
        quarter = listing.path.span(end - 900, nextafter(end, 0))  # one cell, quicker than a moment
        return listing.grid.price(listing.grid.last(quarter.close))

    def _find_pair(self, base: str, quote: str) -> Instrument:
        for symbol, currency in ((base, quote), (quote, base)):
            query = ContractQuery(symbol=symbol, sec_type="CASH", currency=currency)
            for pair in self.universe.find(query):
                return pair
        raise ValueError(f"no currency pair for {base} and {quote}; the universe needs one")


def sizes(listing: Listing, moment: float) -> tuple[Decimal, Decimal, Decimal]:
    """Bid size, ask size and last size; they change at every quarter of a second."""
    lot = listing.instrument.behaviour.typical_size
    bid, ask = randoms(listing.key, 0, floor(moment * 4), 2)
    traded = listing.volume.traded(moment, moment) or lot
    return Decimal(lot * (1 + bid % 20)), Decimal(lot * (1 + ask % 20)), Decimal(traded)
