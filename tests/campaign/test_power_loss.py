from __future__ import annotations

from pathlib import Path

import pytest

from tests.campaign import power_loss, preload

pytestmark = pytest.mark.skipif(preload.compiler() is None, reason=preload.WHY_NOT)


@pytest.mark.parametrize("seed", range(1))
def test_nothing_that_was_acknowledged_is_lost_when_the_power_fails(seed: int) -> None:
    counts = power_loss.run(seed, failures=2)
    assert counts["failures"] == 2 and counts["found"] >= counts["acknowledged"] > 0


def test_the_judge_sees_a_journal_that_does_not_sync(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    writer = tmp_path / "writer.py"
    text = power_loss.WRITER.read_text()
    lazy = "journal = Journal(Path(sys.argv[1]))\n    journal._connection.execute('PRAGMA synchronous = OFF')"
    writer.write_text(text.replace("journal = Journal(Path(sys.argv[1]))", lazy))
    monkeypatch.setattr(power_loss, "WRITER", writer)
    with pytest.raises(AssertionError, match="was acknowledged"):
        power_loss.run(77, failures=1)
