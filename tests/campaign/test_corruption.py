from __future__ import annotations

import pytest

from tests.campaign import corruption
from twsbridge_server import journal_checks


@pytest.mark.parametrize("seed", range(4))
def test_damage_is_never_served_as_valid(seed: int) -> None:
    counts = corruption.run(seed, 500)
    assert counts["refused"] > 200 and counts.total() == 500


def test_the_judge_sees_a_journal_without_checksums(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_checks, "checksum", lambda values: _Any())
    with pytest.raises(AssertionError, match="served as valid"):
        corruption.run(1, 500)


class _Any:
    """Equal to every checksum."""

    def __ne__(self, other: object) -> bool:
        return False
