"""Orders between the protocol's models and ibapi's objects."""

from __future__ import annotations

import math
from typing import Any

import ibapi.order
from ibapi.softdollartier import SoftDollarTier as OfficialTier

from twsbridge.protocol.order import Order
from twsbridge.protocol.order_attributes import UP_TO_MID, SoftDollarTier
from twsbridge_server.core.calls import PlaceOrder
from twsbridge_server.tws.attributes import Attributes, read_model
from twsbridge_server.tws.official import made
from twsbridge_server.tws.order_conditions import condition_to_tws, conditions_from_tws
from twsbridge_server.tws.tag_values import tags_from_tws, tags_to_tws
from twsbridge_server.tws.unset import UNSET_DOUBLE, number

NO_LIMIT = frozenset({"MKT", "MOC", "MOO", "MIT", "STP", "TRAIL"})
"""Order types without a limit: TWS reports 0.0 as theirs, and at first, for a stop, a price of its own."""

NO_STOP = frozenset({"MKT", "MOC", "MOO", "MTL", "LMT", "LOC", "LOO"})
"""Order types without a stop: TWS reports 0.0 as theirs."""

NAMES = {"quantity": "totalQuantity", "limit_price": "lmtPrice", "stop_price": "auxPrice", "rule80_a": "rule80A"}
"""Fields that are not IB's attribute in snake_case."""

OWNED = {
    "orderId": "given out by the bridge: an order id is never used twice",
    "clientId": "that of the bridge's session",
    "permId": "given by TWS",
    "parentPermId": "given by TWS",
    "orderRef": "carries the client_order_id",
    "parentId": "set by the bridge for orders that are placed together",
    "transmit": "held back only inside a group of orders that is placed together",
    "whatIf": "asked for by a command of its own",
    "whatIfType": "asked for by a command of its own",
    "filledQuantity": "told by TWS",
    "slOrderId": "an order that the bridge has no intent for; place a group of orders instead",
    "slOrderType": "an order that the bridge has no intent for; place a group of orders instead",
    "ptOrderId": "an order that the bridge has no intent for; place a group of orders instead",
    "ptOrderType": "an order that the bridge has no intent for; place a group of orders instead",
}
"""Attributes of ibapi's Order that no client sets, and why."""

TAGS = {
    "algo_params": "algoParams",
    "smart_combo_routing_params": "smartComboRoutingParams",
    "order_misc_options": "orderMiscOptions",
}
OF_ITS_OWN = ("conditions", "order_combo_legs", "soft_dollar_tier", "compete_against_best_offset")

_ORDER = Attributes(Order, ibapi.order.Order, NAMES, apart=(*TAGS, *OF_ITS_OWN))
_TIER = Attributes(SoftDollarTier, OfficialTier, {"value": "val"})


def order_to_tws(call: PlaceOrder) -> ibapi.order.Order:
    """What ibapi encodes: what is not set is left out. ValueError for what ibapi does not know."""
    told, order = made(ibapi.order.Order), call.order
    _ORDER.told(order, told)
    for field, attribute in TAGS.items():
        setattr(told, attribute, tags_to_tws(getattr(order, field)) or None)
    told.conditions = [condition_to_tws(condition) for condition in order.conditions]
    told.orderComboLegs = [_leg_to_tws(price) for price in order.order_combo_legs] or None
    if order.soft_dollar_tier:
        told.softDollarTier = made(OfficialTier)
        _TIER.told(order.soft_dollar_tier, told.softDollarTier)
    offset = order.compete_against_best_offset
    if offset is not None:
        told.competeAgainstBestOffset = math.inf if isinstance(offset, str) else offset
    told.orderRef = str(call.order_ref)
    told.parentId = call.parent_id
    if call.oca_group:
        told.ocaGroup, told.ocaType = str(call.oca_group), call.oca_type
    told.transmit = call.transmit
    return told


def order_from_tws(said: ibapi.order.Order) -> Order:
    """The order as TWS has it, which is not always how it was sent."""
    fields = {"tif": "", **_ORDER.heard(said)}
    order_type = fields.get("order_type", "")
    if order_type in NO_LIMIT:
        fields["limit_price"] = None
    if order_type in NO_STOP:
        fields["stop_price"] = None
    if account := fields.get("account"):
        fields["account"] = account.strip()
    fields |= {field: tags_from_tws(getattr(said, attribute)) for field, attribute in TAGS.items()}
    fields["conditions"] = conditions_from_tws(said.conditions or ())
    fields["order_combo_legs"] = tuple(number(leg.price) for leg in said.orderComboLegs or ())
    fields["compete_against_best_offset"] = _offset(said)
    if said.softDollarTier and (tier := SoftDollarTier(**_TIER.heard(said.softDollarTier))) != SoftDollarTier():
        fields["soft_dollar_tier"] = tier
    return read_model(Order, fields)


def _leg_to_tws(price: float | None) -> Any:
    leg = made(ibapi.order.OrderComboLeg)
    leg.price = UNSET_DOUBLE if price is None else price
    return leg


def _offset(said: ibapi.order.Order) -> float | str | None:
    """ibapi writes "up to the mid-point" as infinity."""
    offset = getattr(said, "competeAgainstBestOffset", None)
    return UP_TO_MID if offset == math.inf else number(offset)
