from __future__ import annotations

from tests.campaign import fuzz_zmtp


def test_junk_of_strangers_is_no_command() -> None:
    counts = fuzz_zmtp.run(1, 400)
    assert counts == {"connections": 400, "served": 1}, counts
