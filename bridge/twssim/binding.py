"""Orders typed in at the screen of TWS, once client 0 takes them over: each gets a negative order id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twssim.families.order_bound import OrderBound
from twssim.order import Order
from twssim.streams import Stream

if TYPE_CHECKING:
    from twssim.gateway import Gateway
    from twssim.session import Session

BINDER = 0
"""The only client that may take over manual orders."""
THE_ONE = -1


@dataclass(slots=True)
class AutoBind(Stream):
    """A connection that wants new manual orders bound to it."""


def bind_automatically(session: Session, wanted: bool) -> None:
    """From now on, or no longer."""
    streams = session.subscriptions.streams
    if wanted:
        streams.add(AutoBind(THE_ONE))
    else:
        streams.close(AutoBind, THE_ONE)


def bind_working(session: Session) -> None:
    """Take over the manual orders that work now, as reqOpenOrders of client 0 does."""
    for order in session.gateway.orders.working(BINDER):
        if not order.order_id:
            _bind(session, order)


def bind_new(gateway: Gateway, order: Order) -> None:
    """Take over a manual order that has just been entered, where somebody wants it."""
    for session in gateway.sessions:
        if session.subscriptions.streams.of(AutoBind):
            _bind(session, order)


def _bind(session: Session, order: Order) -> None:
    gateway = session.gateway
    gateway.orders.bind(order)
    gateway.reports.bound(order)
    session.send(OrderBound(order.perm_id, order.client_id, order.order_id))
