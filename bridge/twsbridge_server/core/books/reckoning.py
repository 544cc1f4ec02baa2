"""Average cost: what a sequence of fills makes of a position, exactly enough for any number of them."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import NamedTuple

DIGITS = 50
ZERO = Decimal(0)


class Reckoned(NamedTuple):
    """`position` is negative when short; `price` the average that it was opened at; `flow` the money that came in.

    `flow` is per multiplier of one, as `price` is.
    """

    position: Decimal = ZERO
    price: Decimal = ZERO
    flow: Decimal = ZERO

    def after(self, change: Decimal, price: Decimal) -> Reckoned:
        """After a fill: bought when `change` is positive. Closing leaves the average, a flip begins a new one."""
        with localcontext(prec=DIGITS):
            position, flow = self.position + change, self.flow - change * price
            if self.position * change >= 0:
                total = self.price * abs(self.position) + price * abs(change)
                average = total / abs(position) if position else ZERO
            elif abs(change) <= abs(self.position):
                average = self.price if position else ZERO
            else:
                average = price
        return Reckoned(position, average, flow)

    @property
    def realized(self) -> Decimal:
        """What has been made so far: the money that came in, and what the position has cost."""
        with localcontext(prec=DIGITS):
            return self.flow + self.position * self.price
