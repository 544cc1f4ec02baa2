"""How the attributes that only travel with an order are called here and in protobuf."""

from __future__ import annotations

import re
from functools import cache

from google.protobuf.descriptor import FieldDescriptor

from twssim.protobuf.messages import message_class

STEERING = frozenset(
    """
    clientId orderId permId parentId parentPermId action totalQuantity orderType lmtPrice auxPrice tif
    ocaGroup ocaType account orderRef transmit outsideRth whatIf filledQuantity
    """.split()
)
"""Attributes with a place of their own in `OrderTerms` or `Order`; never among the rest."""

_IRREGULAR = {"rule80A": "rule80a"}

CONDITIONS = {
    1: "isMore price conId exchange triggerMethod",
    3: "isMore time",
    4: "isMore percent",
    5: "secType exchange symbol",
    6: "isMore volume conId exchange",
    7: "isMore changePercent conId exchange",
}
"""Type of an order condition -> its fields after the conjunction, in the order of the text wire."""


@cache
def order_attributes() -> dict[str, str]:
    """Name in `OrderTerms.rest` -> name of the protobuf field, for every simple attribute."""
    message = message_class("Order")()
    return {
        _IRREGULAR.get(field.name, snake_case(field.name)): field.name
        for field in message.DESCRIPTOR.fields
        if field.name not in STEERING and field.cpp_type != FieldDescriptor.CPPTYPE_MESSAGE
    }


def snake_case(name: str) -> str:
    """goodAfterTime -> good_after_time."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
