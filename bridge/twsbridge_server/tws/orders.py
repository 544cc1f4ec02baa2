"""Orders between the protocol's models and ibapi's objects."""

from __future__ import annotations

from decimal import Decimal

import ibapi.order

from twsbridge.protocol.models import Order
from twsbridge_server.core.calls import PlaceOrder
from twsbridge_server.tws.official import made
from twsbridge_server.tws.unset import UNSET_DOUBLE, number, size, text

NO_LIMIT = frozenset({"MKT", "MOC", "MOO", "MIT", "STP", "TRAIL"})
"""Order types without a limit: TWS reports 0.0 as theirs, and at first, for a stop, a price of its own."""

NO_STOP = frozenset({"MKT", "MOC", "MOO", "MTL", "LMT", "LOC", "LOO"})
"""Order types without a stop: TWS reports 0.0 as theirs."""


class PlainDecimal(Decimal):
    """A Decimal whose text never has an exponent: ibapi's text encoder sends `str` of it."""

    def __str__(self) -> str:
        return format(self, "f")


def order_to_tws(call: PlaceOrder) -> ibapi.order.Order:
    """What ibapi encodes: prices that are not set are left out."""
    told, order = made(ibapi.order.Order), call.order
    told.action = str(order.action)
    told.totalQuantity = PlainDecimal(order.quantity)
    told.orderType = str(order.order_type)
    told.lmtPrice = UNSET_DOUBLE if order.limit_price is None else order.limit_price
    told.auxPrice = UNSET_DOUBLE if order.stop_price is None else order.stop_price
    told.tif = str(order.tif)
    told.account = str(order.account)
    told.outsideRth = order.outside_rth
    told.goodTillDate = str(order.good_till_date)
    told.orderRef = str(call.order_ref)
    told.parentId = call.parent_id
    told.ocaGroup = str(call.oca_group)
    told.ocaType = call.oca_type
    told.transmit = call.transmit
    return told


def order_from_tws(said: ibapi.order.Order) -> Order:
    """The order as TWS has it, which is not always how it was sent."""
    order_type = text(said.orderType)
    return Order(
        action=text(said.action),
        quantity=size(said.totalQuantity) or Decimal(0),
        order_type=order_type,
        limit_price=None if order_type in NO_LIMIT else number(said.lmtPrice),
        stop_price=None if order_type in NO_STOP else number(said.auxPrice),
        tif=text(said.tif),
        account=text(said.account).strip(),
        outside_rth=bool(said.outsideRth),
        good_till_date=text(said.goodTillDate),
    )
