from __future__ import annotations

from tests.campaign import backups


def test_an_older_copy_of_the_journal_doubles_no_order_and_loses_no_fill() -> None:
    assert backups.run(2, 1)["faults"] == 1
