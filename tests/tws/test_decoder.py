from __future__ import annotations

import logging
from decimal import Decimal
from typing import Any

import pytest
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st
from ibapi.decoder import Decoder
from ibapi.protobuf.CommissionAndFeesReport_pb2 import CommissionAndFeesReport
from ibapi.protobuf.Contract_pb2 import Contract as ContractProto
from ibapi.protobuf.ErrorMessage_pb2 import ErrorMessage
from ibapi.protobuf.Execution_pb2 import Execution as ExecutionProto
from ibapi.protobuf.ExecutionDetails_pb2 import ExecutionDetails
from ibapi.protobuf.HistoricalData_pb2 import HistoricalData
from ibapi.protobuf.HistoricalDataBar_pb2 import HistoricalDataBar
from ibapi.protobuf.NextValidId_pb2 import NextValidId as NextValidIdProto
from ibapi.protobuf.OpenOrder_pb2 import OpenOrder as OpenOrderProto
from ibapi.protobuf.Order_pb2 import Order as OrderProto
from ibapi.protobuf.OrderState_pb2 import OrderState as OrderStateProto
from ibapi.protobuf.OrderStatus_pb2 import OrderStatus as OrderStatusProto
from ibapi.protobuf.TickPrice_pb2 import TickPrice
from ibapi.protobuf.TickSize_pb2 import TickSize

from tests.tws.messages import execution_fields, proto_message, text_message
from twsbridge.protocol.models import Commission, Contract, Order
from twsbridge.protocol.stream_rows import Tick
from twsbridge_server.core import inputs, stream_inputs
from twsbridge_server.core.inputs import TwsInput, TwsPoison
from twsbridge_server.core.stream_inputs import Ticks
from twsbridge_server.tws.decoder import TELLING, MessageDecoder

Kept = list[tuple[bytes, str]]


class Decoded:
    """What one decoder made of some payloads, and what it put into quarantine."""

    def __init__(self, version: int, *payloads: bytes) -> None:
        self.kept: Kept = []
        decoder = MessageDecoder(version, lambda payload, why: self.kept.append((payload, why)))
        self.inputs: list[TwsInput] = decoder.decode(payloads)


def said(version: int, message_id: int, *fields: object) -> list[TwsInput]:
    decoded = Decoded(version, text_message(version, message_id, *fields))
    assert decoded.kept == []
    return decoded.inputs


def told(message_id: int, message: Message) -> list[TwsInput]:
    decoded = Decoded(225, proto_message(message_id, message))
    assert decoded.kept == []
    return decoded.inputs


@pytest.mark.parametrize("version", [176, 200, 203])
@pytest.mark.parametrize(
    ("message_id", "fields", "expected"),
    [
        (9, (1, 5), inputs.NextValidId(5)),
        (15, (1, "DU1234567,"), inputs.ManagedAccounts(("DU1234567",))),
        (49, (1, 1776094020), inputs.CurrentTime(1776094020)),
        (52, (1, 3), inputs.ContractDetailsEnd(3)),
        (53, (1,), inputs.OpenOrderEnd()),
        (55, (1, 3), inputs.ExecutionsEnd(3)),
        (57, (1, 3), inputs.SnapshotEnd(3)),
        (58, (1, 3, 1), stream_inputs.MarketDataType(3, 1)),
        (62, (1,), inputs.PositionEnd()),
        (63, (1, 9, "DU1234567", "NetLiquidation", "1.00", "GBP"),
         inputs.AccountSummaryRow(9, "DU1234567", "NetLiquidation", "1.00", "GBP")),
        (64, (1, 9), inputs.AccountSummaryEnd(9)),
        (102, (), inputs.CompletedOrdersEnd()),
        (61, (3, "DU1234567", 265598, "AAPL", "STK", "", "0.0", "", "", "NASDAQ", "USD", "AAPL", "NMS", -110, 201.88),
         inputs.PositionRow(
             "DU1234567",
             Contract(con_id=265598, symbol="AAPL", sec_type="STK", exchange="NASDAQ", currency="USD",
                      local_symbol="AAPL", trading_class="NMS"),
             Decimal(-110), 201.88)),
        (3, (7, "Filled", 100, 0, 190.25, 1234567890, 0, 190.25, 1, "", 0),
         inputs.OrderStatus(7, "Filled", Decimal(100), Decimal(0), 190.25, 1234567890, None, 190.25, 1, "")),
        (59, (1, "a.01", 1.05, "USD", "1.7976931348623157E308", "", ""),
         inputs.CommissionReceived(Commission(exec_id="a.01", commission="1.05", currency="USD"))),
        (1, (6, 5, 1, 190.25, 100, 1), Ticks(5, (Tick(1, 190.25), Tick(0, "100")))),
        (2, (6, 5, 8, 1234), Ticks(5, (Tick(8, "1234"),))),
        (45, (6, 5, 49, 0.0), Ticks(5, (Tick(49, 0.0),))),
        (46, (6, 5, 45, "1776094020"), Ticks(5, (Tick(45, "1776094020"),))),
    ],
)  # fmt: skip
def test_messages_of_the_text_era(
    version: int, message_id: int, fields: tuple[object, ...], expected: TwsInput
) -> None:
    assert said(version, message_id, *fields) == [expected]


