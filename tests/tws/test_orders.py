"""Every attribute of an order, to ibapi's object and back, and through the official encoder and decoder."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import ibapi.order
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibapi.const import UNSET_DECIMAL, UNSET_DOUBLE
from ibapi.decoder_utils import decodeOrder
from ibapi.protobuf.PlaceOrderRequest_pb2 import PlaceOrderRequest
from ibapi.server_versions import MAX_CLIENT_VER

from tests.protocol.strategies import order_attribute, order_attributes
from twsbridge.protocol.contract import ComboLeg
from twsbridge.protocol.models import Contract, Order
from twsbridge.protocol.order import Terms
from twsbridge.protocol.order_checks import REPORTED, TAGGED
from twsbridge_server.core.calls import PlaceOrder
from twsbridge_server.tws.attributes import PlainDecimal, camel
from twsbridge_server.tws.encoder import Encoder
from twsbridge_server.tws.orders import NAMES, OWNED, order_from_tws, order_to_tws

CONTRACT = Contract(con_id=265598)

orders = st.builds(
    Order,
    action=st.sampled_from(["BUY", "SELL"]),
    quantity=st.decimals(0, 10**9, places=8),
    order_type=st.just("STP LMT"),
    limit_price=st.floats(-1e9, 1e9),
    stop_price=st.floats(0.01, 1e9),
    tif=st.sampled_from(["DAY", "GTC", "GTD"]),
    account=st.just("DU1234567"),
    outside_rth=st.booleans(),
    good_till_date=st.sampled_from(["", "20261231-20:00:00"]),
)


@given(orders)
def test_there_and_back(order: Order) -> None:
    told = order_to_tws(PlaceOrder(1, CONTRACT, order, "B1KEY"))
    assert told.orderRef == "B1KEY"
    assert order_from_tws(told) == order


def test_an_order_without_prices() -> None:
    told = order_to_tws(PlaceOrder(1, CONTRACT, Order(action="BUY", quantity="1", order_type="MKT"), ""))
    assert (told.lmtPrice, told.auxPrice) == (UNSET_DOUBLE, UNSET_DOUBLE)
    assert told.transmit is True
    assert told.whatIf is False


@pytest.mark.parametrize(
    ("order_type", "limit_price", "stop_price"),
    [("MKT", None, None), ("LMT", 0.0, None), ("STP", None, 0.0), ("STP LMT", 0.0, 0.0), ("REL", 0.0, 0.0)],
)
def test_zero_is_a_price_only_where_there_can_be_one(
    order_type: str, limit_price: float | None, stop_price: float | None
) -> None:
    said = ibapi.order.Order()
    said.orderType, said.lmtPrice, said.auxPrice = order_type, 0.0, 0.0
    order = order_from_tws(said)
    assert (order.limit_price, order.stop_price) == (limit_price, stop_price)


def test_a_limit_that_a_stop_cannot_have_is_not_told() -> None:
    """At first TWS shows a limit for a stop order, a moment later none."""
    said = ibapi.order.Order()
    said.orderType, said.lmtPrice, said.auxPrice = "STP", 900.03, 900.0
    order = order_from_tws(said)
    assert (order.limit_price, order.stop_price) == (None, 900.0)


def test_an_order_that_is_told_nothing_about() -> None:
    said = ibapi.order.Order()
    said.totalQuantity = UNSET_DECIMAL
    assert order_from_tws(said) == Order(tif="")


@pytest.mark.parametrize(("quantity", "text"), [("1E+3", "1000"), ("1E-8", "0.00000001"), ("0.50", "0.50")])
def test_a_quantity_never_has_an_exponent(quantity: str, text: str) -> None:
    assert str(PlainDecimal(quantity)) == text
    assert str(order_to_tws(PlaceOrder(1, CONTRACT, Order(quantity=Decimal(quantity)), "")).totalQuantity) == text


def test_every_attribute_of_ibapis_order_is_a_field_or_owned_by_the_bridge() -> None:
    fields = {NAMES.get(field, camel(field)) for field in Order.model_fields}
    assert fields | set(OWNED) == set(vars(ibapi.order.Order()))
    assert not fields & set(OWNED)


def test_the_defaults_mean_what_ibapis_defaults_mean() -> None:
    assert order_from_tws(ibapi.order.Order()) == Order(tif="")
    told, fresh = order_to_tws(PlaceOrder(1, CONTRACT, Order(tif=""), "")), ibapi.order.Order()
    assert {name: str(value) for name, value in vars(told).items() if name != "totalQuantity"} == {
        name: str(value) for name, value in vars(fresh).items() if name != "totalQuantity"
    }


@given(order_attributes())
def test_any_attributes_there_and_back(attributes: dict[str, Any]) -> None:
    order = Order(action="SELL", quantity=Decimal(1), order_type="LMT", limit_price=1.0, **attributes)
    assert order_from_tws(order_to_tws(PlaceOrder(1, CONTRACT, order, ""))) == order


SENT_BUT_NOT_TOLD_BACK = {
    "advanced_error_override", "algo_id", "manual_order_time", "mifid2_decision_algo", "mifid2_decision_maker",
    "mifid2_execution_algo", "mifid2_execution_trader", "order_misc_options", "override_percentage_constraints",
    "scale_table",
}  # fmt: skip
"""ibapi encodes them and has no place for them in what it decodes."""

NEEDED_BESIDES: dict[str, dict[str, Any]] = {
    "algo_params": {"algo_strategy": "Adaptive"},
    "hedge_param": {"hedge_type": "B"},
    "hedge_max_size": {"hedge_type": "B"},
}
ON_THE_WIRE = sorted(set(Order.model_fields) - set(Terms.model_fields) - set(REPORTED) - {"auction_strategy"})


def _as_it_is(value: Any) -> Any:
    return value


def official_request(order: Order) -> PlaceOrderRequest:
    legs = tuple(ComboLeg(con_id=1, ratio=1, action="BUY") for _ in order.order_combo_legs)
    contract = Contract(con_id=1, sec_type="BAG" if legs else "STK", combo_legs=legs)
    encoded = Encoder(MAX_CLIENT_VER).encode(PlaceOrder(7, contract, order, "B1KEY"))
    assert encoded.errors == []
    request = PlaceOrderRequest()
    request.ParseFromString(encoded.data[8:])
    return request


@pytest.mark.parametrize("field", ON_THE_WIRE)
@given(data=st.data())
@settings(max_examples=8)
def test_each_attribute_through_the_official_encoder_and_decoder(field: str, data: st.DataObject) -> None:
    value = data.draw(order_attribute(field))
    attributes = {**NEEDED_BESIDES.get(field, {}), field: value}
    order = Order(action="BUY", quantity=Decimal(3), order_type="LMT", limit_price=2.5, **attributes)
    request = official_request(order)
    if field in SENT_BUT_NOT_TOLD_BACK:
        assert bool(getattr(request.order, camel(field))) == bool(value)
    else:
        arrived = order_from_tws(decodeOrder(7, request.contract, request.order))
        same = set if field in TAGGED else _as_it_is  # a map of protobuf has no order
        assert same(getattr(arrived, field)) == same(getattr(order, field))


def test_an_attribute_that_protobuf_lacks_is_refused_not_dropped() -> None:
    order = Order(action="BUY", quantity=Decimal(3), order_type="LMT", limit_price=2.5, auction_strategy=1)
    for version, refused in ((200, False), (203, True)):
        encoded = Encoder(version).encode(PlaceOrder(7, Contract(con_id=1), order, "B1KEY"))
        assert bool(encoded.errors) is refused
        assert bool(encoded.data) is not refused
