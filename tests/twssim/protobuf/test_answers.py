"""Answers in protobuf, as the official decoder reads them at every mixed and every full version."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.twssim.declared import ANSWERS, TEXT_ONLY
from tests.twssim.official import NOON, Event, gateway
from tests.twssim.test_text_answers import SIMPLE, decoded, execution
from twssim import answers as ans
from twssim.protobuf.answers import WRITERS, write_answer
from twssim.protobuf.messages import parse

EVERY_RAW_ID_VERSION = range(201, 226)
PROTOBUF = 225


def test_every_kind_of_answer_can_be_written() -> None:
    assert set(WRITERS) == ANSWERS - TEXT_ONLY


@pytest.mark.parametrize("version", EVERY_RAW_ID_VERSION)
def test_an_answer_arrives_as_its_callback(version: int) -> None:
    for answer, event in SIMPLE:
        assert decoded(answer, version) == [event]


@pytest.mark.parametrize("version", [201, 212, 213, 225])
def test_milliseconds(version: int) -> None:
    said: Event = ("currentTimeInMillis", (int(NOON) * 1000 + 250,))
    assert decoded(ans.CurrentTimeInMillis(NOON + 0.25), version) == [said]


def test_an_error_always_has_its_id_and_time_and_its_text_needs_no_escapes() -> None:
    time = int(NOON * 1000)
    for said in ("why", "où \\ 数"):
        assert decoded(ans.Error(-1, 2104, said, NOON), PROTOBUF) == [("error", (-1, time, 2104, said, ""))]
    assert parse("ErrorMessage", write_answer(ans.Error(-1, 2104, "why", NOON))[8:]).HasField("id")


def test_end_markers_without_fields_are_bare_ids() -> None:
    for answer, number in ((ans.OpenOrderEnd(), 253), (ans.PositionEnd(), 262), (ans.CompletedOrdersEnd(), 302)):
        assert write_answer(answer) == bytes([0, 0, 0, 4]) + number.to_bytes(4, "big")


def test_a_price_tick_brings_its_size_along() -> None:
    price, size = decoded(ans.TickPrice(9, 1, Decimal("257.95"), Decimal(0), 1), PROTOBUF)
    assert price[1][:3] == (9, 1, 257.95) and price[1][3].canAutoExecute
    assert size == ("tickSize", (9, 0, Decimal(0)))


@pytest.mark.parametrize("version", EVERY_RAW_ID_VERSION)
def test_an_execution_says_what_it_says_in_text(version: int) -> None:
    instrument = gateway().universe.by_con_id(265598)
    assert instrument is not None
    answer = ans.ExecutionDetails(-1, instrument, execution())
    ((_, (req_id, contract, fill)),) = decoded(answer, version)
    ((_, (_, contract_in_text, fill_in_text)),) = decoded(answer, 200)
    assert (req_id, vars(contract)) == (-1, vars(contract_in_text))
    differing = {name for name, value in vars(fill).items() if str(value) != str(getattr(fill_in_text, name))}
    assert differing <= {"pendingPriceRevision"}


@pytest.mark.parametrize(("version", "said"), [(203, 1.7976931348623157e308), (204, 0.0), (225, 0.0)])
def test_the_realised_pnl_of_an_opening_fill_is_absent_and_read_as_zero(version: int, said: float) -> None:
    ((_, (report,)),) = decoded(ans.CommissionReport(execution()), version)
    assert (report.commissionAndFees, report.currency, report.realizedPNL) == (1.0, "USD", said)
    ((_, (report,)),) = decoded(ans.CommissionReport(execution(realized_pnl=Decimal("-2.5"))), version)
    assert report.realizedPNL == -2.5


@pytest.mark.parametrize("version", [201, 207, 208, 225])
def test_bars_come_in_one_message_and_their_end_in_another(version: int) -> None:
    bar = ans.HistoricalBar(
        time="20261124", open="1.00", high="2.00", low="0.50", close="1.50", volume=Decimal(9), wap="1.2", count=3
    )
    events = decoded(ans.HistoricalBars(9, (bar, bar), "a", "b"), version)
    assert [name for name, _ in events] == ["historicalData"] * 2 + ["historicalDataEnd"]
    received = events[0][1][1]
    assert (received.date, received.high, received.volume, received.wap) == (
        "20261124",
        2.0,
        Decimal(9),
        Decimal("1.2"),
    )
    assert events[-1][1] == (9, "a", "b")
    assert [name for name, _ in decoded(ans.HistoricalBars(9, (), "a", "b"), version)] == ["historicalDataEnd"]
    ((_, (_, updated)),) = decoded(ans.HistoricalBarUpdate(9, bar), version)
    assert (updated.open, updated.close, updated.low, updated.barCount) == (1.0, 1.5, 0.5, 3)


@pytest.mark.parametrize("version", [201, 206, 207, 225])
def test_positions_and_portfolios(version: int) -> None:
    instrument = gateway().universe.by_con_id(265598)
    assert instrument is not None
    row = ans.PositionRow("A", instrument, Decimal("-1.5"), Decimal("201.88"))
    ((_, (account, contract, position, cost)),) = decoded(row, version)
    assert (account, contract.conId, contract.exchange, position, cost) == (
        "A",
        265598,
        "NASDAQ",
        Decimal("-1.5"),
        201.88,
    )
    ((_, multi),) = decoded(ans.PositionMulti(9, row, "m"), version)
    assert (multi[0], multi[1], multi[2], multi[4], multi[5]) == (9, "A", "m", Decimal("-1.5"), 201.88)
    value = ans.PortfolioValue(
        account="A",
        instrument=instrument,
        position=Decimal(5),
        market_price=Decimal(250),
        market_value=Decimal(1250),
        average_cost=Decimal(240),
        unrealized_pnl=Decimal(50),
        realized_pnl=Decimal(0),
    )
    ((_, (contract, *amounts)),) = decoded(value, version)
    assert (contract.conId, contract.primaryExchange) == (265598, "NASDAQ")
    assert amounts == [Decimal(5), 250.0, 1250.0, 240.0, 50.0, 0.0, "A"]
