from __future__ import annotations

from typing import Any, get_args

import pytest

from twsbridge.protocol.models import Contract
from twsbridge.protocol.queries import GetWshEvents
from twsbridge_server.core.queries import questions as q
from twsbridge_server.tws.encoder import Encoder
from twsbridge_server.tws.query_encoder import CANCELS, QUERY_METHODS

AAPL = Contract(con_id=265598, symbol="AAPL", sec_type="STK", exchange="SMART", currency="USD")
EVENTS = GetWshEvents(con_id=1, start_date="20261101", limit=5)
ID = 2_000_000_007

EVERY = [
    q.MatchingSymbols(ID, "AA"),
    q.OptionParameters(ID, "AAPL", "", "STK", 265598),
    q.SmartComponents(ID, "a60001"),
    q.HeadTimestamp(ID, AAPL, "TRADES", True),
    q.HistogramData(ID, AAPL, True, "3 days"),
    q.HistoricalTicks(ID, AAPL, "", "20261123-15:00:00", 10, "TRADES", True, False),
    q.HistoricalSchedule(ID, AAPL, "", "1 M", True),
    q.ImpliedVolatility(ID, AAPL, 4.2, 190.0),
    q.OptionPrice(ID, AAPL, 0.3, 190.0),
    q.HistoricalNews(ID, 265598, "BRFG", "", "", 10),
    q.NewsArticle(ID, "BRFG", "BRFG$1"),
    q.FundamentalData(ID, AAPL, "ReportSnapshot"),
    q.WshMetadata(ID),
    q.WshEvents(ID, EVENTS),
    q.UserInfo(ID),
    q.TiersOfSoftDollars(ID),
    q.DisplayGroups(ID),
    q.ReplaceFa(ID, 1, "<ListOfGroups/>"),
    q.MarketRule(26),
    q.DepthExchanges(),
    q.ScannerParameters(),
    q.NewsProviders(),
    q.FamilyCodes(),
    q.TwsTime(),
    q.RequestFa(3),
    *(q.CancelQuestion(ID, of) for of in CANCELS),
]


def test_every_question_is_here() -> None:
    assert {type(call) for call in EVERY} == {*get_args(q.AnyQuestion), q.CancelQuestion} == set(QUERY_METHODS)


@pytest.mark.parametrize("version", [176, 203, 225])
@pytest.mark.parametrize("call", EVERY, ids=lambda call: f"{type(call).__name__}-{getattr(call, 'of', '')}")
def test_every_question_is_one_frame(version: int, call: Any) -> None:
    encoded = Encoder(version).encode(call)
    if version < 215 and call == q.CancelQuestion(ID, q.HistoricalTicks):
        assert encoded.data == b"" and [error.id for error in encoded.errors] == [ID]
        return
    assert encoded.errors == []
    assert int.from_bytes(encoded.data[:4], "big") == len(encoded.data) - 4


def fields(call: Any, version: int = 176) -> list[str]:
    return Encoder(version).encode(call).data[4:].decode().split("\0")[:-1]


def test_the_clock_is_asked_in_milliseconds_where_tws_can() -> None:
    assert (fields(q.TwsTime())[0], fields(q.TwsTime(), 197)[0]) == ("49", "105")


def test_a_schedule_is_history_of_whole_days() -> None:
    assert fields(q.HistoricalSchedule(ID, AAPL, "20261123-15:00:00", "2 W", True))[-7:] == [
        "1 day", "2 W", "1", "SCHEDULE", "1", "0", ""]  # fmt: skip


def test_events_say_what_the_command_says() -> None:
    assert fields(q.WshEvents(ID, EVENTS)) == ["102", str(ID), "1", "", "0", "0", "0", "20261101", "", "5"]
