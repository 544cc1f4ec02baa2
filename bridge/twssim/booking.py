"""Turns one fill into an execution: commission, cash, position and order move together."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from twssim.commissions import order_commission
from twssim.order import FILLED, SUBMITTED, Execution, Order

if TYPE_CHECKING:
    from twssim.gateway import Gateway

ADDED_LIQUIDITY, REMOVED_LIQUIDITY = 1, 2


def book(gateway: Gateway, order: Order, shares: Decimal, price: Decimal) -> Execution:
    """Book a fill of `shares` at `price`; afterwards everything agrees to the last digit."""
    commission = _commission(gateway, order, shares, price)
    signed = shares if order.terms.is_buy else -shares
    account = gateway.accounts[order.account]
    realized = account.trade(order.instrument, signed, price, commission)
    order.filled += shares
    order.charged += commission
    order.fill_value += shares * price
    order.last_fill_price = price
    order.why_held = ""
    order.status = SUBMITTED if order.remaining else FILLED
    execution = Execution(
        exec_id=gateway.orders.new_exec_id(),
        time=gateway.now,
        account=order.account,
        con_id=order.instrument.con_id,
        exchange=_venue(order),
        side="BOT" if order.terms.is_buy else "SLD",
        shares=shares,
        price=price,
        perm_id=order.perm_id,
        client_id=order.client_id,
        order_id=order.order_id,
        cum_qty=order.filled,
        avg_price=order.avg_fill_price,
        order_ref=order.terms.order_ref,
        last_liquidity=ADDED_LIQUIDITY if order.resting else REMOVED_LIQUIDITY,
        commission=commission,
        commission_currency=order.instrument.currency,
        realized_pnl=realized,
    )
    gateway.orders.executions.append(execution)
    return execution


def _venue(order: Order) -> str:
    """Where a fill happened: SMART routes to a real exchange."""
    exchange = order.instrument.exchange
    return order.instrument.primary_exchange or exchange if exchange == "SMART" else exchange


def _commission(gateway: Gateway, order: Order, shares: Decimal, price: Decimal) -> Decimal:
    """A fill pays what the order costs after it, less what it cost before."""
    instrument = order.instrument
    rate = gateway.market.rate("USD", instrument.currency, gateway.now)
    before = order_commission(instrument, order.filled, order.fill_value, rate)
    quantity, value = order.filled + shares, order.fill_value + shares * price
    return max(order_commission(instrument, quantity, value, rate) - before, Decimal(0))
