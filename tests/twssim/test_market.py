from dataclasses import fields
from decimal import Decimal
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.market_rig import (
    FEW,
    MONDAY_NOON,
    QUICK,
    UNIVERSE,
    at,
    instruments,
    market,
    modes,
    moments,
    seeds,
    the,
)
from twssim.calendar import Calendar
from twssim.market import Market, Quote

AAPL, CSH2, SPY = the("AAPL"), the("CSH2"), the("SPY")
factors = st.decimals("0.5", "2", places=3)


@given(instruments, moments, seeds, modes)
@QUICK
def test_every_quote_is_consistent(instrument, now: float, seed: int, mode: str) -> None:
    quote = Market(UNIVERSE, seed, Calendar(mode)).quote(instrument.con_id, now)
    prices = (quote.bid, quote.ask, quote.last, quote.open, quote.high, quote.low, quote.close)

    assert quote.bid < quote.ask <= quote.bid + 3 * instrument.min_tick
    assert quote.bid <= quote.last <= quote.ask
    assert quote.low <= min(quote.open, quote.last) <= max(quote.open, quote.last) <= quote.high
    assert all(price > 0 and price % instrument.min_tick == 0 for price in prices)
    assert all(isinstance(getattr(quote, each.name), Decimal) for each in fields(Quote) if each.name != "time")
    sizes = (quote.bid_size, quote.ask_size, quote.last_size, quote.volume)
    assert all(size >= 0 and size == int(size) for size in sizes)
    assert quote.time == now


@given(instruments, st.lists(moments, min_size=2, max_size=6), seeds, st.randoms())
@FEW
def test_the_order_of_asking_does_not_matter(instrument, times: list[float], seed: int, shuffle) -> None:
    asked = Market(UNIVERSE, seed)
    quotes = {now: asked.quote(instrument.con_id, now) for now in times}
    shuffle.shuffle(times)
    again = Market(UNIVERSE, seed)

    assert {now: again.quote(instrument.con_id, now) for now in times} == quotes


@given(instruments, moments, modes)
@FEW
def test_open_high_low_and_volume_are_those_of_the_session(instrument, now: float, mode: str) -> None:
    """The session so far, seen quarter by quarter of a second from somewhere on to now."""
    calendar, simulated = Calendar(mode), Market(UNIVERSE, 7, Calendar(mode))
    session = calendar.session_at(instrument, now)
    previous = simulated.quote(instrument.con_id, max(session.start, now - 30))
    for step in range(1, 121):
        quote = simulated.quote(instrument.con_id, max(session.start, now - 30) + step / 4)
        if calendar.session_at(instrument, quote.time) != session:
            break
        assert quote.high == max(previous.high, quote.last)
        assert quote.low == min(previous.low, quote.last)
        assert quote.volume >= previous.volume
        assert (quote.open, quote.close) == (previous.open, previous.close)
        previous = quote


@given(instruments, moments, modes)
@QUICK
def test_a_session_opens_with_its_first_trade(instrument, now: float, mode: str) -> None:
    calendar = Calendar(mode)
    simulated = Market(UNIVERSE, 3, calendar)
    start = calendar.session_at(instrument, now).start
    first, later = simulated.quote(instrument.con_id, start), simulated.quote(instrument.con_id, now)

    assert first.open == first.high == first.low == first.last == later.open


@given(st.sampled_from([AAPL, CSH2, the("EUR", "CASH")]), moments)
@QUICK
def test_close_is_the_last_price_of_the_previous_liquid_hours(instrument, now: float) -> None:
    calendar = Calendar("regular")
    simulated = Market(UNIVERSE, 3, calendar)
    before = calendar.session_before(instrument, calendar.session_date(instrument, now))

    closing = simulated.quote(instrument.con_id, before.liquid_end - 0.25).last
    assert simulated.quote(instrument.con_id, now).close == closing


def test_a_closed_market_keeps_its_last_quote() -> None:
    simulated = Market(UNIVERSE, 1, Calendar("regular"))
    friday = simulated.quote(AAPL.con_id, at("2026-11-20 19:59:59") + 0.9)
    sunday = simulated.quote(AAPL.con_id, at("2026-11-22 12:00"))

    assert {each.name for each in fields(Quote) if getattr(friday, each.name) != getattr(sunday, each.name)} == {"time"}


