"""Replaces an execution after the fact: cash, position, order and the ledger follow."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from twssim.order import Execution
from twssim.order_reports import execution_facts

if TYPE_CHECKING:
    from twssim.gateway import Gateway


def revised(execution: Execution, shares: Decimal, price: Decimal) -> Execution:
    """The next revision of an execution: the same id, with the digits after its last dot increased."""
    stem, _, revision = execution.exec_id.rpartition(".")
    cum_qty = execution.cum_qty - execution.shares + shares
    value = execution.avg_price * execution.cum_qty - execution.price * execution.shares + price * shares
    return replace(
        execution,
        exec_id=f"{stem}.{int(revision) + 1:02}",
        shares=shares,
        price=price,
        cum_qty=cum_qty,
        avg_price=value / cum_qty if cum_qty else Decimal(0),
    )


def replace_execution(gateway: Gateway, old: Execution, new: Execution, now: float) -> None:
    """Book `new` in place of `old` at the moment `now`; the commission stays."""
    order = gateway.orders.by_perm_id(old.perm_id)
    instrument, sign = gateway.instrument_of(old), 1 if old.side == "BOT" else -1
    if instrument.sec_type != "BAG":
        account = gateway.accounts[old.account]
        gateway.begin_day(old.account, instrument, now)
        if old.shares:
            account.trade(instrument, -sign * old.shares, old.price, Decimal(0))
        if new.shares:
            account.trade(instrument, sign * new.shares, new.price, Decimal(0))
    if instrument is order.instrument:
        order.filled += new.shares - old.shares
        order.fill_value += new.shares * new.price - old.shares * old.price
        if order.last_fill_price == old.price:
            order.last_fill_price = new.price
    executions = gateway.orders.executions
    executions[executions.index(old)] = new


def record_correction(gateway: Gateway, old: Execution, new: Execution) -> None:
    """Tell the ledger of a replaced execution, and what its account holds now."""
    gateway.ledger.append("correction", replaces=old.exec_id, **execution_facts(gateway, new))
    gateway.reports.record_holdings(new)
