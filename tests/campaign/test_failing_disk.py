from __future__ import annotations

import pytest

from tests.campaign import failing_disk, preload


@pytest.mark.skipif(preload.compiler() is None, reason=preload.WHY_NOT)
def test_whichever_call_about_the_journal_fails_nothing_is_lost_or_doubled() -> None:
    assert failing_disk.run(2, 2, first=5)["faults"] == 2