def test_errors_before_and_after_they_had_a_time() -> None:
    expected = inputs.TwsErrorReceived(-1, 2104, "Market data farm connection is OK:usfarm")
    assert said(176, 4, 2, -1, 2104, expected.text, "") == [expected]
    assert said(200, 4, -1, 2104, expected.text, "", 1775425766350) == [expected]


@pytest.mark.parametrize("version", [176, 178, 200])
def test_a_fill_of_the_text_era(version: int) -> None:
    [fill] = said(version, 11, *execution_fields(version))
    assert isinstance(fill, inputs.ExecutionReceived)
    assert (fill.req_id, fill.order_ref) == (-1, "B1KEY")
    execution = fill.execution
    assert (execution.order_id, execution.shares, execution.price) == (7, Decimal(100), 190.25)
    assert (execution.account, execution.side, execution.contract.right) == ("DU1234567", "BOT", "")
    assert execution.time_us == 1_776_108_424_000_000


BAR = ("1776094020", 190.0, 191.0, 189.0, 190.5, 1200, 190.123, 17)
ROW = stream_inputs.BarRow("1776094020", 190.0, 191.0, 189.0, 190.5, 1200.0, 190.123, 17)


def test_bars_with_and_without_their_end() -> None:
    bars = stream_inputs.HistoricalBars(4, (ROW, ROW))
    assert said(176, 17, 4, "from", "to", 2, *BAR, *BAR) == [bars, stream_inputs.HistoricalEnd(4)]
    assert said(200, 17, 4, 2, *BAR, *BAR) == [bars]
    assert said(200, 108, 4, "from", "to") == [stream_inputs.HistoricalEnd(4)]
    assert said(200, 17, 4, 0) == []


def test_messages_of_the_protobuf_era() -> None:
    assert told(9, NextValidIdProto(orderId=5)) == [inputs.NextValidId(5)]
    error = ErrorMessage(errorCode=2104, errorMsg="farm")
    assert told(4, error) == [inputs.TwsErrorReceived(-1, 2104, "farm")]
    status = OrderStatusProto(orderId=7, status="Submitted", filled="0", remaining="100", permId=1, clientId=1)
    assert told(3, status) == [inputs.OrderStatus(7, "Submitted", Decimal(0), Decimal(100), None, 1, None, None, 1, "")]
    assert told(1, TickPrice(reqId=5, tickType=1, price=190.25, size="100")) == [
        Ticks(5, (Tick(1, 190.25), Tick(0, "100")))
    ]
    assert told(2, TickSize(reqId=5, tickType=8, size="1234")) == [Ticks(5, (Tick(8, "1234"),))]
    bar = HistoricalDataBar(
        date="1776094020", open=190, high=191, low=189, close=190.5, volume="1200", WAP="190.123", barCount=17
    )
    assert told(17, HistoricalData(reqId=4, historicalDataBars=[bar])) == [stream_inputs.HistoricalBars(4, (ROW,))]
    assert told(17, HistoricalData(reqId=4)) == []


def test_an_open_order_of_the_protobuf_era() -> None:
    message = OpenOrderProto(
        orderId=7,
        contract=ContractProto(conId=265598),
        order=OrderProto(action="BUY", totalQuantity="100", orderType="LMT", lmtPrice=190.0, tif="DAY",
                         clientId=1, permId=1234567890, orderRef="B1KEY"),
        orderState=OrderStateProto(status="Inactive", rejectReason="no buying power"),
    )  # fmt: skip
    order = Order(action="BUY", quantity="100", order_type="LMT", limit_price=190.0)
    assert told(5, message) == [
        inputs.OpenOrder(7, 1234567890, 1, Contract(con_id=265598), order, "B1KEY", "Inactive",
                         reject_reason="no buying power")
    ]  # fmt: skip


@pytest.mark.parametrize(("pnl", "expected"), [(None, None), (0.0, Decimal(0))])
def test_a_commission_of_the_protobuf_era_comes_once(pnl: float | None, expected: Decimal | None) -> None:
    message = CommissionAndFeesReport(execId="a.01", commissionAndFees=1.05, currency="USD", realizedPNL=pnl)
    commission = Commission(exec_id="a.01", commission="1.05", currency="USD", realized_pnl=expected)
    assert told(59, message) == [inputs.CommissionReceived(commission)]


GOOD = {
    version: text_message(version, 9, 1, 5) if version < 225 else proto_message(9, NextValidIdProto(orderId=5))
    for version in (176, 200, 203, 225)
}


