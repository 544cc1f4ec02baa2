from __future__ import annotations

from typing import Any

import pytest

from tests.core.rig import SETTINGS, asked, of
from twsbridge.protocol.columns import unpack_floats, unpack_ints
from twsbridge.protocol.commands import GetBars
from twsbridge.protocol.errors import WireError
from twsbridge.protocol.models import Contract, ContractDetails
from twsbridge.protocol.replies import Bars
from twsbridge_server.core.answers import FIRST_REQUEST_ID, RequestIds
from twsbridge_server.core.calls import CancelHistoricalData, ReqHistoricalData
from twsbridge_server.core.contracts import Contracts
from twsbridge_server.core.effects import CallTws, Effect, SendReply
from twsbridge_server.core.history import PRICES, History, end_text
from twsbridge_server.core.inputs import ContractDetailsEnd, ContractDetailsRow, TwsErrorReceived
from twsbridge_server.core.requests import Requests
from twsbridge_server.core.stream_inputs import BarRow, HistoricalBars, HistoricalEnd

CSH2 = Contract(symbol="CSH2", sec_type="STK", exchange="LSE", currency="GBP")
FOUND = CSH2.model_copy(update={"con_id": 77})
BAR = BarRow("20260105", 100.0, 101.5, 99.5, 101.0, 1234.0, 100.7, 42)
ID = FIRST_REQUEST_ID


class Rig:
    """History over contracts and requests, with CSH2 as the contract that TWS knows."""

    def __init__(self) -> None:
        self.requests = Requests(RequestIds())
        self.requests.ready(0)
        contracts = Contracts(SETTINGS, self.requests)
        self.history = History(SETTINGS, contracts, self.requests)

    def ask(self, now: int = 0, **more: Any) -> list[Effect]:
        command = GetBars(**{"contract": CSH2, "duration": "3 M", "bar_size": "1 day", **more})
        return self.history.bars(asked(command), command, now)

    def resolve(self, now: int = 0) -> list[Effect]:
        details = ContractDetails(contract=FOUND, time_zone_id="Europe/London")
        self.requests.row(ContractDetailsRow(ID, details), now)
        return self.requests.end(ContractDetailsEnd(ID), now)

    def asked_tws(self, **more: Any) -> ReqHistoricalData:
        """What is asked of TWS once the contract is known."""
        self.ask(**more)
        (effect,) = self.resolve()
        assert isinstance(effect, CallTws) and isinstance(effect.call, ReqHistoricalData)
        return effect.call

    def answers(self, *bars: BarRow, req_id: int = ID + 1) -> list[Any]:
        self.requests.row(HistoricalBars(req_id, bars), 0)
        return [reply.body or reply.error for reply in of(SendReply, self.requests.end(HistoricalEnd(req_id), 0))]

    def refuses(self, code: int, text: str) -> Any:
        (reply,) = of(SendReply, self.requests.error(TwsErrorReceived(ID + 1, code, text), 0) or [])
        return reply.body or reply.error


def test_the_resolved_contract_is_asked_for() -> None:
    call = Rig().asked_tws(use_rth=False, end_us=1_767_628_800_999_999)
    assert call == ReqHistoricalData(ID + 1, FOUND, "20260105-16:00:00", "3 M", "1 day", "TRADES", False)


def test_an_expired_contract_stays_one() -> None:
    call = Rig().asked_tws(contract=CSH2.model_copy(update={"include_expired": True}))
    assert call.contract == FOUND.model_copy(update={"include_expired": True})


@pytest.mark.parametrize(
    ("end_us", "text"),
    [(None, ""), (0, "19700101-00:00:00"), (-1, "19691231-23:59:59"), (2**53 - 1, "22550605-23:47:34")],
)
def test_the_end_in_tws_notation(end_us: int | None, text: str) -> None:
    assert end_text(end_us) == text


