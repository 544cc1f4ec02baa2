"""Names of order attributes on both wires."""

from __future__ import annotations

from tests.twssim.official import OfficialClient, gateway, order, stock
from twssim.protobuf.order_attributes import STEERING, order_attributes, snake_case

TEXT_ONLY = {
    *("auction_strategy", "scale_table", "misc_options", "soft_dollar_name", "soft_dollar_value"),
    *("e_trade_only", "firm_quote_only", "nbbo_price_cap"),
}


def test_the_names_are_those_of_the_text_wire() -> None:
    client = OfficialClient(gateway(), version=200)
    client.placeOrder(1, stock(), order("LMT", "BUY", 1, limit=10.0))
    (placed,) = client.tws.orders.working()
    assert set(placed.terms.rest) - TEXT_ONLY <= set(order_attributes())


def test_steering_attributes_are_not_among_them() -> None:
    assert not STEERING & set(order_attributes().values())


def test_names_are_turned_into_snake_case() -> None:
    written = [snake_case(name) for name in ("hidden", "goodAfterTime", "mifid2DecisionMaker")]
    assert written == ["hidden", "good_after_time", "mifid2_decision_maker"]
