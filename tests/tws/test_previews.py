from __future__ import annotations

from decimal import Decimal

import ibapi.order
import pytest
from ibapi.contract import Contract as OfficialContract
from ibapi.order_state import OrderState

from twsbridge.protocol.models import Contract, Order
from twsbridge.protocol.what_if import Preview
from twsbridge_server.core import calls
from twsbridge_server.core.queries.answers import PreviewReceived
from twsbridge_server.tws.encoder import Encoder
from twsbridge_server.tws.order_callbacks import OrderCallbacks
from twsbridge_server.tws.previews import NAMES, preview_from_tws

AAPL = Contract(con_id=265598, symbol="AAPL", sec_type="STK", exchange="SMART", currency="USD")
ORDER = Order(action="BUY", quantity=Decimal(1), order_type="MKT")


def state() -> OrderState:
    said = OrderState()
    said.status, said.marginCurrency = "PreSubmitted", "USD"
    said.initMarginBefore, said.initMarginChange, said.initMarginAfter = "0.0", "475.125", "1.7976931348623157E308"
    said.maintMarginChange = "N/A"
    said.initMarginAfterOutsideRTH, said.commissionAndFees = 500.5, 1.0
    said.commissionAndFeesCurrency, said.warningText = "USD", "careful"
    return said


def test_what_is_set_is_told_and_what_is_not_is_none() -> None:
    assert preview_from_tws(state()) == Preview(
        status="PreSubmitted", margin_currency="USD", init_margin_before=Decimal(0),
        init_margin_change=Decimal("475.125"),
        init_margin_after_outside_rth=Decimal("500.5"), commission=Decimal(1), commission_currency="USD",
        warning_text="careful",
    )  # fmt: skip


@pytest.mark.parametrize("field", Preview.model_fields)
def test_every_field_is_an_attribute_of_ibapi(field: str) -> None:
    said = OrderState()
    names = {name.lower() for name in vars(said)}
    assert NAMES.get(field, field.replace("_", "")).lower() in names


def test_the_open_order_of_a_what_if_is_no_order() -> None:
    callbacks, order = OrderCallbacks(), ibapi.order.Order()
    order.whatIf, order.clientId = True, 1
    callbacks.openOrder(5, OfficialContract(), order, state())
    assert callbacks.said == [PreviewReceived(5, 1, preview_from_tws(state()))]


@pytest.mark.parametrize("version", [157, 176, 200, 203, 225])
def test_a_what_if_differs_from_the_order_by_its_mark_alone(version: int) -> None:
    asked = Encoder(version).encode(calls.WhatIf(5, AAPL, ORDER))
    placed = Encoder(version).encode(calls.PlaceOrder(5, AAPL, ORDER, order_ref=""))
    assert asked.errors == placed.errors == []
    assert asked.data != placed.data
    if version < 201:
        fields = [zip(data.data[4:].split(b"\0"), placed.data[4:].split(b"\0"), strict=True) for data in (asked,)]
        assert [pair for row in fields for pair in row if pair[0] != pair[1]] == [(b"1", b"0")]
