from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twsbridge.gaps import Gaps, Verdict


def test_the_next_is_applied_and_the_place_moves_on() -> None:
    gaps = Gaps("e", 0)
    assert gaps.accept("e", 1) is Verdict.APPLY
    assert gaps.last == 1


def test_what_was_seen_is_a_duplicate() -> None:
    gaps = Gaps("e", 5)
    assert [gaps.accept("e", seq) for seq in (1, 5)] == [Verdict.DUPLICATE] * 2
    assert gaps.last == 5


def test_a_jump_is_a_hole_and_the_place_stays() -> None:
    gaps = Gaps("e", 5)
    assert gaps.accept("e", 7) is Verdict.HOLE
    assert gaps.last == 5


def test_another_epoch_is_never_compared() -> None:
    gaps = Gaps("e", 5)
    assert [gaps.accept("f", seq) for seq in (1, 6, 9)] == [Verdict.OTHER_EPOCH] * 3
    assert gaps.last == 5


@given(st.lists(st.integers(min_value=1, max_value=30)))
def test_what_is_applied_is_always_contiguous(seqs: list[int]) -> None:
    gaps = Gaps("e", 0)
    applied = [seq for seq in seqs if gaps.accept("e", seq) is Verdict.APPLY]
    assert applied == list(range(1, len(applied) + 1))
