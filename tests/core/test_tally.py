from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.core.rig import ACCOUNT, CONTRACT, fill
from twsbridge_server.core.tally import Tally

OURS = {"client_order_id": "k1", "owner": "alice"}
HELD = (ACCOUNT, CONTRACT.con_id)


def test_fills_of_an_order_and_of_a_holding_add_up() -> None:
    tally = Tally({})
    tally.add(fill("a", shares=Decimal(2), **OURS), "STK")
    tally.add(fill("b", shares=Decimal(3), **OURS), "STK")
    tally.add(fill("c", shares=Decimal(4), side="SLD", order_id=9), "")
    assert (tally.filled(1), tally.filled(9), tally.held(HELD)) == (5, 0, 1)


def test_a_correction_takes_the_place_of_what_it_corrects() -> None:
    tally = Tally({})
    tally.add(fill("a", shares=Decimal(5), **OURS), "STK")
    tally.add(fill("a2", shares=Decimal(4), replaces="a", **OURS), "STK")
    assert (tally.filled(1), tally.held(HELD)) == (4, 4)


def test_a_combo_fills_as_a_whole_and_is_held_as_its_legs() -> None:
    tally = Tally({})
    combo = CONTRACT.model_copy(update={"sec_type": "BAG", "con_id": 28812380})
    tally.add(fill("bag", shares=Decimal(1), contract=combo, **OURS), "BAG")
    tally.add(fill("leg", shares=Decimal(1), **OURS), "BAG")
    assert (tally.filled(1), tally.holdings(), tally.held(HELD)) == (1, {HELD}, 1)


@given(st.lists(st.tuples(st.integers(1, 9), st.sampled_from(["BOT", "SLD"])), max_size=8))
def test_after_a_restart_the_sums_are_the_same(trades: list[tuple[int, str]]) -> None:
    tally = Tally({})
    fills = [fill(f"x{n}", shares=Decimal(size), side=side, **OURS) for n, (size, side) in enumerate(trades)]
    for each in fills:
        tally.add(each, "STK")
    again = Tally({each.exec_id: each.wire() for each in fills})
    assert (again.filled(1), again.held(HELD)) == (tally.filled(1), tally.held(HELD))
