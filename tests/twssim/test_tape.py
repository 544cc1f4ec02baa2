"""The tape agrees with the quotes and the volume, forwards and backwards."""

from __future__ import annotations

from decimal import Decimal
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.market_rig import FEW, MONDAY_NOON, market, the
from twssim.contracts import Instrument
from twssim.tape import Middle, Reel, Spread, Tape, Trade

START = floor(MONDAY_NOON * 4)
OPENED = MONDAY_NOON - 12 * 3600
INSTRUMENTS = [the("AAPL"), the("CSH2"), the("EUR", "CASH"), the("ES", "FUT")]
KINDS = ["Last", "AllLast", "BidAsk", "MidPoint"]


def tape(instrument: Instrument, kind: str, with_sizes: bool = True) -> Tape:
    return Tape(market().listing(instrument.con_id), kind, with_sizes)


@FEW
@given(st.sampled_from(INSTRUMENTS), st.sampled_from(KINDS), st.integers(0, 5000), st.integers(0, 2000), st.booleans())
def test_backwards_is_the_same_the_other_way_round(
    instrument: Instrument, kind: str, skip: int, length: int, with_sizes: bool
) -> None:
    reel, one = Reel(OPENED, START + skip, START + skip + length), tape(instrument, kind, with_sizes)
    assert list(one.backwards(reel))[::-1] == list(one.ticks(reel))


@FEW
@given(st.sampled_from(INSTRUMENTS), st.sampled_from(KINDS), st.integers(1, 900))
def test_what_happens_does_not_depend_on_how_it_is_asked(instrument: Instrument, kind: str, cut: int) -> None:
    one, length = tape(instrument, kind), 1000
    parts = Reel(OPENED, START, START + cut - 1), Reel(OPENED, START + cut, START + length)
    assert [tick for part in parts for tick in one.ticks(part)] == list(one.ticks(Reel(OPENED, START, START + length)))


def test_trades_are_the_volume_at_the_last_price() -> None:
    aapl, reel = the("AAPL"), Reel(OPENED, START, START + 2400)
    trades = [tick for tick in tape(aapl, "Last").ticks(reel) if isinstance(tick, Trade)]
    volume = market().listing(aapl.con_id).volume.traded(START / 4, (START + 2400) / 4)
    assert sum(trade.size for trade in trades) == volume
    assert not any(trade.unreported for trade in trades)
    for trade in trades[::50]:
        assert trade.price in {market().quote(aapl.con_id, trade.time + part / 4).last for part in range(4)}


def test_all_last_has_what_is_never_reported_beside_the_trades() -> None:
    reel = Reel(OPENED, START, START + 2400)
    every = [tick for tick in tape(the("AAPL"), "AllLast").ticks(reel) if isinstance(tick, Trade)]
    extra = [trade for trade in every if trade.unreported]
    assert extra and {trade.conditions for trade in extra} == {"I"}
    assert [trade for trade in every if not trade.unreported] == list(tape(the("AAPL"), "Last").ticks(reel))


def test_spreads_and_middles_are_those_of_the_quotes() -> None:
    aapl, middle = the("AAPL"), Decimal(0)
    for moment in range(START, START + 200):
        quote, here = market().quote(aapl.con_id, moment / 4), Reel(OPENED, moment, moment)
        (spread,) = tape(aapl, "BidAsk").ticks(here)
        assert isinstance(spread, Spread)
        assert (spread.bid, spread.ask) == (quote.bid, quote.ask)
        assert (spread.bid_size, spread.ask_size) == (quote.bid_size, quote.ask_size)
        changed = list(tape(aapl, "MidPoint").ticks(here))
        assert bool(changed) == bool(list(tape(aapl, "BidAsk", False).ticks(here)))
        for tick in changed:
            assert isinstance(tick, Middle) and tick.price == (quote.bid + quote.ask) / 2 != middle
            middle = tick.price


@pytest.mark.parametrize("kind", KINDS)
def test_hours_of_a_quiet_fund_are_searched(kind: str) -> None:
    ticks = tape(the("CSH2"), kind, False).backwards(Reel(OPENED, START - 4 * 3600 * 4, START))
    assert None not in [next(ticks, None) for _ in range(10)]
