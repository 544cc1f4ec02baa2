"""Turns one fill into executions: commission, cash, position and order move together."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from twssim.combos import leg_prices
from twssim.commissions import Traded, order_commission
from twssim.instrument import Instrument
from twssim.order import FILLED, SUBMITTED, Execution, Order

if TYPE_CHECKING:
    from twssim.gateway import Gateway

ADDED_LIQUIDITY, REMOVED_LIQUIDITY = 1, 2
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Part:
    """What is traded of one instrument in a fill, and what of it the order had traded before."""

    instrument: Instrument
    is_buy: bool
    shares: Decimal
    price: Decimal
    shares_before: Decimal
    value_before: Decimal


def book(gateway: Gateway, order: Order, shares: Decimal, price: Decimal) -> list[Execution]:
    """Book a fill of `shares` at `price`; afterwards everything agrees to the last digit.

    A combination gives an execution of its own, which moves no money, and one for each leg.
    """
    own = Part(order.instrument, order.terms.is_buy, shares, price, order.filled, order.fill_value)
    exec_id = gateway.orders.new_exec_id()
    made = [_executed(gateway, order, own, exec_id)]
    order.filled += shares
    order.fill_value += shares * price
    order.last_fill_price = price
    order.why_held = ""
    order.status = SUBMITTED if order.remaining else FILLED
    stem = exec_id.removesuffix("01.01")
    for number, part in enumerate(_legs(gateway, order, shares, price), start=2):
        made.append(_executed(gateway, order, part, f"{stem}{number:02}.01.01"))
    order.charged += sum((each.commission for each in made), ZERO)
    gateway.orders.executions += made
    return made


def _legs(gateway: Gateway, order: Order, shares: Decimal, price: Decimal) -> list[Part]:
    legs = gateway.legs(order)
    if not legs:
        return []
    parts = []
    prices = leg_prices(gateway.market, legs, order.terms, price, gateway.now)
    for leg, leg_price in zip(legs, prices, strict=True):
        done = [each for each in gateway.orders.executions_of(order) if each.con_id == leg.instrument.con_id]
        before = sum((each.shares for each in done), ZERO)
        value = sum((each.shares * each.price for each in done), ZERO)
        is_buy = (leg.ratio > 0) == order.terms.is_buy
        parts.append(Part(leg.instrument, is_buy, shares * abs(leg.ratio), leg_price, before, value))
    return parts


def _executed(gateway: Gateway, order: Order, part: Part, exec_id: str) -> Execution:
    cum_qty = part.shares_before + part.shares
    commission, realized = _trade(gateway, order.account, part)
    return Execution(
        exec_id=exec_id,
        time=gateway.now,
        account=order.account,
        con_id=part.instrument.con_id,
        exchange=_venue(part.instrument),
        side="BOT" if part.is_buy else "SLD",
        shares=part.shares,
        price=part.price,
        perm_id=order.perm_id,
        client_id=order.client_id,
        order_id=order.order_id,
        cum_qty=cum_qty,
        avg_price=(part.value_before + part.shares * part.price) / cum_qty,
        order_ref=order.terms.order_ref,
        last_liquidity=ADDED_LIQUIDITY if order.resting else REMOVED_LIQUIDITY,
        commission=commission,
        commission_currency=part.instrument.currency,
        realized_pnl=realized,
    )


def _trade(gateway: Gateway, account: str, part: Part) -> tuple[Decimal, Decimal | None]:
    if part.instrument.sec_type == "BAG":
        return ZERO, None
    commission = _commission(gateway, part)
    signed = part.shares if part.is_buy else -part.shares
    gateway.begin_day(account, part.instrument, gateway.now)
    return commission, gateway.accounts[account].trade(part.instrument, signed, part.price, commission)


def _venue(instrument: Instrument) -> str:
    """Where a fill happened: SMART routes to a real exchange."""
    exchange = instrument.exchange
    return instrument.primary_exchange or exchange if exchange == "SMART" else exchange


def _commission(gateway: Gateway, part: Part) -> Decimal:
    """A fill pays what the order costs after it, less what it cost before."""
    rate = gateway.market.rate("USD", part.instrument.currency, gateway.now)
    plan = gateway.settings.commission_plan
    before = order_commission(part.instrument, Traded(part.shares_before, part.value_before, rate), plan)
    quantity, value = part.shares_before + part.shares, part.value_before + part.shares * part.price
    return max(order_commission(part.instrument, Traded(quantity, value, rate), plan) - before, ZERO)
