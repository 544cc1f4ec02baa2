"""From a price path to the prices of a quote: every one of them is monotone in the path."""

from dataclasses import dataclass
from decimal import Decimal
from math import floor


@dataclass(frozen=True, slots=True)
class Grid:
    """The price grid of an instrument and its spread, which is a fixed number of ticks."""

    min_tick: Decimal
    spread: int

    def bid(self, price: float) -> int:
        """The best bid in ticks, at least 1."""
        return floor(self._ticks(price) - (self.spread - 1) / 2)

    def ask(self, price: float) -> int:
        """The best ask in ticks: the bid and the spread."""
        return self.bid(price) + self.spread

    def last(self, price: float) -> int:
        """The last trade in ticks: from bid to ask."""
        return floor(self._ticks(price) + 0.5)

    def price(self, ticks: int) -> Decimal:
        """The price of a whole number of ticks."""
        return ticks * self.min_tick

    def _ticks(self, price: float) -> float:
        return max(price / float(self.min_tick), 1 + (self.spread - 1) / 2)
