"""A process that writes to a journal as fast as it can and says, after each commit, how far it is."""

from __future__ import annotations

import sys
from pathlib import Path

from twsbridge_server.core.effects import EventRow, FloorRow, IntentRow
from twsbridge_server.journal_file import Journal

if __name__ == "__main__":
    journal = Journal(Path(sys.argv[1]))
    seq = journal.head("sys|")[1]
    while True:
        journal.append(EventRow("sys|", seq, "notice", seq, 0, {"text": "x" * 100}))
        journal.append(IntentRow("default", f"k{seq}", bytes(32), seq, f"B1{seq}", seq))
        journal.append(FloorRow(seq + 1))
        journal.commit()
        print(seq, flush=True)
        seq += 1
