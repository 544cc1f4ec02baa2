import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.market_rig import QUICK, UNIVERSE, instruments, moments, seeds, the
from twssim.listing import ANCHOR, Listings
from twssim.path import DAY

ORIGINAL = [each for each in UNIVERSE if not each.behaviour.follows]


def price(listings: Listings, con_id: int, now: float) -> float:
    return listings[con_id].path.span(now, now).close


@given(st.sampled_from(ORIGINAL), seeds)
@QUICK
def test_an_instrument_costs_its_price_at_the_anchor(instrument, seed: int) -> None:
    assert price(Listings(UNIVERSE, seed), instrument.con_id, ANCHOR * DAY) == pytest.approx(float(instrument.price))


@given(instruments, moments, seeds)
@QUICK
def test_the_order_of_asking_does_not_matter(instrument, now: float, seed: int) -> None:
    asked = Listings(UNIVERSE, seed)
    for other in UNIVERSE:
        price(asked, other.con_id, 1.75e9)

    assert price(asked, instrument.con_id, now) == price(Listings(UNIVERSE, seed), instrument.con_id, now)


@given(moments, seeds)
@QUICK
def test_what_follows_the_index_moves_with_it(now: float, seed: int) -> None:
    listings = Listings(UNIVERSE, seed)
    index, fund = the("SPX", "IND"), the("SPY")
    ratio = float(fund.price / index.price)

    assert price(listings, fund.con_id, now) == pytest.approx(ratio * price(listings, index.con_id, now))
    future, micro = the("ES", "FUT"), the("MES", "FUT")
    assert price(listings, future.con_id, now) == price(listings, micro.con_id, now)
    assert price(listings, future.con_id, now) >= price(listings, index.con_id, now)


@given(moments, seeds)
@QUICK
def test_a_cross_stays_close_to_its_two_pairs(now: float, seed: int) -> None:
    listings = Listings(UNIVERSE, seed)
    euro, pound = the("EUR", "CASH", currency="USD"), the("GBP", "CASH")
    implied = price(listings, euro.con_id, now) / price(listings, pound.con_id, now)

    cross = the("EUR", "CASH", currency="GBP")
    assert price(listings, cross.con_id, now) == pytest.approx(implied, rel=0.03)


def test_an_unknown_con_id_is_named() -> None:
    with pytest.raises(KeyError, match="con_id 1"):
        Listings(UNIVERSE, 1)[1]
