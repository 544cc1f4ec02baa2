"""Answers as bytes: what the official decoder makes of them, and the forms of a real TWS."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.declared import ANSWERS, PROTOBUF_ONLY
from tests.twssim.official import NOON, VERSIONS, Event, OfficialClient, gateway
from tests.twssim.test_text_requests import EVERY_VERSION
from twssim import answers as ans
from twssim.order import Execution
from twssim.text_answers import WRITERS, write_answer


def decoded(answer: ans.Answer, version: int = 200) -> list[Event]:
    client = OfficialClient(gateway(), version=version)
    client.take()
    client.session.send(answer)
    return client.take()


def execution(**changes: Any) -> Execution:
    facts: dict[str, Any] = {
        "exec_id": "0000e0d5.69dd7411.01.01",
        "time": NOON,
        "account": "DU1234567",
        "con_id": 265598,
        "exchange": "NASDAQ",
        "side": "BOT",
        "shares": Decimal(5),
        "price": Decimal("257.95"),
        "perm_id": 389211034,
        "client_id": 1,
        "order_id": 7,
        "cum_qty": Decimal(5),
        "avg_price": Decimal("257.95"),
        "order_ref": "ref",
        "last_liquidity": 2,
        "commission": Decimal(1),
        "commission_currency": "USD",
        "realized_pnl": None,
    }
    return Execution(**{**facts, **changes})


def test_every_kind_of_answer_can_be_written() -> None:
    assert set(WRITERS) == ANSWERS - PROTOBUF_ONLY


SIMPLE: list[tuple[ans.Answer, Event]] = [
    (ans.ManagedAccounts(("A", "B")), ("managedAccounts", ("A,B",))),
    (ans.NextValidId(7), ("nextValidId", (7,))),
    (ans.CurrentTime(NOON + 0.9), ("currentTime", (int(NOON),))),
    (
        ans.AccountValue("NetLiquidation", "1.00", "GBP", "A"),
        ("updateAccountValue", ("NetLiquidation", "1.00", "GBP", "A")),
    ),
    (ans.AccountTime("12:00"), ("updateAccountTime", ("12:00",))),
    (ans.AccountDownloadEnd("A"), ("accountDownloadEnd", ("A",))),
    (ans.AccountSummary(9, "A", "Tag", "1", "GBP"), ("accountSummary", (9, "A", "Tag", "1", "GBP"))),
    (ans.AccountSummaryEnd(9), ("accountSummaryEnd", (9,))),
    (ans.PositionEnd(), ("positionEnd", ())),
    (ans.PositionMultiEnd(9), ("positionMultiEnd", (9,))),
    (
        ans.AccountUpdateMulti(9, "m", ans.AccountValue("K", "v", "GBP", "A")),
        ("accountUpdateMulti", (9, "A", "m", "K", "v", "GBP")),
    ),
    (ans.AccountUpdateMultiEnd(9), ("accountUpdateMultiEnd", (9,))),
    (ans.Pnl(9, Decimal("1.5"), Decimal(2), Decimal(-3)), ("pnl", (9, 1.5, 2.0, -3.0))),
    (
        ans.PnlSingle(9, Decimal(5), Decimal(1), Decimal(2), Decimal(3), Decimal("4.5")),
        ("pnlSingle", (9, Decimal(5), 1.0, 2.0, 3.0, 4.5)),
    ),
    (ans.ContractDetailsEnd(9), ("contractDetailsEnd", (9,))),
    (ans.MarketDataType(9, 3), ("marketDataType", (9, 3))),
    (ans.TickReqParams(9, Decimal("0.01"), "9c0001", 3), ("tickReqParams", (9, 0.01, "9c0001", 3))),
    (ans.TickSize(9, 8, Decimal(1234)), ("tickSize", (9, 8, Decimal(1234)))),
    (ans.TickGeneric(9, 49, Decimal(0)), ("tickGeneric", (9, 49, 0.0))),
    (ans.TickString(9, 45, "1795521600"), ("tickString", (9, 45, "1795521600"))),
    (ans.TickSnapshotEnd(9), ("tickSnapshotEnd", (9,))),
    (ans.OpenOrderEnd(), ("openOrderEnd", ())),
    (ans.CompletedOrdersEnd(), ("completedOrdersEnd", ())),
    (ans.ExecutionDetailsEnd(9), ("execDetailsEnd", (9,))),
]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("answer", "event"), SIMPLE, ids=[type(answer).__name__ for answer, _ in SIMPLE])
def test_an_answer_arrives_as_its_callback(answer: ans.Answer, event: Event, version: int) -> None:
    assert decoded(answer, version) == [event]


def test_milliseconds_arrive_at_server_version_200() -> None:
    assert decoded(ans.CurrentTimeInMillis(NOON + 0.25)) == [("currentTimeInMillis", (int(NOON) * 1000 + 250,))]


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=40))
def test_error_texts_survive_whatever_they_say(said: str) -> None:
    for version, time in ((176, 0), (200, int(NOON * 1000))):
        assert decoded(ans.Error(9, 321, said, NOON), version) == [("error", (9, time, 321, said, ""))]


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_errors_carry_their_time_from_194_on(version: int) -> None:
    time = int(NOON * 1000) if version >= 194 else 0
    assert decoded(ans.Error(9, 321, "why", NOON), version) == [("error", (9, time, 321, "why", ""))]


def test_a_price_tick_brings_its_size_along() -> None:
    answer = ans.TickPrice(9, 1, Decimal("257.95"), Decimal(300), 1)
    (price, size) = decoded(answer)
    assert price[1][:3] == (9, 1, 257.95) and price[1][3].canAutoExecute
    assert size == ("tickSize", (9, 0, Decimal(300)))


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_an_execution_and_its_commission(version: int) -> None:
    instrument = gateway().universe.by_con_id(265598)
    assert instrument is not None
    ((_, (req_id, contract, fill)),) = decoded(ans.ExecutionDetails(-1, instrument, execution()), version)
    assert (req_id, contract.symbol, contract.exchange, contract.currency) == (-1, "AAPL", "NASDAQ", "USD")
    assert (fill.execId, fill.time) == ("0000e0d5.69dd7411.01.01", "20261124 07:00:00 US/Eastern")
    assert (fill.shares, fill.price, fill.cumQty, fill.avgPrice) == (Decimal(5), 257.95, Decimal(5), 257.95)
    assert (fill.side, fill.orderId, fill.clientId, fill.permId, fill.orderRef) == ("BOT", 7, 1, 389211034, "ref")
    assert fill.lastLiquidity == 2


def test_the_commission_of_an_opening_fill_has_no_realised_pnl() -> None:
    ((_, (report,)),) = decoded(ans.CommissionReport(execution()))
    assert (report.commissionAndFees, report.currency, report.realizedPNL) == (1.0, "USD", 1.7976931348623157e308)
    ((_, (report,)),) = decoded(ans.CommissionReport(execution(realized_pnl=Decimal("-2.5"))))
    assert report.realizedPNL == -2.5


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_bars_end_within_their_message_before_196_and_after_it_later(version: int) -> None:
    bar = ans.HistoricalBar(
        time="20261124", open="1.00", high="2.00", low="0.50", close="1.50", volume=Decimal(9), wap="1.2", count=3
    )
    events = decoded(ans.HistoricalBars(9, (bar, bar), "a", "b"), version)
    assert [name for name, _ in events] == ["historicalData"] * 2 + ["historicalDataEnd"]
    assert events[-1][1] == (9, "a", "b")
    received = events[0][1][1]
    assert (received.date, received.high, received.volume, received.wap) == (
        "20261124",
        2.0,
        Decimal(9),
        Decimal("1.2"),
    )
    ((_, (_, updated)),) = decoded(ans.HistoricalBarUpdate(9, bar), version)
    assert (updated.open, updated.close, updated.low, updated.barCount) == (1.0, 1.5, 0.5, 3)


def test_positions_have_strikes_with_a_decimal_and_sizes_without() -> None:
    instrument = gateway().universe.by_con_id(265598)
    assert instrument is not None
    row = ans.PositionRow("DU1234567", instrument, Decimal("-110"), Decimal("201.8829709"))
    written = write_answer(row, 200)[4:].replace(b"\0", b"|").decode()
    assert written == "61|3|DU1234567|265598|AAPL|STK||0.0|||NASDAQ|USD|AAPL|NMS|-110|201.8829709|"


def test_a_position_of_a_request_carries_its_id_and_model() -> None:
    instrument = gateway().universe.by_con_id(265598)
    assert instrument is not None
    row = ans.PositionRow("A", instrument, Decimal(5), Decimal("2.5"))
    ((_, (req_id, account, model, contract, held, cost)),) = decoded(ans.PositionMulti(9, row, "m"))
    assert (req_id, account, model, contract.conId, held, cost) == (9, "A", "m", 265598, Decimal(5), 2.5)


def test_the_forms_of_a_recorded_gateway() -> None:
    notice = ans.Error(-1, 2104, "Market data farm connection is OK:usfarm", 1775425766.35)
    assert write_answer(notice, 200)[4:] == (
        b"4\0-1\x002104\0Market data farm connection is OK:usfarm\0\x001775425766350\0"
    )
    summary = ans.AccountSummary(1001, "DU1234567", "BuyingPower", "300000.00", "EUR")
    assert write_answer(summary, 200)[4:] == b"63\x001\x001001\0DU1234567\0BuyingPower\x00300000.00\0EUR\0"
    assert write_answer(ans.TickPrice(1, 68, Decimal("255.45"), Decimal(200)), 200)[4:] == (
        b"1\x006\x001\x0068\x00255.45\x00200\x000\0"
    )
