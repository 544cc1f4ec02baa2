"""Rebuilds orders, executions, positions and cash from the ledger of an earlier run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from twssim.combos import BAG_CON_ID, bag, legs_of, own_price
from twssim.contracts import ContractQuery, Instrument
from twssim.corrections import replace_execution
from twssim.ledger import Record
from twssim.order import PENDING_SUBMIT, SUBMITTED, TERMINAL, Execution, Order
from twssim.order_terms import ComboLeg, OrderTerms

if TYPE_CHECKING:
    from twssim.gateway import Gateway


def restore(gateway: Gateway, records: list[Record]) -> None:
    """Bring a fresh gateway to the state at the end of the records."""
    for record in records:
        replay = REPLAY.get(record["record"])
        if replay is not None:
            replay(gateway, record)
    gateway.orders.forget_untransmitted()


def _started(gateway: Gateway, record: Record) -> None:
    """The same accounts begin with the cash of the first run, whatever the settings say now."""
    if record["seq"] > 1:
        return
    accounts, currency = record["accounts"], record["currency"]
    if list(gateway.accounts) != accounts or gateway.settings.currency != currency:
        raise ValueError(
            f"the ledger belongs to {', '.join(accounts)} in {currency}: start with the same "
            "accounts and base currency, or with another ledger file"
        )
    for account in gateway.accounts.values():
        account.cash[currency] = Decimal(record["cash"])


def _order(gateway: Gateway, record: Record) -> None:
    if record["event"] == "bound":
        gateway.orders.bind(gateway.orders.by_perm_id(record["perm_id"]), record["order_id"])
        return
    terms = _terms(record["terms"])
    known = gateway.orders.find(record["client_id"], record["order_id"])
    if known is not None and known.perm_id == record["perm_id"]:
        known.terms = terms
        known.combo_limit = own_price(gateway.legs(known), terms)
        return
    order = Order(
        client_id=record["client_id"],
        order_id=record["order_id"],
        perm_id=record["perm_id"],
        account=record["account"],
        instrument=_instrument(gateway, record),
        terms=terms,
        combo_limit=own_price(legs_of(gateway.universe, terms.combo_legs), terms),
    )
    gateway.orders.add(order)


def _instrument(gateway: Gateway, record: Record) -> Instrument:
    if record["con_id"] == BAG_CON_ID:
        return bag(record["contract"]["symbol"], record["contract"]["currency"], record["exchange"])
    query = ContractQuery(con_id=record["con_id"], exchange=record["exchange"])
    (instrument,) = gateway.universe.find(query)
    return instrument


def _terms(written: dict[str, Any]) -> OrderTerms:
    known = {each.name for each in fields(OrderTerms)}
    facts = {name: value for name, value in written.items() if name in known}
    for name in ("total_quantity", "limit_price", "aux_price"):
        facts[name] = None if facts[name] is None else Decimal(facts[name])
    facts["combo_legs"] = tuple(ComboLeg(**leg) for leg in facts["combo_legs"])
    facts["combo_leg_prices"] = tuple(facts["combo_leg_prices"])
    for name in ("smart_combo_routing", "algo_params", "conditions"):
        facts[name] = tuple(tuple(each) for each in facts[name])
    if facts["delta_neutral_contract"] is not None:
        facts["delta_neutral_contract"] = tuple(facts["delta_neutral_contract"])
    return OrderTerms(**facts)


def _status(gateway: Gateway, record: Record) -> None:
    order = gateway.orders.by_perm_id(record["perm_id"])
    order.status = record["status"]
    order.why_held = record["why_held"]
    if not order.acknowledged and order.status != PENDING_SUBMIT:
        order.acknowledged, order.entered = True, record["time"]
    order.triggered = record["triggered"]
    order.conditions_met |= order.status == SUBMITTED
    if order.status in TERMINAL:
        order.done_time = record["time"]


def _trailed(gateway: Gateway, record: Record) -> None:
    order = gateway.orders.by_perm_id(record["perm_id"])
    order.terms = order.terms.with_rest(trail_stop_price=record["stop_price"])
    if record["limit_price"] is not None:
        order.terms = order.terms.with_limit(Decimal(record["limit_price"]))


def _rejected(gateway: Gateway, record: Record) -> None:
    order = gateway.orders.find(record["client_id"], record["order_id"])
    if order is not None and record["code"] == 201:
        order.reject_reason = record["text"].partition("reason:")[2]


def _execution(gateway: Gateway, record: Record) -> None:
    execution = _read_execution(record)
    order = gateway.orders.by_perm_id(execution.perm_id)
    signed = execution.shares if execution.side == "BOT" else -execution.shares
    gateway.orders.executions.append(execution)
    instrument = gateway.instrument_of(execution)
    if instrument.sec_type != "BAG":
        account = gateway.accounts[execution.account]
        gateway.begin_day(execution.account, instrument, execution.time)
        account.trade(instrument, signed, execution.price, execution.commission)
    if instrument is order.instrument:
        order.filled = execution.cum_qty
        order.fill_value += execution.shares * execution.price
        order.last_fill_price = execution.price
    order.charged += execution.commission
    order.commission = order.charged
    order.commission_currency = execution.commission_currency


def _read_execution(record: Record) -> Execution:
    facts = {each.name: record[each.name] for each in fields(Execution)}
    for name in ("shares", "price", "cum_qty", "avg_price", "commission", "realized_pnl"):
        facts[name] = None if facts[name] is None else Decimal(facts[name])
    return Execution(**facts)


def _correction(gateway: Gateway, record: Record) -> None:
    (old,) = (each for each in gateway.orders.executions if each.exec_id == record["replaces"])
    replace_execution(gateway, old, _read_execution(record), record["time"])


REPLAY: dict[str, Callable[[Gateway, Record], None]] = {
    "started": _started,
    "order": _order,
    "status": _status,
    "trailed": _trailed,
    "rejected": _rejected,
    "execution": _execution,
    "correction": _correction,
}