def test_a_liquid_stock_moves_several_times_per_second_and_sizes_more_often() -> None:
    simulated = market()
    quotes = [simulated.quote(AAPL.con_id, MONDAY_NOON + step / 4) for step in range(2400)]
    pairs = list(zip(quotes, quotes[1:], strict=False))
    prices = sum((one.bid, one.last) != (two.bid, two.last) for one, two in pairs)
    sizes = sum((one.bid_size, one.ask_size) != (two.bid_size, two.ask_size) for one, two in pairs)

    assert 600 < prices < sizes


def test_the_money_market_fund_grows_steadily() -> None:
    simulated = market()
    months = [simulated.quote(CSH2.con_id, at(f"2026-{month:02}-15 12:00", "GB-Eire")).last for month in range(1, 13)]

    assert Decimal("1100") < months[0] < months[-1] < Decimal("1250")
    assert Decimal("1.025") < months[-1] / months[0] < Decimal("1.055")
    assert all(later / earlier < Decimal("1.012") for earlier, later in zip(months, months[1:], strict=False))


@given(moments, seeds)
@QUICK
def test_exchange_rates_agree_with_the_quotes_and_each_other(now: float, seed: int) -> None:
    simulated = Market(UNIVERSE, seed)
    pound = simulated.quote(the("GBP", "CASH").con_id, now)

    assert simulated.rate("GBP", "GBP", now) == 1
    assert simulated.rate("GBP", "USD", now) == (pound.bid + pound.ask) / 2
    for base, quote in (("USD", "GBP"), ("USD", "JPY"), ("EUR", "GBP"), ("JPY", "EUR")):
        product = simulated.rate(base, quote, now) * simulated.rate(quote, base, now)
        assert abs(product - 1) < Decimal("1e-20")
    through = simulated.rate("EUR", "USD", now) * simulated.rate("USD", "GBP", now)
    assert simulated.rate("EUR", "GBP", now) == through


def test_a_currency_without_a_pair_is_named() -> None:
    with pytest.raises(ValueError, match="XXX"):
        market().rate("XXX", "USD", MONDAY_NOON)


@given(instruments, factors, moments, st.floats(0, 2e6))
@QUICK
def test_a_shift_holds_from_now_on_and_leaves_the_past(instrument, factor: Decimal, now: float, later: float) -> None:
    plain, shifted = market(), market()
    shifted.quote(instrument.con_id, now + later)
    shifted.shift(instrument.con_id, factor, now)

    assert shifted.quote(instrument.con_id, now - 0.001) == plain.quote(instrument.con_id, now - 0.001)
    quote, before = shifted.quote(instrument.con_id, now + later), plain.quote(instrument.con_id, now + later)
    assert abs(quote.last - before.last * factor) <= 3 * instrument.min_tick
    assert quote.low <= quote.last <= quote.high and quote.volume == before.volume


def test_the_next_day_closes_at_the_shifted_price_although_it_was_asked_before() -> None:
    simulated, tuesday = market(), MONDAY_NOON + 86_400
    before = simulated.quote(AAPL.con_id, tuesday).close
    simulated.shift(AAPL.con_id, Decimal("1.5"), MONDAY_NOON)

    assert abs(simulated.quote(AAPL.con_id, tuesday).close - before * Decimal("1.5")) <= Decimal("0.02")


def test_what_follows_a_price_moves_when_it_is_shifted() -> None:
    shifted, plain = market(), market()
    shifted.shift(the("SPX", "IND").con_id, Decimal("1.10"), MONDAY_NOON)

    for follower in (SPY, the("ES", "FUT"), the("MES", "FUT")):
        moved = shifted.quote(follower.con_id, MONDAY_NOON).last / plain.quote(follower.con_id, MONDAY_NOON).last
        assert abs(moved - Decimal("1.10")) < Decimal("0.001")


def test_a_factor_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="factor above 0"):
        market().shift(AAPL.con_id, Decimal(0), MONDAY_NOON)


def test_a_tick_of_a_stream_costs_well_under_100_microseconds() -> None:
    simulated = market()
    simulated.quote(AAPL.con_id, MONDAY_NOON)
    started = process_time()
    for step in range(4000):
        simulated.quote(AAPL.con_id, MONDAY_NOON + step / 4)

    assert (process_time() - started) / 4000 < 100e-6
