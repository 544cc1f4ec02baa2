"""Answers to what-if orders: ibapi's OrderState as a preview."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import ibapi.order_state

from twsbridge.protocol.what_if import Preview
from twsbridge_server.tws.attributes import camel, read_model
from twsbridge_server.tws.unset import money, size, text

NAMES = {
    "commission": "commissionAndFees",
    "min_commission": "minCommissionAndFees",
    "max_commission": "maxCommissionAndFees",
    "commission_currency": "commissionAndFeesCurrency",
}
"""Fields that are not IB's attribute in snake_case."""


def preview_from_tws(said: ibapi.order_state.OrderState) -> Preview:
    """What TWS expects of an order. Margins come as texts, some of them as numbers; what is not set is left out."""
    fields = {}
    for field, model in Preview.model_fields.items():
        value = getattr(said, NAMES.get(field, _attribute(field)), None)
        known = text(value or "") if model.get_default() == "" else _amount(value)
        if known is not None:
            fields[field] = known
    return read_model(Preview, fields)


def _attribute(field: str) -> str:
    return camel(field).replace("OutsideRth", "OutsideRTH")


def _amount(value: str | float | Decimal | None) -> Decimal | None:
    """An amount, or None for what is not set or no number at all."""
    try:
        return money(value) if isinstance(value, float) else size(value)
    except InvalidOperation:
        return None
