from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.core.limits.rig import LMT, MKT
from tests.core.rig import CONTRACT
from twsbridge.protocol.models import Contract, Order
from twsbridge_server.core.limits.prices import Reference
from twsbridge_server.core.limits.rules import Proposal, refusal_alone
from twsbridge_server.core.limits.terms import GLOBAL, Limits

NOW = 1_764_000_000_000_000
ORDER = LMT.model_copy(update={"account": "DU1"})
QUOTE = Reference(99.0, 100.0)


def refusal(limits: dict[str, Any], order: Order = ORDER, reference: Reference | None = None, **more: Any) -> str:
    proposal = Proposal(
        **{"contract": CONTRACT, "price": 100.0, "units": 1.0, **more}, order=order, reference=reference
    )
    error = refusal_alone(proposal, GLOBAL, Limits(**limits), NOW)
    if error is None:
        return "ok"
    assert error.details and {"rule", "scope", "limit", "value"} == set(error.details)
    return error.code


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({}, "ok"),
        ({"max_quantity": 5}, "ok"),
        ({"max_quantity": 4}, "limit.quantity"),
        ({"max_notional": 500}, "ok"),
        ({"max_notional": 499}, "limit.notional"),
        ({"allow_symbols": ["AAPL"]}, "ok"),
        ({"allow_symbols": ["MSFT"]}, "limit.restricted"),
        ({"deny_symbols": ["AAPL"]}, "limit.restricted"),
        ({"deny_sec_types": ["STK"]}, "limit.restricted"),
        ({"deny_order_types": ["MKT"]}, "ok"),
        ({"allow_order_types": ["MKT"]}, "limit.restricted"),
        ({"deny_accounts": ["DU1"]}, "limit.restricted"),
        ({"allow_accounts": ["DU1"]}, "ok"),
        ({"hours": "Sat-Sun 00:00-23:00 UTC"}, "limit.hours"),
        ({"hours": "Mon-Fri 00:00-23:59 UTC"}, "ok"),
    ],
)
def test_one_limit_each(limits: dict[str, Any], expected: str) -> None:
    assert refusal(limits) == expected


def test_the_price_band_needs_a_price() -> None:
    far = ORDER.model_copy(update={"limit_price": 106.0})
    assert refusal({"price_band_percent": 5.0}, far) == "ok"
    assert refusal({"price_band_percent": 5.0}, far, QUOTE) == "limit.price"
    assert refusal({"price_band_percent": 6.0}, far, QUOTE) == "ok"
    assert refusal({}, far, QUOTE) == "ok"


def test_a_market_order_without_a_price_is_a_choice() -> None:
    assert refusal({}, MKT) == "ok"
    assert refusal({"market_without_price": False}, MKT) == "limit.no_price"
    assert refusal({"market_without_price": False}, MKT, QUOTE) == "ok"
    assert refusal({"market_without_price": False}) == "ok"


def test_what_cannot_be_valued_is_refused_where_value_is_limited() -> None:
    assert refusal({"max_notional": 10**9}, price=None) == "limit.no_price"
    assert refusal({"max_notional": 10**9}, units=None) == "limit.no_price"
    cash = ORDER.model_copy(update={"quantity": Decimal(0), "cash_qty": 600.0})
    assert refusal({"max_notional": 500}, cash, price=None) == "limit.notional"


def test_a_list_wants_the_thing_named() -> None:
    assert refusal({"deny_symbols": ["AAPL"]}, contract=Contract(con_id=5)) == "limit.restricted"
