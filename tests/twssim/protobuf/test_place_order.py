"""placeOrder in protobuf, encoded by the official client."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from ibapi import order_condition
from ibapi.client_utils import createPlaceOrderRequestProto
from ibapi.contract import ComboLeg, Contract, DeltaNeutralContract
from ibapi.order import OrderComboLeg
from ibapi.tag_value import TagValue

from tests.twssim.official import order, stock
from twssim.order_terms import OrderTerms
from twssim.protobuf.messages import build
from twssim.protobuf.place_order import read_place_order
from twssim.wire import UnreadableRequest


def read(wanted: Any, contract: Contract | None = None) -> OrderTerms:
    return read_place_order(createPlaceOrderRequestProto(7, contract or stock(), wanted)).terms


def test_a_plain_order() -> None:
    placed = read_place_order(createPlaceOrderRequestProto(7, stock(), order("LMT", "BUY", "1.5", limit=10.25)))
    assert (placed.order_id, placed.contract.symbol) == (7, "AAPL")
    terms = placed.terms
    assert (terms.action, terms.order_type, terms.total_quantity) == ("BUY", "LMT", Decimal("1.5"))
    assert (terms.limit_price, terms.aux_price, terms.transmit, terms.what_if) == (Decimal("10.25"), None, True, False)


def test_what_steers_an_order() -> None:
    wanted = order("STP", "SELL", 5, stop=9.5, tif="GTC", ocaGroup="g", ocaType=2, account="DU1234567", parentId=6)
    wanted.transmit, wanted.outsideRth, wanted.whatIf, wanted.orderRef = False, True, True, "ref"
    terms = read(wanted)
    assert (terms.aux_price, terms.tif, terms.oca_group, terms.oca_type) == (Decimal("9.5"), "GTC", "g", 2)
    assert (terms.account, terms.parent_id, terms.order_ref) == ("DU1234567", 6, "ref")
    assert (terms.transmit, terms.outside_rth, terms.what_if) == (False, True, True)


def test_all_else_is_kept_as_text() -> None:
    wanted = order("LMT", "BUY", 5, limit=1.0, hidden=True, discretionaryAmt=0.5, rule80A="x", goodTillDate="later")
    rest = read(wanted).rest
    assert (rest["hidden"], rest["discretionary_amt"], rest["rule80a"], rest["good_till_date"]) == (
        "1",
        "0.5",
        "x",
        "later",
    )
    assert "min_qty" not in rest


def test_combos_algorithms_conditions_and_hedges() -> None:
    leg, price, hedge, contract = ComboLeg(), OrderComboLeg(), DeltaNeutralContract(), stock()
    leg.conId, leg.ratio, leg.action, leg.exchange, price.price = 5, 2, "SELL", "SMART", 1.5
    hedge.conId, hedge.delta, hedge.price = 9, 0.5, 100.0
    contract.secType, contract.comboLegs, contract.deltaNeutralContract = "BAG", [leg, leg], hedge
    wanted = order("LMT", "BUY", 1, limit=1.0, algoStrategy="Vwap", algoParams=[TagValue("a", "1")])
    wanted.orderComboLegs, wanted.smartComboRoutingParams = [price], [TagValue("NonGuaranteed", "1")]
    wanted.conditions = [order_condition.TimeCondition(False, "20261124 20:00:00 US/Eastern").Or()]
    terms = read(wanted, contract)
    assert [(each.con_id, each.ratio, each.action) for each in terms.combo_legs] == [(5, 2, "SELL")] * 2
    assert terms.combo_leg_prices == ("1.5", "")
    assert (terms.algo_params, terms.smart_combo_routing) == ((("a", "1"),), (("NonGuaranteed", "1"),))
    assert terms.delta_neutral_contract == ("9", "0.5", "100")
    assert terms.conditions == (("3", "o", "0", "20261124 20:00:00 US/Eastern"),)


def test_what_cannot_be_read_is_reported() -> None:
    for bad in (build("Order", totalQuantity="many"), build("Order", lmtPrice="inf")):
        with pytest.raises(UnreadableRequest):
            read_place_order(build("PlaceOrderRequest", order=bad))
    strange = build("PlaceOrderRequest")
    strange.order.conditions.append(build("OrderCondition", type=99))
    with pytest.raises(UnreadableRequest, match="condition 99"):
        read_place_order(strange)
