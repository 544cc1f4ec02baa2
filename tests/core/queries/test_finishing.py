from __future__ import annotations

import pytest

from twsbridge.protocol.columns import unpack_floats, unpack_ints
from twsbridge.protocol.models import Contract
from twsbridge.protocol.query_replies import Headline, NewsProvider, NewsProviders, OptionChain
from twsbridge_server.core.queries import finishing
from twsbridge_server.core.queries.questions import HistoricalTicks


def question(what_to_show: str) -> HistoricalTicks:
    return HistoricalTicks(0, Contract(), "", "", 10, what_to_show, True, False)


def test_an_answer_that_comes_whole() -> None:
    assert finishing.only(None, ["a"]) == "a"
    with pytest.raises(ValueError, match="empty"):
        finishing.only(None, [])


def test_rows() -> None:
    rows = [NewsProvider(code="BRFG", name="Briefing")]
    assert finishing.rows_of(NewsProviders)(None, rows) == NewsProviders(rows=rows)


def test_chains_are_sorted() -> None:
    made = [
        OptionChain(exchange=name, underlying_con_id=1, trading_class="A", multiplier="100", expirations=[], strikes=[])
        for name in ("SMART", "CBOE")
    ]
    assert finishing.chains(None, made).rows == made[::-1]


def test_headlines_and_whether_there_are_more() -> None:
    row = Headline(time_us=1, provider_code="B", article_id="B$1", headline="x")
    assert finishing.headlines(None, [row, True]).has_more
    assert finishing.headlines(None, [row, False]).rows == [row]
    assert not finishing.headlines(None, [False]).rows


def test_ticks_are_columns_of_their_kind_also_when_there_is_none() -> None:
    trades = finishing.ticks(question("TRADES"), [finishing.TradeTick(5, 1.5, 2.0, False, True, "IEX", "I")])
    assert (trades.count, unpack_ints(trades.i64["time_us"]), unpack_floats(trades.f64["price"])) == (
        1,
        [5_000_000],
        [1.5],
    )
    assert (unpack_ints(trades.i64["unreported"]), trades.texts) == (
        [1],
        {"exchange": ["IEX"], "special_conditions": ["I"]},
    )
    nothing = finishing.ticks(question("BID_ASK"), [])
    assert set(nothing.f64) == {"bid", "ask", "bid_size", "ask_size"}
    assert set(nothing.i64) == {"time_us", "bid_past_low", "ask_past_high"}
    assert set(finishing.ticks(question("MIDPOINT"), []).f64) == {"price"}
