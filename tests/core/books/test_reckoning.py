from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from twsbridge_server.core.books.reckoning import Reckoned

fills = st.lists(
    st.tuples(st.integers(-500, 500).filter(bool).map(lambda n: Decimal(n) / 10), st.integers(-100, 10**6)), max_size=40
)


def lots(said: list[tuple[Decimal, int]]) -> tuple[Fraction, Fraction, Fraction]:
    """(position, cost of it, realised) by another way: each fill first takes its share of all lots that it closes."""
    open_lots: list[list[Fraction]] = []
    realized = Fraction(0)
    for change, cents in said:
        left, price = Fraction(change), Fraction(cents, 100)
        held = sum((lot[0] for lot in open_lots), Fraction(0))
        if held * left < 0:
            closing = min(abs(left), abs(held)) * (1 if left > 0 else -1)
            for lot in open_lots:
                part = -closing * lot[0] / held
                realized += (price - lot[1]) * part
                lot[0] -= part
            left -= closing
        if left:
            open_lots = [lot for lot in open_lots if lot[0]]
            open_lots.append([left, price])
    position = sum((lot[0] for lot in open_lots), Fraction(0))
    return position, sum((lot[0] * lot[1] for lot in open_lots), Fraction(0)), realized


@given(fills)
def test_position_cost_and_profit_are_those_of_lots_closed_evenly(said: list[tuple[Decimal, int]]) -> None:
    reckoned = Reckoned()
    for change, cents in said:
        reckoned = reckoned.after(change, Decimal(cents) / 100)
    position, cost, realized = lots(said)
    assert Fraction(reckoned.position) == position
    assert abs(Fraction(reckoned.price * reckoned.position) - cost) < Fraction(1, 10**20)
    assert abs(Fraction(reckoned.realized) - realized) < Fraction(1, 10**20)


def test_a_flip_through_zero_closes_and_opens() -> None:
    reckoned = Reckoned().after(Decimal(10), Decimal(100)).after(Decimal(-15), Decimal(110))
    assert (reckoned.position, reckoned.price, reckoned.realized) == (-5, 110, 100)
    reckoned = reckoned.after(Decimal(5), Decimal(100))
    assert (reckoned.position, reckoned.price, reckoned.realized) == (0, 0, 150)
