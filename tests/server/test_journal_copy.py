import sqlite3
import stat
from pathlib import Path

from twsbridge_server.core.effects import EventRow
from twsbridge_server.journal_copy import copy_to
from twsbridge_server.journal_file import Journal


def test_a_copy_made_while_it_is_written_is_whole(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    for seq in (1, 2, 3):
        journal.append(EventRow("sys|", seq, "notice", seq, 0, {}))
        journal.commit()
    journal.append(EventRow("sys|", 4, "notice", 4, 0, {}))
    reader = sqlite3.connect(tmp_path / "journal.db")
    copy_to(reader, tmp_path / "copy.db")
    reader.close()
    journal.commit()
    journal.close()
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    assert not [*tmp_path.glob("*.new*")] and not [*tmp_path.glob("copy.db-*")]
    copy = Journal(tmp_path / "copy.db")
    assert copy.head("sys|") == (1, 4)
    copy.close()
