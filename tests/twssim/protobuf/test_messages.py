"""Message classes of the installed ibapi: filling, reading, framing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from twssim.protobuf.messages import build, fill, framed, message_class, parse, sent
from twssim.wire import UnreadableRequest


def test_fields_take_the_type_they_have_on_the_wire() -> None:
    tick = build("TickPrice", reqId="9", price=Decimal("257.95"), size=Decimal("300.50"), attrMask=True)
    assert (tick.reqId, tick.price, tick.size, tick.attrMask) == (9, 257.95, "300.5", 1)
    assert build("MarketDataRequest", snapshot="0").snapshot is False


def test_nothing_and_the_empty_text_leave_a_field_absent_and_zero_does_not() -> None:
    status = build("OrderStatus", filled="", remaining=None, mktCapPrice=0)
    assert [status.HasField(name) for name in ("filled", "remaining", "mktCapPrice")] == [False, False, True]


def test_a_message_can_hold_another() -> None:
    data = build("ContractData", contract=build("Contract", conId=5))
    assert data.contract.conId == 5


def test_a_message_can_be_described_with_all_that_it_holds() -> None:
    rule = build("MarketRule", priceIncrements=[{"lowEdge": Decimal(0), "increment": Decimal("0.01")}, {}])
    assert [(each.lowEdge, each.HasField("increment")) for each in rule.priceIncrements] == [(0.0, True), (0.0, False)]
    chain = build("SecDefOptParameter", strikes=[Decimal("2.5")], expirations=["20261218"])
    assert (list(chain.strikes), list(chain.expirations)) == ([2.5], ["20261218"])
    assert build("TickByTickData", historicalTickLast={"tickAttribLast": {}}).historicalTickLast.HasField(
        "tickAttribLast"
    )


def test_a_frame_has_its_length_and_the_raised_id() -> None:
    assert sent(9, "NextValidId", orderId=7).hex() == "00000006" + "000000d1" + "0807"
    assert sent(53, "OpenOrdersEnd").hex() == "00000004" + "000000fd"
    assert framed(9, build("NextValidId", orderId=7)) == sent(9, "NextValidId", orderId=7)


def test_what_is_no_protobuf_is_unreadable() -> None:
    assert parse("StartApiRequest", b"\x08\x07").clientId == 7
    with pytest.raises(UnreadableRequest, match="StartApiRequest"):
        parse("StartApiRequest", b"\xff\xff")


def test_a_class_that_ibapi_does_not_have_is_an_import_error() -> None:
    with pytest.raises(ImportError):
        message_class("NoSuchMessage")


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="abc"):
        fill(build("Order"), {"minQty": "abc"})
