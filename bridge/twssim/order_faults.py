"""Orders that TWS loses, holds, doubles or misreports, ids it starts again, orders typed in at its screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from twssim import requests as req
from twssim.answers import OrderStatus
from twssim.binding import bind_new
from twssim.contracts import ContractQuery, Instrument
from twssim.order import CANCELLED, Order
from twssim.order_terms import OrderTerms
from twssim.place_order import new_order
from twssim.report_faults import requests_by
from twssim.session import Session
from twssim.stage import Action, FaultRefused, Stage, Undo, choose

MODIFY_REFUSED = "Order rejected - reason:The modification was refused"


def lose_orders(stage: Stage) -> Undo:
    """placeOrder is read and forgotten: TWS never knows of the order and answers nothing."""

    def lost(session: Session, request: req.Request, proceed: Callable[[], None]) -> None:
        if not isinstance(request, req.PlaceOrder):
            proceed()

    return requests_by(stage, "lose_orders", lost)


def hold_orders(stage: Stage) -> Undo:
    """Orders are accepted and nothing happens to them, nor is anything told; turned off, they go on."""
    tampering = stage.gateway.tampering
    tampering.held = []

    def go_on() -> None:
        held, tampering.held = tampering.held or [], None
        for action in held:
            action()

    return go_on


def _modified_order(session: Session, request: req.Request) -> Order | None:
    """The working order that a request would change."""
    if not isinstance(request, req.PlaceOrder):
        return None
    order = session.gateway.orders.find(session.client_id, request.order_id)
    return order if order is not None and order.working else None


def cancelled_for_modify(stage: Stage, error_first: bool = True) -> Undo:
    """A change of a working order is refused with 201 and the status Cancelled; the order works on as it was."""

    def refused(session: Session, request: req.Request, proceed: Callable[[], None]) -> None:
        order = _modified_order(session, request)
        if order is None:
            proceed()
            return
        cancelled = OrderStatus(replace(order, status=CANCELLED, why_held=""))
        if not error_first:
            session.send(cancelled)
        session.reject(order.order_id, 201, MODIFY_REFUSED)
        if error_first:
            session.send(cancelled)

    return requests_by(stage, "cancelled_for_modify", refused)


def duplicate_on_modify(stage: Stage) -> Undo:
    """A change of a working order makes a second order of the same id; the first one works on."""

    def doubled(session: Session, request: req.Request, proceed: Callable[[], None]) -> None:
        if isinstance(request, req.PlaceOrder) and _modified_order(session, request) is not None:
            new_order(session, request)
        else:
            proceed()

    return requests_by(stage, "duplicate_on_modify", doubled)


def reset_order_ids(stage: Stage, next_valid_id: int = 1) -> None:
    """Every client's next order id is this one again; orders keep theirs."""
    if next_valid_id < 1:
        raise FaultRefused("next_valid_id must be at least 1")
    stage.gateway.orders.restart_ids(next_valid_id)


def manual_order(
    stage: Stage, symbol: str, side: str = "BUY", quantity: str = "1", limit_price: str | None = None
) -> None:
    """An order typed in at TWS's screen: client 0, no order id until it is bound; a market order without a limit."""
    choose("side", side, "BUY", "SELL")
    gateway = stage.gateway
    size, limit = _number("quantity", quantity), limit_price and _number("limit_price", limit_price)
    terms = OrderTerms(
        action=side, total_quantity=size, order_type="LMT" if limit else "MKT", limit_price=limit or None, tif="DAY"
    )
    order = Order(
        client_id=0,
        order_id=0,
        perm_id=gateway.orders.new_perm_id(),
        account=gateway.settings.accounts[0],
        instrument=_stock(stage, symbol),
        terms=terms,
    )
    gateway.orders.add(order)
    gateway.reports.accepted(order)
    bind_new(gateway, order)
    gateway.exchange.submit(order)


def _stock(stage: Stage, symbol: str) -> Instrument:
    found = stage.gateway.universe.find(ContractQuery(symbol=symbol, sec_type="STK", exchange="SMART"))
    if not found:
        raise FaultRefused(f"there is no stock {symbol}")
    return found[0]


def _number(name: str, written: str) -> Decimal:
    try:
        number = Decimal(written)
    except InvalidOperation:
        number = Decimal(0)
    if not (number.is_finite() and number > 0):
        raise FaultRefused(f"{name} must be a number greater than zero, not '{written}'")
    return number


ACTIONS: dict[str, Action] = {
    "lose_orders": lose_orders,
    "hold_orders": hold_orders,
    "cancelled_for_modify": cancelled_for_modify,
    "duplicate_on_modify": duplicate_on_modify,
    "reset_order_ids": reset_order_ids,
    "manual_order": manual_order,
}
