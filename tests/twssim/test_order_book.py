"""Books are functions of the quote, and every step between two of them can be followed."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.twssim.market_rig import MONDAY_NOON, QUICK, market, the
from twssim.order_book import ASK, BID, DELETE, INSERT, Level, levels, steps

rows = st.integers(1, 8)
sides = st.sampled_from([ASK, BID])
books = st.dictionaries(
    st.tuples(st.integers(1, 9), st.sampled_from("AB")), st.integers(1, 3), max_size=8
)  # (price, maker) -> size


def book(side: int, drawn: dict[tuple[int, str], int], most: int) -> list[Level]:
    order = sorted(drawn.items(), key=lambda item: (-item[0][0] if side == BID else item[0][0], item[0][1]))
    return [Level(Decimal(price), Decimal(size), maker) for (price, maker), size in order][:most]


@QUICK
@given(sides, books, books, rows)
def test_the_steps_lead_from_one_book_to_the_other(
    side: int, before: dict[tuple[int, str], int], after: dict[tuple[int, str], int], most: int
) -> None:
    followed, wanted = book(side, before, most), book(side, after, most)
    overwritten = dict(enumerate(followed))
    for step in steps(list(followed), wanted):
        if step.operation == INSERT:
            followed.insert(step.position, step.level)
        elif step.operation == DELETE:
            assert followed.pop(step.position) == step.level == overwritten.pop(step.position)
        else:
            followed[step.position] = step.level
        if step.operation != DELETE:
            overwritten[step.position] = step.level
        assert len(followed) <= most
    assert followed == wanted == [overwritten[position] for position in range(len(overwritten))]


@QUICK
@given(sides, rows, st.floats(0, 1000))
def test_a_book_is_in_order_begins_with_the_quote_and_is_always_the_same(side: int, most: int, later: float) -> None:
    now, aapl = MONDAY_NOON + later, the("AAPL")
    quote = market().quote(aapl.con_id, now)
    found = levels(market().listing(aapl.con_id), quote, side, most, ("A", "B"))
    assert len(found) == most
    assert found == levels(market().listing(aapl.con_id), quote, side, most, ("A", "B"))
    best = (quote.bid, quote.bid_size) if side == BID else (quote.ask, quote.ask_size)
    assert (found[0].price, found[0].size) == best
    prices = [level.price for level in found]
    assert prices == sorted(prices, reverse=side == BID)
    assert len({(level.price, level.maker) for level in found}) == most


def test_a_book_ends_above_zero() -> None:
    stock = the("VOD", exchange="LSE", currency="GBP")
    quote = market().quote(stock.con_id, MONDAY_NOON)
    found = levels(market().listing(stock.con_id), quote, BID, 10_000, ())
    assert found[-1].price > 0 and len(found) < 10_000