@pytest.mark.parametrize(
    ("version", "payload", "message_id", "words"),
    [
        (176, text_message(176, 3, 7, "Filled", "NOTANUMBER", 0, 0, 0, 0, 0, 1, "", 0), 3, "ORDER_STATUS"),
        (176, text_message(176, 3, 7, "Filled"), 3, "ORDER_STATUS"),
        (176, text_message(176, 17, 4, "from", "to", 2, *BAR, "1776094080", "x"), 17, "HISTORICAL_DATA"),
        (176, text_message(176, 1, 6, 5, 1, "x", 100, 1), 1, "TICK_PRICE: ValueError"),
        (176, text_message(176, 9, 1), 9, "NEXT_VALID_ID: it has 1 fields instead of 2"),
        (176, text_message(176, 6, 1, "key", "value"), 6, "ACCT_VALUE: it has 3 fields instead of 5"),
        (176, text_message(176, 999, 1), 999, "does not know this message"),
        (176, b"", None, "a message"),
        (176, b"garbage\0", None, "a message"),
        (200, text_message(200, 11, *execution_fields(200, shares="many")), 11, "EXECUTION_DATA"),
        (203, b"\0\0", None, "shorter than a message id"),
        (225, (203).to_bytes(4, "big") + b"\xff\xff\xff", 3, "ORDER_STATUS: DecodeError"),
        (225, proto_message(2, TickSize(reqId=5, tickType=8, size="")), 2, "TICK_SIZE: InvalidOperation"),
        (225, proto_message(11, ExecutionDetails(reqId=1, execution=ExecutionProto(execId="a.01"))), 11, "missing"),
        (225, proto_message(5, OpenOrderProto(orderId=1)), 5, "OPEN_ORDER: a part of it is missing"),
        (225, proto_message(199, TickSize()), 199, "does not know this message"),
    ],
)  # fmt: skip
def test_a_broken_message_is_contained(version: int, payload: bytes, message_id: int | None, words: str) -> None:
    decoded = Decoded(version, GOOD[version], payload, GOOD[version])
    first, poison, last = decoded.inputs
    assert first == last == inputs.NextValidId(5)
    assert isinstance(poison, TwsPoison)
    assert poison.message_id == message_id
    assert words in poison.error
    [(kept, why)] = decoded.kept
    assert kept == payload
    assert words in why


def test_what_was_wrong_is_said_without_the_contents() -> None:
    payload = text_message(176, 3, "DU1234567", "Filled")
    decoded = Decoded(176, payload)
    [poison] = decoded.inputs
    assert isinstance(poison, TwsPoison)
    assert "DU1234567" not in poison.error


def test_ibapi_logs_nothing_of_a_broken_message(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        Decoded(176, text_message(176, 6, 1, "key", "DU1234567"), text_message(176, 999, "DU1234567"))
    assert caplog.text == ""


def test_a_quarantine_that_is_full_ends_nothing() -> None:
    def full(payload: bytes, why: str) -> None:
        raise OSError("No space left on device")

    decoder = MessageDecoder(176, full)
    poison, good = decoder.decode([b"garbage\0", GOOD[176]])
    assert isinstance(poison, TwsPoison)
    assert "could not keep it: No space left on device" in poison.error
    assert good == inputs.NextValidId(5)


def test_messages_that_the_core_does_not_use_say_nothing() -> None:
    assert said(176, 8, 1, "09:30") == []
    assert said(176, 6, 1, "key", "value", "GBP", "DU1234567") == []


def test_ticks_of_a_line_are_joined_across_messages() -> None:
    decoded = Decoded(176, *(text_message(176, 2, 6, line, 8, 100) for line in (5, 5, 6)))
    assert decoded.inputs == [Ticks(5, (Tick(8, "100"),) * 2), Ticks(6, (Tick(8, "100"),))]


def test_every_message_matched_by_parameters_has_them() -> None:
    """The count of fields is compared with them; it would be wrong for two messages with one callback."""
    untyped: Any = Decoder
    readers = untyped(None, 225).msgId2handleInfo
    assert all(reader.wrapperParams for reader in readers.values() if reader.wrapperMeth is not None)
    assert TELLING <= readers.keys()


payloads = st.one_of(
    st.binary(max_size=60),
    st.builds(
        lambda message_id, fields: text_message(176, message_id, *fields),
        st.integers(0, 120),
        st.lists(st.one_of(st.integers(-1, 2**33), st.text("abc123.-", max_size=6)), max_size=20),
    ),
    st.builds(
        lambda message_id, body: message_id.to_bytes(4, "big") + body, st.integers(0, 330), st.binary(max_size=40)
    ),
)


@pytest.mark.parametrize("version", [100, 176, 200, 203, 213, 225])
@pytest.mark.filterwarnings("ignore:invalid escape sequence:DeprecationWarning")
@given(payload=payloads)
def test_no_message_raises(version: int, payload: bytes) -> None:
    Decoded(version, payload)


@pytest.mark.parametrize("version", [176, 200])
@given(cut=st.integers(0, 300), flip=st.integers(0, 7), at=st.integers(0, 300))
def test_a_fill_that_is_damaged_on_its_way_raises_nothing(version: int, cut: int, flip: int, at: int) -> None:
    whole = bytearray(text_message(version, 11, *execution_fields(version)))
    whole[at % len(whole)] ^= 1 << flip
    Decoded(version, bytes(whole[: cut or None]))
