"""The two masks of a spread, which are each other's mirror."""

from __future__ import annotations

from decimal import Decimal

from twssim.families.tick_forms import body, has_none, history_fields, live_fields
from twssim.tape import Middle, Spread, Trade

ONE = Decimal(1)


def spread(low: bool, high: bool) -> Spread:
    return Spread(5, ONE, ONE, ONE, ONE, low, high)


def test_the_bits_of_a_spread_change_places_between_history_and_live() -> None:
    assert [history_fields(spread(*flags))[1] for flags in ((True, False), (False, True))] == [2, 1]
    assert [live_fields(spread(*flags))[-1] for flags in ((True, False), (False, True))] == [1, 2]


def test_an_unreported_trade_has_the_second_bit() -> None:
    trade = Trade(5, ONE, ONE, "FINRA", True, "I")
    assert history_fields(trade) == (5, 2, ONE, ONE, "FINRA", "I")
    assert live_fields(trade) == (5, ONE, ONE, 2, "FINRA", "I")
    assert body(trade)["tickAttribLast"] == {"pastLimit": False, "unreported": True}


def test_a_midpoint_has_no_size() -> None:
    assert (history_fields(Middle(5, ONE)), live_fields(Middle(5, ONE))) == ((5, 0, ONE, 0), (5, ONE))


def test_currencies_have_no_trades_and_indices_no_quotes() -> None:
    assert has_none("CASH", "AllLast") and has_none("IND", "MidPoint")
    assert not has_none("STK", "Last") and not has_none("CASH", "BidAsk")
