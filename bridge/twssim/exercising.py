"""Exercising and lapsing options: the option leaves the account, the underlying comes in at the strike."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from twssim.account import multiplier
from twssim.contracts import Instrument
from twssim.order import FILLED, PRE_SUBMITTED, Execution, Order
from twssim.order_terms import OrderTerms

if TYPE_CHECKING:
    from twssim.gateway import Gateway

EXERCISE, LAPSE = 1, 2
ORDER_TYPES = {EXERCISE: "EXERCISE", LAPSE: "LAPSE"}
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """What a client wants done with options that it holds; `forced` also against the market."""

    client_id: int
    order_id: int
    account: str
    option: Instrument
    action: int
    quantity: Decimal
    forced: bool


def objection(gateway: Gateway, wanted: Exercise) -> str:
    """Why TWS would not do it, "" when it would; nothing is changed."""
    if wanted.option.sec_type != "OPT":
        return "Only options can be exercised or lapsed"
    if wanted.action not in ORDER_TYPES or wanted.quantity <= 0:
        return "Invalid exercise action or quantity"
    position = gateway.accounts[wanted.account].positions.get(wanted.option.con_id)
    if position is None or position.quantity < wanted.quantity:
        return f"No unlapsed position exists in this option in account {wanted.account}."
    if not wanted.forced and _in_the_money(gateway, wanted.option) != (wanted.action == EXERCISE):
        where = "out of the money" if wanted.action == EXERCISE else "in the money"
        return f"The option is {where}: set override to {ORDER_TYPES[wanted.action].lower()} it all the same"
    return ""


def _in_the_money(gateway: Gateway, option: Instrument) -> bool:
    price = gateway.market.quote(option.under_con_id, gateway.now).last
    return price > option.strike if option.right == "C" else price < option.strike


def carry_out(gateway: Gateway, wanted: Exercise) -> None:
    """Book it as two orders that fill at once, without commission: the option at 0, the underlying at the strike."""
    _fill(gateway, wanted, wanted.option, -wanted.quantity, ZERO)
    underlying = gateway.universe.by_con_id(wanted.option.under_con_id)
    if wanted.action == EXERCISE and underlying is not None:
        size = wanted.quantity * multiplier(wanted.option)
        _fill(gateway, wanted, underlying, size if wanted.option.right == "C" else -size, wanted.option.strike)


def _fill(gateway: Gateway, wanted: Exercise, instrument: Instrument, signed: Decimal, price: Decimal) -> None:
    order = _order(gateway, wanted, instrument, signed)
    gateway.orders.add(order)
    gateway.reports.accepted(order)
    gateway.reports.state(order)
    realized = gateway.accounts[wanted.account].trade(instrument, signed, price, ZERO)
    order.filled, order.fill_value, order.last_fill_price = abs(signed), abs(signed) * price, price
    order.status, order.done_time = FILLED, gateway.now
    execution = Execution(
        exec_id=gateway.orders.new_exec_id(),
        time=gateway.now,
        account=order.account,
        con_id=instrument.con_id,
        exchange=instrument.primary_exchange or instrument.exchange,
        side="BOT" if signed > 0 else "SLD",
        shares=abs(signed),
        price=price,
        perm_id=order.perm_id,
        client_id=order.client_id,
        order_id=order.order_id,
        cum_qty=abs(signed),
        avg_price=price,
        order_ref="",
        last_liquidity=0,
        commission=ZERO,
        commission_currency=instrument.currency,
        realized_pnl=realized,
    )
    gateway.orders.executions.append(execution)
    gateway.reports.fill(order, [execution])


def _order(gateway: Gateway, wanted: Exercise, instrument: Instrument, signed: Decimal) -> Order:
    """The order on the option has the client's id; the one on the underlying has none."""
    terms = OrderTerms(
        action="BUY" if signed > 0 else "SELL",
        total_quantity=abs(signed),
        order_type=ORDER_TYPES[wanted.action],
        tif="DAY",
    )
    return Order(
        client_id=wanted.client_id,
        order_id=wanted.order_id if instrument.con_id == wanted.option.con_id else 0,
        perm_id=gateway.orders.new_perm_id(),
        account=wanted.account,
        instrument=instrument,
        terms=terms,
        status=PRE_SUBMITTED,
        acknowledged=True,
    )
