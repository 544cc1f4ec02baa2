from __future__ import annotations

import pytest

from tests.campaign import controls, naive


def test_the_judges_see_a_bridge_that_ignores_halts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The campaign tries every weakness."""
    assert controls.run(1, (naive.ignores_halts,)) == {"faults": 1}


def test_a_weakness_that_is_not_seen_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(controls.TRIALS, naive.resends, lambda seed, program: None)
    with pytest.raises(AssertionError, match="resends is not seen"):
        controls.run(1, (naive.resends,))