@pytest.mark.parametrize("bar_size", ["1 day", "1 week", "1 month"])
def test_days_and_longer_have_dates(bar_size: str) -> None:
    rig = Rig()
    rig.asked_tws(bar_size=bar_size)
    (bars,) = rig.answers(BAR, BAR._replace(date="20260106", close=102.0))
    assert isinstance(bars, Bars)
    assert (bars.contract, bars.bar_size, bars.what_to_show) == (FOUND, bar_size, "TRADES")
    assert (bars.tz, bars.count, bars.dates) == ("Europe/London", 2, ["2026-01-05", "2026-01-06"])
    assert bars.i64.keys() == {"bar_count"}
    assert unpack_ints(bars.i64["bar_count"]) == [42, 42]
    assert tuple(bars.f64) == PRICES
    assert [unpack_floats(bars.f64[name])[0] for name in PRICES] == list(BAR[1:7])
    assert unpack_floats(bars.f64["close"]) == [101.0, 102.0]


def test_shorter_bars_have_instants() -> None:
    rig = Rig()
    rig.asked_tws(bar_size="1 min")
    (bars,) = rig.answers(BAR._replace(date="1767628800"))
    assert (bars.dates, unpack_ints(bars.i64["time_us"])) == (None, [1_767_628_800_000_000])


def test_bars_of_several_messages_are_joined() -> None:
    rig = Rig()
    rig.asked_tws()
    rig.requests.row(HistoricalBars(ID + 1, (BAR,)), 0)
    (bars,) = rig.answers(BAR._replace(date="20260106"))
    assert bars.dates == ["2026-01-05", "2026-01-06"]


@pytest.mark.parametrize(("bar_size", "date"), [("1 day", "1767628800"), ("1 min", "20260105 16:00:00")])
def test_a_date_that_cannot_be_read_is_an_error(bar_size: str, date: str) -> None:
    rig = Rig()
    rig.asked_tws(bar_size=bar_size)
    (error,) = rig.answers(BAR._replace(date=date))
    assert isinstance(error, WireError) and error.code == "tws.error" and date in error.msg


def test_equal_requests_are_one_for_tws_and_each_is_answered() -> None:
    rig = Rig()
    rig.asked_tws()
    assert rig.ask() == []
    assert [bars.count for bars in rig.answers(BAR)] == [1, 1]
    assert rig.ask() != []


def test_a_contract_that_does_not_exist_ends_it() -> None:
    rig = Rig()
    rig.ask()
    error = TwsErrorReceived(ID, 200, "No security definition has been found")
    (reply,) = of(SendReply, rig.requests.error(error, 0) or [])
    assert reply.error.code == "tws.not_found"


def test_no_data_is_an_answer_without_bars() -> None:
    rig = Rig()
    rig.asked_tws(bar_size="1 min")
    text = "Historical Market Data Service error message:HMDS query returned no data: CSH2@LSE Trades"
    bars = rig.refuses(162, text)
    assert isinstance(bars, Bars)
    assert (bars.count, bars.i64["time_us"], bars.f64["close"]) == (0, b"", b"")


@pytest.mark.parametrize(
    ("code", "text", "wire_code"),
    [
        (162, "Historical Market Data Service error message:API historical data query cancelled: 9", "tws.error"),
        (162, "Historical Market Data Service error message:Historical data request pacing violation", "tws.pacing"),
        (366, "No historical data query found for ticker id:9", "tws.error"),
        (321, "Error validating request.-'bW' : cause - There is no data type", "tws.error"),
        (354, "Requested market data is not subscribed.", "tws.permission"),
    ],
)
def test_refusals(code: int, text: str, wire_code: str) -> None:
    rig = Rig()
    rig.asked_tws()
    error = rig.refuses(code, text)
    assert (error.code, error.tws_code) == (wire_code, code)


def test_after_the_deadline_tws_is_told_that_nobody_waits() -> None:
    rig = Rig()
    rig.asked_tws()
    cancel, reply = rig.requests.due(SETTINGS.history_timeout_us)
    assert cancel == CallTws(CancelHistoricalData(ID + 1))
    assert isinstance(reply, SendReply) and reply.error is not None and reply.error.code == "tws.timeout"


def test_small_bars_wait_for_their_turn() -> None:
    rig = Rig()
    rig.asked_tws(bar_size="5 secs", duration="60 S")
    rig.answers(BAR._replace(date="1767628800"))
    assert rig.ask(now=1, bar_size="5 secs", duration="60 S") == []
    assert rig.requests.next_due() == 15_000_000
    assert len(of(CallTws, rig.requests.due(15_000_000))) == 1
