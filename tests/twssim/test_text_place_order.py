"""placeOrder of the official client, decoded to the last field."""

from __future__ import annotations

from decimal import Decimal

import pytest
from ibapi.contract import ComboLeg, Contract, DeltaNeutralContract
from ibapi.order import COMPETE_AGAINST_BEST_OFFSET_UP_TO_MID, Order, OrderComboLeg
from ibapi.tag_value import TagValue

from tests.twssim.official import order, stock
from tests.twssim.test_text_requests import EVERY_VERSION, PROFILE, Encoder
from twssim.requests import PlaceOrder
from twssim.text_place_order import read_place_order
from twssim.wire import Fields


def placed(contract: Contract, wanted: Order, version: int = 200) -> PlaceOrder:
    """What is read, after making sure that nothing is left unread."""
    encoder = Encoder(version)
    encoder.placeOrder(5, contract, wanted)
    fields = Fields(encoder.sent.removeprefix(b"3\0"))
    request = read_place_order(fields, version)
    assert fields.left == 0
    return request


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_the_steering_fields_are_typed(version: int) -> None:
    wanted = order("STP LMT", "SELL", "2.5", limit=180.25, stop=181.0, tif="GTC", orderRef="ref", ocaGroup="g")
    wanted.ocaType, wanted.account, wanted.parentId = 1, "DU1234567", 4
    wanted.transmit, wanted.outsideRth, wanted.whatIf = False, True, True
    request = placed(stock(), wanted, version)
    terms = request.terms
    assert (request.order_id, request.contract.symbol) == (5, "AAPL")
    assert (terms.action, terms.order_type, terms.tif, terms.order_ref) == ("SELL", "STP LMT", "GTC", "ref")
    assert terms.total_quantity == Decimal("2.5")
    assert (terms.limit_price, terms.aux_price) == (Decimal("180.25"), Decimal("181.0"))
    assert (terms.oca_group, terms.oca_type, terms.account, terms.parent_id) == ("g", 1, "DU1234567", 4)
    assert (terms.transmit, terms.outside_rth, terms.what_if) == (False, True, True)


def test_prices_that_were_not_given_are_none() -> None:
    terms = placed(stock(), order("MKT", "BUY", 1)).terms
    assert (terms.limit_price, terms.aux_price) == (None, None)


@pytest.mark.parametrize("version", PROFILE)
@pytest.mark.parametrize("kind", ["PEG BENCH", "PEG BEST", "PEG MID", "VOL", "TRAIL"])
def test_conditional_parts_are_read(kind: str, version: int) -> None:
    wanted = order(kind, "BUY", 1, limit=1.0)
    wanted.scalePriceIncrement, wanted.hedgeType, wanted.hedgeParam = 0.5, "B", "beta=1"
    wanted.algoStrategy, wanted.algoParams = "Vwap", [TagValue("maxPctVol", "0.1")]
    wanted.deltaNeutralOrderType = "LMT"
    if version >= 170:
        wanted.competeAgainstBestOffset = COMPETE_AGAINST_BEST_OFFSET_UP_TO_MID
    contract = stock()
    contract.deltaNeutralContract = DeltaNeutralContract()
    terms = placed(contract, wanted, version).terms
    assert terms.algo_params == (("maxPctVol", "0.1"),)
    assert terms.rest["hedge_param"] == "beta=1"
    assert terms.delta_neutral_contract == ("0", "0.0", "0.0")


def test_a_combination_is_read_with_its_legs() -> None:
    contract = stock()
    contract.secType, leg = "BAG", ComboLeg()
    leg.conId, leg.ratio, leg.action, leg.exchange = 265598, 2, "BUY", "SMART"
    contract.comboLegs = [leg, leg]
    wanted, leg_price = order("LMT", "BUY", 1, limit=1.0), OrderComboLeg()
    leg_price.price = 3.5
    wanted.orderComboLegs, wanted.smartComboRoutingParams = [leg_price], [TagValue("NonGuaranteed", "1")]
    terms = placed(contract, wanted).terms
    assert [(each.con_id, each.ratio, each.action) for each in terms.combo_legs] == [(265598, 2, "BUY")] * 2
    assert terms.combo_leg_prices == ("3.5",)
    assert terms.smart_combo_routing == (("NonGuaranteed", "1"),)
