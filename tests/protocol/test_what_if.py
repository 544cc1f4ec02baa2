from __future__ import annotations

from tests.protocol.test_commands import PLACE, refused


def test_it_is_checked_like_the_order_itself() -> None:
    body = {"contract": {"symbol": "AAPL"}, "order": PLACE["order"]}
    assert refused("order.what_if", {**body, "order": {**PLACE["order"], "order_type": "MKT"}}).code == "req.invalid"
