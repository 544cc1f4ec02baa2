import os
from pathlib import Path

import pytest

from twsbridge_server.errors import CannotStart
from twsbridge_server.journal_lock import hold


def test_the_second_one_is_told_who_has_it(tmp_path: Path) -> None:
    first = hold(tmp_path / "journal.db")
    with pytest.raises(CannotStart, match=rf"Another bridge \(process {os.getpid()}\).*--home"):
        hold(tmp_path / "journal.db")
    os.close(first)
    os.close(hold(tmp_path / "journal.db"))


def test_a_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="gone.*cannot be opened"):
        hold(tmp_path / "gone" / "journal.db")
