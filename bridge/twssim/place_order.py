"""placeOrder: a new order, a modification, a what-if, or a part of a group not transmitted yet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from twssim import requests as req
from twssim.account import ZERO
from twssim.combos import bag, legs_of, own_price
from twssim.commissions import Traded, order_commission
from twssim.contracts import Instrument
from twssim.lookup import NO_DEFINITION, the_instrument
from twssim.order import Order, OrderPreview
from twssim.order_checks import Proposal, Refusal, late_rejection, margin_change, ordered_parts, refusal
from twssim.order_terms import OrderTerms
from twssim.order_types import usual_spelling
from twssim.session import Session
from twssim.valuation import MAINTENANCE_PART, mark_price

if TYPE_CHECKING:
    from twssim.gateway import Gateway

CAN_BECOME = {"MKT": ("MKT", "LMT"), "LMT": ("MKT", "LMT")}


def new_order(session: Session, request: req.PlaceOrder) -> None:
    """Check an order and hand it to the exchange, or keep it until it is transmitted."""
    proposal = _proposal(session, request)
    if proposal is None or _refused(session, request, refusal(proposal)):
        return
    if request.terms.what_if:
        session.gateway.exchange.preview(_previewed(proposal, request.order_id))
        return
    order = _accept(proposal, request.order_id)
    if order.terms.transmit:
        transmit(session, order)


def _proposal(session: Session, request: req.PlaceOrder) -> Proposal | None:
    gateway = session.gateway
    instrument = _instrument(session, request)
    if instrument is None:
        return None
    account = request.terms.account
    if not account and len(gateway.accounts) > 1:
        _refused(session, request, Refusal(435, "You must specify an account."))
        return None
    account = account or gateway.settings.accounts[0]
    if account not in gateway.accounts:
        _refused(session, request, Refusal(321, f"Invalid account code '{account}'"))
        return None
    return Proposal(gateway, session.client_id, account, instrument, _sized(gateway, instrument, request.terms))


def _instrument(session: Session, request: req.PlaceOrder) -> Instrument | None:
    if request.contract.sec_type != "BAG":
        return the_instrument(session, request.order_id, request.contract)
    try:
        legs = legs_of(session.gateway.universe, request.terms.combo_legs)
    except ValueError:
        legs = ()
    if not legs:
        _refused(session, request, Refusal(200, NO_DEFINITION))
        return None
    contract = request.contract
    return bag(contract.symbol, contract.currency or legs[0].instrument.currency, contract.exchange)


def _sized(gateway: Gateway, instrument: Instrument, terms: OrderTerms) -> OrderTerms:
    """A currency order may name its size in the other currency: cashQty at the middle of the market."""
    cash = terms.amount("cash_qty")
    if terms.total_quantity or cash is None or instrument.sec_type != "CASH":
        return terms
    price = terms.limit_price or mark_price(instrument, gateway.market.quote(instrument.con_id, gateway.now))
    step = instrument.size_increment
    return replace(terms, total_quantity=(cash / price) // step * step)


def _refused(session: Session, request: req.PlaceOrder, found: Refusal | None) -> bool:
    if found is not None:
        session.reject(request.order_id, found.code, found.text)
    return found is not None


def _accept(proposal: Proposal, order_id: int) -> Order:
    gateway = proposal.gateway
    parent = gateway.orders.find(proposal.client_id, proposal.terms.parent_id)
    terms = proposal.terms
    if parent is not None and not terms.oca_group:
        terms = replace(terms, oca_group=str(parent.perm_id), oca_type=3)
    order = Order(
        client_id=proposal.client_id,
        order_id=order_id,
        perm_id=gateway.orders.new_perm_id(),
        account=proposal.account,
        instrument=proposal.instrument,
        terms=terms,
        combo_limit=own_price(legs_of(gateway.universe, terms.combo_legs), terms),
    )
    gateway.orders.add(order)
    gateway.reports.accepted(order)
    return order


def transmit(session: Session, order: Order) -> None:
    """Send an order to the exchange, and with it the parent it waits for and its siblings."""
    gateway = session.gateway
    family = [order]
    parent = gateway.orders.find(order.client_id, order.terms.parent_id)
    if parent is not None:
        family = [parent, *gateway.orders.children(parent)]
    for member in family:
        held_back = not member.terms.transmit
        if held_back:
            member.terms = replace(member.terms, transmit=True)
            gateway.reports.modified(member)
        if held_back or member is order:
            _submit(session, member)


def _submit(session: Session, order: Order) -> None:
    gateway = session.gateway
    proposal = Proposal(gateway, order.client_id, order.account, order.instrument, order.terms, order)
    reason = None if order.terms.parent_id else late_rejection(proposal)
    if reason is None:
        gateway.exchange.submit(order)
    else:
        gateway.exchange.reject(order, reason)


def modify_order(session: Session, request: req.PlaceOrder, order: Order) -> None:
    """The same order id again: new terms for a working order, or its transmission."""
    proposal = _proposal(session, request)
    if proposal is None:
        return
    proposal = replace(proposal, order=order)
    found = refusal(proposal) or _mismatch(proposal, order)
    if _refused(session, request, found):
        return
    if order.terms.transmit:
        _modify_working(session, proposal, order)
        return
    order.terms = _kept_group(proposal.terms, order)
    session.gateway.reports.modified(order)
    if order.terms.transmit:
        transmit(session, order)


def _modify_working(session: Session, proposal: Proposal, order: Order) -> None:
    """A change that IB refuses (201) leaves the order as it was."""
    reason = late_rejection(proposal)
    if reason is None:
        session.gateway.exchange.modify(order, _kept_group(proposal.terms, order))
    else:
        session.reject(order.order_id, 201, f"Order rejected - reason:{reason}")


def _kept_group(terms: OrderTerms, order: Order) -> OrderTerms:
    """A child keeps the group that TWS gave it."""
    if terms.oca_group:
        return terms
    return replace(terms, oca_group=order.terms.oca_group, oca_type=order.terms.oca_type)


def _mismatch(proposal: Proposal, order: Order) -> Refusal | None:
    terms, old = proposal.terms, order.terms
    if proposal.instrument.con_id != order.instrument.con_id or terms.action != old.action:
        return Refusal(105, "Order being modified does not match original order")
    if proposal.account != order.account:
        return Refusal(422, "The account and clearing attributes of an order cannot be changed.")
    now, before = usual_spelling(terms.order_type), usual_spelling(old.order_type)
    if now not in CAN_BECOME.get(before, (before,)):
        return Refusal(329, "Order modify failed. Cannot change to the new order type.")
    if (terms.tif or "DAY") not in ((old.tif or "DAY"), "IOC"):
        return Refusal(462, "Cannot change to the new Time in Force.")
    return None


def _previewed(proposal: Proposal, order_id: int) -> Order:
    """A what-if order with its margin and commission; it is never kept."""
    gateway, instrument, terms = proposal.gateway, proposal.instrument, proposal.terms
    valuation = gateway.account_streams.value(gateway.accounts[proposal.account])
    change = margin_change(proposal, valuation)
    commission = ZERO
    for part in ordered_parts(proposal, terms.total_quantity):
        usd_rate = gateway.market.rate("USD", part.instrument.currency, gateway.now)
        size = abs(part.signed)
        traded = Traded(size, size * part.price, usd_rate)
        commission += order_commission(part.instrument, traded, gateway.settings.commission_plan)
    preview = OrderPreview(
        currency=valuation.account.currency,
        init_margin_before=round(valuation.total("init_margin"), 2),
        maint_margin_before=round(valuation.maint_margin, 2),
        equity_before=round(valuation.total("net_liquidation"), 2),
        init_margin_change=round(change, 2),
        maint_margin_change=round(change * MAINTENANCE_PART, 2),
        equity_change=ZERO,
        commission=commission,
        commission_currency=instrument.currency,
    )
    return Order(
        client_id=proposal.client_id,
        order_id=order_id,
        perm_id=0,
        account=proposal.account,
        instrument=instrument,
        terms=terms,
        preview=preview,
    )
