from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from twsbridge.contracts import Stock
from twsbridge.errors import TwsError
from twsbridge.protocol.envelope import TicksFrame
from twsbridge.protocol.errors import make_error
from twsbridge.protocol.line_state import Rerouted, TickParameters
from twsbridge.protocol.tick_values import OptionTick
from twsbridge.quote import Market, Quote, Tick

TOPIC = "md|265598@SMART|"


def frame(n: int, body: Any, kind: str = "ticks") -> TicksFrame:
    return TicksFrame(TOPIC, kind, n, 1_700_000_000_000_000 + n, body)


def market(*frames: TicksFrame) -> Market:
    one = Market(Stock("AAPL"))
    for each in frames:
        one.take(each)
    return one


def test_a_quote_has_the_last_value_of_every_tick_type() -> None:
    quote = market(frame(1, [[1, 190.0], [0, "300"], [2, 190.1], [3, "200"]]), frame(2, [[1, 190.05]])).quote
    assert (quote.bid, quote.ask, quote.last) == (190.05, 190.1, None)
    assert (quote.bid_size, quote.ask_size) == (Decimal(300), Decimal(200))
    assert quote.ticks == [Tick(1, 190.05)]
    assert quote.mid is not None and abs(quote.mid - 190.075) < 1e-9
    assert (quote.symbol, quote.time.year) == ("AAPL", 2023)


def test_earlier_quotes_do_not_change() -> None:
    one = market(frame(1, [[1, 190.0]]))
    before = one.quote
    one.take(frame(2, [[1, 191.0]]))
    assert (before.bid, one.quote.bid) == (190.0, 191.0)


def test_none_means_that_there_is_no_such_value_any_more() -> None:
    assert market(frame(1, [[1, 190.0]]), frame(2, [[1, None]])).quote.bid is None


def test_delayed_values_stand_in_where_there_are_no_live_ones() -> None:
    quote = market(frame(1, [[66, 189.0], [69, "100"], [68, 189.5], [74, "1000"]])).quote
    assert (quote.bid, quote.bid_size, quote.last, quote.volume) == (189.0, 100, 189.5, 1000)
    assert market(frame(1, [[66, 189.0], [1, 190.0]])).quote.bid == 190.0


def test_nothing_is_known_before_the_first_frame() -> None:
    quote = market().quote
    assert (quote.bid, quote.bid_size, quote.mid, quote.state, quote.error) == (None, None, None, "waiting", None)
    assert "AAPL" in repr(quote) and "waiting" in repr(quote)


def test_complete_means_bid_ask_and_last() -> None:
    assert not market(frame(1, [[1, 190.0], [2, 190.1]])).quote.is_complete
    assert market(frame(1, [[1, 190.0], [2, 190.1], [4, 190.05]])).quote.is_complete


def test_a_state_changes_no_value_and_a_value_no_state() -> None:
    one = market(frame(1, [[1, 190.0]]), frame(2, {"state": "delayed", "market_data_type": 3}, "state"))
    assert (one.quote.state, one.quote.bid, one.quote.ticks) == ("delayed", 190.0, [])
    assert one.take(frame(3, [[1, 191.0]])).state == "delayed"


def test_the_reason_of_an_ended_line_is_an_error() -> None:
    error = make_error("tws.permission", "no subscription", tws_code=354).wire()
    quote = market(frame(1, {"state": "ended", "error": error}, "state")).quote
    assert quote.state == "ended"
    assert isinstance(quote.error, TwsError) and quote.error.tws_code == 354


def test_lost_frames_are_counted() -> None:
    one = market(frame(5, [[1, 1.0]]))
    assert one.quote.missed == 0, "what was before the first frame was never ours"
    assert [one.take(frame(n, [[1, 1.0]])).missed for n in (6, 9, 9, 2)] == [0, 2, 0, 0]


def test_tick_types_have_names() -> None:
    assert [str(Tick(1, 190.0)), str(Tick(0, "300")), Tick(999, 1.0).name] == ["bid 190.0", "bid_size 300", "tick_999"]


def test_a_quote_shows_what_it_has() -> None:
    quote = market(frame(1, [[1, 190.0], [2, 190.1], [0, "3"], [3, "2"], [8, "1234"]])).quote
    text = repr(quote)
    for part in ("AAPL", "bid 190", "ask 190.1", "volume 1234", "size 3x2"):
        assert part in text
    assert "last" not in text


def test_half_a_size_shows_what_is_known() -> None:
    assert "size 3x-" in repr(market(frame(1, [[0, "3"]])).quote)


@given(st.lists(st.tuples(st.sampled_from([1, 2, 4, 66]), st.one_of(st.none(), st.floats(1, 1000))), max_size=30))
def test_a_quote_is_the_sum_of_its_ticks(ticks: list[tuple[int, float | None]]) -> None:
    one = market(*(frame(n, [tick]) for n, tick in enumerate(ticks)))
    whole = Quote(Stock("AAPL"), dict(ticks), {})
    assert (one.quote.bid, one.quote.ask, one.quote.last) == (whole.bid, whole.ask, whole.last)


def test_a_gap_is_told_and_an_image_takes_the_place_of_all_values() -> None:
    gap = {"since_us": 5, "reason": "the connection was closed"}
    one = market(frame(1, [[1, 190.0], [2, 190.1]]), frame(2, {"state": "stale", "gap": gap}, "state"))
    assert (one.quote.state, one.quote.bid, one.quote.resumed) == ("stale", 190.0, None)
    assert one.quote.gap is not None and one.quote.gap.reason == gap["reason"]
    fresh = one.take(frame(3, [[2, 191.0]], "image"))
    assert (fresh.bid, fresh.ask, fresh.ticks) == (None, 191.0, [Tick(2, 191.0)])
    over = one.take(frame(4, {"state": "live", "resumed": {"since_us": 5, "data_lost": True}}, "state"))
    assert over.gap is None and over.resumed is not None and over.resumed.data_lost


def test_greeks_are_live_or_else_delayed() -> None:
    quote = market(frame(1, [[13, {"tick_attrib": 1, "delta": 0.5}], [80, {"delta": 0.4, "later": 1}]])).quote
    assert quote.model_greeks == OptionTick(tick_attrib=1, delta=0.5)
    assert quote.bid_greeks is not None and quote.bid_greeks.delta == 0.4
    assert quote.ask_greeks is quote.last_greeks is None
    assert [tick.name for tick in quote.ticks] == ["model_greeks", "delayed_bid_greeks"]


def test_what_tws_said_as_the_line_began() -> None:
    said = {"state": "live", "parameters": {"min_tick": 0.01}, "rerouted": {"con_id": 7, "exchange": "SMART"}}
    quote = market(frame(1, said, "state")).quote
    assert quote.parameters == TickParameters(min_tick=0.01) and quote.rerouted == Rerouted(con_id=7, exchange="SMART")
    assert market().quote.parameters is market().quote.rerouted is None
