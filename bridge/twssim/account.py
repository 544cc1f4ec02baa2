"""Money of one account: cash per currency, and positions at average cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from twssim.contracts import Instrument

ZERO = Decimal(0)


def multiplier(instrument: Instrument) -> Decimal:
    """Units of the underlying per contract."""
    return Decimal(instrument.multiplier or 1)


@dataclass(slots=True)
class Position:
    """What an account holds of one instrument, amounts in the instrument's currency.

    `cost` is what the open quantity has cost in all, commissions included, negative when short;
    `fees` is the part of it that was commission. The `day_` figures belong to the session of `day`:
    the quantity at its start, what its trades have paid, commissions included, and what they realised.
    """

    instrument: Instrument
    quantity: Decimal = ZERO
    cost: Decimal = ZERO
    fees: Decimal = ZERO
    realized_pnl: Decimal = ZERO
    day: date | None = None
    day_quantity: Decimal = ZERO
    day_paid: Decimal = ZERO
    day_realized: Decimal = ZERO

    def begin_day(self, day: date) -> None:
        """From now on trades belong to the session of this date."""
        if day != self.day:
            self.day, self.day_quantity, self.day_paid, self.day_realized = day, self.quantity, ZERO, ZERO

    def realized_on(self, day: date) -> Decimal:
        """The P&L realised in the session of this date, if it is the latest."""
        return self.day_realized if day == self.day else ZERO

    def daily_pnl(self, day: date, price: Decimal, last_close: Decimal) -> Decimal:
        """What the position has gained since the session before this date closed, commissions taken off."""
        units = multiplier(self.instrument)
        before, paid = (self.day_quantity, self.day_paid) if day == self.day else (self.quantity, ZERO)
        return self.quantity * price * units - before * last_close * units - paid

    @property
    def average_cost(self) -> Decimal:
        """Cost of one unit (of one contract where there is a multiplier), 0 when flat."""
        return self.cost / self.quantity if self.quantity else ZERO

    def trade(self, quantity: Decimal, price: Decimal, commission: Decimal) -> Decimal | None:
        """Book a signed quantity; returns the P&L realised by what was closed, None if nothing."""
        closed = -_towards_zero(self.quantity, quantity)
        fee_per_unit = commission / abs(quantity)
        realized = self._close(closed, price, fee_per_unit) if closed else None
        opened = quantity - closed
        self.day_paid += quantity * price * multiplier(self.instrument) + commission
        value = opened * price * multiplier(self.instrument)
        self.quantity += opened
        self.cost += value + fee_per_unit * abs(opened)
        self.fees += fee_per_unit * abs(opened)
        return realized

    def _close(self, quantity: Decimal, price: Decimal, fee_per_unit: Decimal) -> Decimal:
        whole = quantity == -self.quantity
        part = Decimal(1) if whole else -quantity / self.quantity
        cost, fees = self.cost * part, self.fees * part
        proceeds = -quantity * price * multiplier(self.instrument)
        realized = proceeds - cost - fee_per_unit * abs(quantity)
        self.quantity += quantity
        self.cost -= cost
        self.fees -= fees
        self.realized_pnl += realized
        self.day_realized += realized
        return realized


def _towards_zero(held: Decimal, traded: Decimal) -> Decimal:
    """How much of a held quantity a trade closes, with the sign of the holding."""
    if held * traded >= 0:
        return ZERO
    closed = min(abs(held), abs(traded))
    return closed if held > 0 else -closed


@dataclass(slots=True)
class Account:
    """One account of the login."""

    name: str
    currency: str
    cash: dict[str, Decimal]
    positions: dict[int, Position] = field(default_factory=dict)

    def position(self, instrument: Instrument) -> Position:
        """The position in an instrument, made when there was none."""
        return self.positions.setdefault(instrument.con_id, Position(instrument))

    def trade(self, instrument: Instrument, quantity: Decimal, price: Decimal, commission: Decimal) -> Decimal | None:
        """Book a fill of a signed quantity: position, cash and commission together.

        Returns the realised P&L, None when the fill only opened or enlarged the position.
        """
        position = self.position(instrument)
        fees_before = position.fees
        realized = position.trade(quantity, price, commission)
        value = quantity * price * multiplier(instrument)
        if instrument.sec_type == "FUT":
            fees_opened = position.fees - fees_before
            self._pay(instrument.currency, -(realized or ZERO) + fees_opened)
            return realized
        self._pay(instrument.currency, value + commission)
        if instrument.sec_type == "CASH":
            self._pay(instrument.symbol, -quantity)
        return realized

    def _pay(self, currency: str, amount: Decimal) -> None:
        self.cash[currency] = self.cash.get(currency, ZERO) - amount
