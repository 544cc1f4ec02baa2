"""Reads placeOrder in protobuf: whatever the client left out is absent, not a marker."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from twssim.contract_message import read_contract
from twssim.order_terms import ComboLeg, OrderTerms
from twssim.protobuf.order_attributes import CONDITIONS, order_attributes
from twssim.requests import PlaceOrder
from twssim.wire import UnreadableRequest, number, text


def read_place_order(message: Any) -> PlaceOrder:
    """The order with every attribute that openOrder must echo; raises UnreadableRequest."""
    return PlaceOrder(message.orderId, read_contract(message.contract), _terms(message.contract, message.order))


def _terms(contract: Any, order: Any) -> OrderTerms:
    return OrderTerms(
        action=order.action,
        total_quantity=number(order.totalQuantity) or Decimal(0),
        order_type=order.orderType,
        limit_price=_price(order, "lmtPrice"),
        aux_price=_price(order, "auxPrice"),
        tif=order.tif,
        oca_group=order.ocaGroup,
        oca_type=order.ocaType,
        account=order.account,
        order_ref=order.orderRef,
        transmit=order.transmit,
        parent_id=order.parentId,
        outside_rth=order.outsideRth,
        what_if=order.whatIf,
        rest=_rest(order),
        combo_legs=read_legs(contract),
        combo_leg_prices=_leg_prices(contract),
        smart_combo_routing=tuple(order.smartComboRoutingParams.items()),
        algo_params=tuple(order.algoParams.items()),
        delta_neutral_contract=_delta_neutral(contract),
        conditions=tuple(_condition(condition) for condition in order.conditions),
    )


def _price(order: Any, name: str) -> Decimal | None:
    return number(text(getattr(order, name))) if order.HasField(name) else None


def _rest(order: Any) -> dict[str, str]:
    rest = {name: text(getattr(order, field)) for name, field in order_attributes().items() if order.HasField(field)}
    if order.HasField("softDollarTier"):
        tier = order.softDollarTier
        rest |= {"soft_dollar_name": tier.name, "soft_dollar_value": tier.value}
    return rest


def read_legs(contract: Any) -> tuple[ComboLeg, ...]:
    """The legs of a combination, () of any other contract."""
    return tuple(_leg(leg) for leg in contract.comboLegs)


def _leg(leg: Any) -> ComboLeg:
    return ComboLeg(
        con_id=leg.conId,
        ratio=leg.ratio,
        action=leg.action,
        exchange=leg.exchange,
        open_close=leg.openClose,
        short_sale_slot=leg.shortSalesSlot,
        designated_location=leg.designatedLocation,
        exempt_code=leg.exemptCode,
    )


def _leg_prices(contract: Any) -> tuple[str, ...]:
    legs = contract.comboLegs
    if not any(leg.HasField("perLegPrice") for leg in legs):
        return ()
    return tuple(text(leg.perLegPrice) if leg.HasField("perLegPrice") else "" for leg in legs)


def _delta_neutral(contract: Any) -> tuple[str, str, str] | None:
    if not contract.HasField("deltaNeutralContract"):
        return None
    hedge = contract.deltaNeutralContract
    return text(hedge.conId), text(hedge.delta), text(hedge.price)


def _condition(condition: Any) -> tuple[str, ...]:
    names = CONDITIONS.get(condition.type)
    if names is None:
        raise UnreadableRequest(f"unknown order condition {condition.type}")
    conjunction = "a" if condition.isConjunctionConnection else "o"
    return (text(condition.type), conjunction, *(text(getattr(condition, name)) for name in names.split()))
