"""What an order must be so that TWS can be given it at all: types and their prices, sizes, times in force."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

from pydantic_core import PydanticCustomError

from twsbridge.protocol.order import Order

MAX_PRICE = 1e9
MAX_QUANTITY = Decimal(10) ** 9

TIFS = ("DAY", "GTC", "IOC", "FOK", "GTD", "OPG", "AUC", "DTC")


class Has(Enum):
    """Whether orders of a type have a price of a kind."""

    NEVER = 0
    MAYBE = 1
    ALWAYS = 2


_NEVER, _MAYBE, _ALWAYS = Has.NEVER, Has.MAYBE, Has.ALWAYS

ORDER_TYPES: dict[str, tuple[Has, Has]] = {
    "MKT": (_NEVER, _NEVER),
    "LMT": (_ALWAYS, _NEVER),
    "STP": (_NEVER, _ALWAYS),
    "STP LMT": (_ALWAYS, _ALWAYS),
    "TRAIL": (_NEVER, _MAYBE),
    "TRAIL LIMIT": (_MAYBE, _MAYBE),
    "TRAIL MIT": (_NEVER, _MAYBE),
    "TRAIL LIT": (_MAYBE, _MAYBE),
    "MIT": (_NEVER, _ALWAYS),
    "LIT": (_ALWAYS, _ALWAYS),
    "MOC": (_NEVER, _NEVER),
    "LOC": (_ALWAYS, _NEVER),
    "MTL": (_NEVER, _NEVER),
    "MKT PRT": (_NEVER, _NEVER),
    "STP PRT": (_NEVER, _ALWAYS),
    "MIDPRICE": (_MAYBE, _NEVER),
    "REL": (_MAYBE, _MAYBE),
    "PASSV REL": (_MAYBE, _MAYBE),
    "PEG MKT": (_MAYBE, _MAYBE),
    "PEG PRIM": (_MAYBE, _MAYBE),
    "PEG MID": (_MAYBE, _MAYBE),
    "PEG BEST": (_MAYBE, _MAYBE),
    "PEG BENCH": (_MAYBE, _MAYBE),
    "PEG STK": (_MAYBE, _MAYBE),
    "SNAP MKT": (_NEVER, _MAYBE),
    "SNAP PRIM": (_NEVER, _MAYBE),
    "SNAP MID": (_NEVER, _MAYBE),
    "BOX TOP": (_NEVER, _NEVER),
    "VOL": (_MAYBE, _MAYBE),
    "LMT + MKT": (_MAYBE, _NEVER),
    "REL + LMT": (_MAYBE, _MAYBE),
    "REL + MKT": (_MAYBE, _MAYBE),
}
"""IB's order types: whether each has a limit price, and a stop price (IB's auxPrice: trigger, trail or offset)."""

TAGGED = ("algo_params", "smart_combo_routing_params", "order_misc_options")
"""Attributes that are maps in TWS: a tag that comes twice would be lost."""

REPORTED = ("auto_cancel_date", "basis_points", "basis_points_type", "ref_futures_con_id", "shareholder")
"""Attributes that TWS reports and that no request carries."""

_QUANTITY = f"must be above 0 and at most {MAX_QUANTITY:,}"
_TYPE = f"must be one of {', '.join(ORDER_TYPES)}"
_TIF = f"must be one of {', '.join(TIFS)}"
_PRICE = f"is beyond {MAX_PRICE:,.0f}"
_TRAIL = "or trailing_percent is required by this order type, one of them"


def check_order(order: Order) -> None:
    """Raise an error that names the field, for an order that TWS could not or should not be given."""
    _demand("action", order.action in ("BUY", "SELL"), "must be BUY or SELL")
    least = Decimal(0) if order.cash_qty else Decimal("1e-18")
    _demand("quantity", least <= order.quantity <= MAX_QUANTITY, _QUANTITY)
    _demand("order_type", order.order_type in ORDER_TYPES, _TYPE)
    _demand("tif", order.tif in TIFS, _TIF)
    _demand("good_till_date", (order.tif == "GTD") == bool(order.good_till_date), "and tif GTD go together")
    for name in REPORTED:
        _demand(name, not getattr(order, name), "is reported by TWS and cannot be asked for")
    for name in TAGGED:
        tags = [pair.tag for pair in getattr(order, name)]
        _demand(name, len(tags) == len(set(tags)), "names a tag twice")
    limit, stop = ORDER_TYPES[order.order_type]
    _check_price("limit_price", order.limit_price, Has.MAYBE if order.order_combo_legs else limit)
    _check_price("stop_price", order.stop_price, stop)
    if order.order_type.startswith("TRAIL"):
        _demand("stop_price", (order.stop_price is None) != (order.trailing_percent is None), _TRAIL)


def _check_price(name: str, price: float | None, has: Has) -> None:
    _demand(name, price is not None or has is not Has.ALWAYS, "is required by this order type")
    _demand(name, price is None or has is not Has.NEVER, "does not belong to this order type")
    _demand(name, price is None or abs(price) <= MAX_PRICE, _PRICE)


def _demand(field: str, fulfilled: bool, demand: str) -> None:
    if not fulfilled:
        raise PydanticCustomError("order", "{demand}", {"field": f"order.{field}", "demand": demand})
