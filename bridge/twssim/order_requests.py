"""Handlers of requests about orders and executions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twssim import answers as ans
from twssim import requests as req
from twssim.binding import BINDER, bind_automatically, bind_working
from twssim.execution_requests import HANDLERS as EXECUTION_HANDLERS
from twssim.order import Order
from twssim.place_order import modify_order, new_order
from twssim.session import Session

READ_ONLY = "The API interface is currently in Read-Only mode."


def _read_only(session: Session, order_id: int) -> bool:
    if session.gateway.settings.read_only:
        session.reject(order_id, 321, READ_ONLY)
    return session.gateway.settings.read_only


def _place_order(session: Session, request: req.PlaceOrder) -> None:
    if _read_only(session, request.order_id):
        return
    orders = session.gateway.orders
    known = orders.find(session.client_id, request.order_id)
    if known is None:
        if not request.terms.what_if and request.order_id < orders.next_valid_id(session.client_id):
            session.reject(request.order_id, 103, "Duplicate order id")
        else:
            new_order(session, request)
    elif known.done:
        code, text = _finished(known)
        session.reject(request.order_id, code, text)
    else:
        modify_order(session, request, known)


def _finished(order: Order) -> tuple[int, str]:
    if order.filled == order.terms.total_quantity:
        return 104, "Cannot modify a filled order."
    return 103, "Duplicate order id"


def _cancel_order(session: Session, request: req.CancelOrder) -> None:
    gateway, order_id = session.gateway, request.order_id
    if _read_only(session, order_id):
        return
    order = gateway.orders.find(session.client_id, order_id)
    if order is None and gateway.settings.cross_client_cancel:
        order = gateway.orders.find_of_any_client(order_id)
    if order is None:
        text = f"OrderId {order_id} that needs to be cancelled is not found."
        session.reject(order_id, 10147, text)
    elif order.done or order.status == "PendingCancel":
        text = f"OrderId {order_id} that needs to be cancelled can not be cancelled, "
        session.reject(order_id, 10148, f"{text}state: {order.status}.")
    else:
        gateway.exchange.cancel(order)


def _global_cancel(session: Session, request: req.GlobalCancel) -> None:
    if _read_only(session, -1):
        return
    for order in session.gateway.orders.working():
        if order.status != "PendingCancel":
            session.gateway.exchange.cancel(order)


def _send_open(session: Session, orders: list[Order]) -> None:
    for order in orders:
        session.send(ans.OpenOrder(order))
        session.send(ans.OrderStatus(order))
    session.send(ans.OpenOrderEnd())


def _open_orders(session: Session, request: req.RequestOpenOrders) -> None:
    if _read_only(session, -1):
        return
    if session.client_id == BINDER:
        bind_working(session)
    _send_open(session, session.gateway.orders.working(session.client_id))


def _all_open_orders(session: Session, request: req.RequestAllOpenOrders) -> None:
    if not _read_only(session, -1):
        _send_open(session, session.gateway.orders.working())


def _auto_open_orders(session: Session, request: req.RequestAutoOpenOrders) -> None:
    if _read_only(session, -1):
        return
    if session.client_id != BINDER:
        session.error(-1, 327, "Only the default client (i.e 0) can auto bind orders.")
    else:
        bind_automatically(session, request.bind)


def _completed_orders(session: Session, request: req.RequestCompletedOrders) -> None:
    """With `api_only` without those that were typed in at the screen."""
    for order in session.gateway.orders:
        manual = order.client_id == BINDER and order.order_id <= 0
        if order.done and order.terms.transmit and not (request.api_only and manual):
            session.send(ans.CompletedOrder(order))
    session.send(ans.CompletedOrdersEnd())


HANDLERS: dict[type, Callable[[Session, Any], None]] = {
    req.PlaceOrder: _place_order,
    req.CancelOrder: _cancel_order,
    req.GlobalCancel: _global_cancel,
    req.RequestOpenOrders: _open_orders,
    req.RequestAllOpenOrders: _all_open_orders,
    req.RequestAutoOpenOrders: _auto_open_orders,
    req.RequestCompletedOrders: _completed_orders,
    **EXECUTION_HANDLERS,
}
