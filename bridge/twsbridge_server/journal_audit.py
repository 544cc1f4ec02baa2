"""The chain of the audit: each row carries a hash over itself and the row before, so that no row can be changed,
taken out, put in or moved without the next ones telling of it; the mark beside the journal holds its end.
"""

from __future__ import annotations

import hashlib
import sqlite3
from typing import NamedTuple

import msgpack

from twsbridge_server.core.effects import AuditRow
from twsbridge_server.journal_schema import AUDIT, AUDIT_ANCHOR, META, Values, checksum

GENESIS = bytes(32)
"""What the first row of a journal is chained to."""


class ChainEnd(NamedTuple):
    """The last row: its number (0 before the first) and its link."""

    seq: int = 0
    link: bytes = GENESIS

    def followed_by(self, ts_us: int, body: bytes) -> ChainEnd:
        """The end of the chain after one more row."""
        seq = self.seq + 1
        said: bytes = msgpack.packb([seq, ts_us, body])
        return ChainEnd(seq, hashlib.sha256(self.link + said).digest())


class AuditChain:
    """Numbers and chains the rows of one journal. `end` is the last one, written or about to be."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        query = f"SELECT seq, link FROM {AUDIT.name} ORDER BY seq DESC LIMIT 1"
        last = connection.execute(query).fetchone()
        self.end = ChainEnd(*last) if last else anchor_of(connection)

    def values(self, row: AuditRow) -> Values:
        """The row as it is written."""
        body: bytes = msgpack.packb(row.body)
        self.end = self.end.followed_by(row.ts_us, body)
        return (self.end.seq, row.ts_us, body, self.end.link)


def anchor_of(connection: sqlite3.Connection) -> ChainEnd:
    """What the first row that is left is chained to: the last one that was pruned, or nothing."""
    found = connection.execute(f"SELECT value FROM {META.name} WHERE key = ?", (AUDIT_ANCHOR,)).fetchone()
    if found is None:
        return ChainEnd()
    seq, _, link = str(found[0]).partition(":")
    return ChainEnd(int(seq), bytes.fromhex(link))


def prune_audit(connection: sqlite3.Connection, before_us: int) -> int:
    """Drop the first rows, as far as all are older, and keep where the rest is chained to. Returns how many went."""
    kept = f"SELECT coalesce(min(seq), (SELECT max(seq) + 1 FROM {AUDIT.name})) FROM {AUDIT.name} WHERE ts_us >= ?"
    (first,) = connection.execute(kept, (before_us,)).fetchone()
    last = connection.execute(
        f"SELECT seq, link FROM {AUDIT.name} WHERE seq < ? ORDER BY seq DESC", (first,)
    ).fetchone()
    if last is None:
        return 0
    values: Values = (AUDIT_ANCHOR, as_anchor(ChainEnd(*last)))
    connection.execute(META.insert, (*values, checksum(values)))
    return connection.execute(f"DELETE FROM {AUDIT.name} WHERE seq < ?", (first,)).rowcount


def check_chain(connection: sqlite3.Connection) -> int | None:
    """The number of the first row that does not follow from the one before it; None when all do."""
    end = anchor_of(connection)
    for seq, ts_us, body, link in connection.execute(f"SELECT seq, ts_us, body, link FROM {AUDIT.name} ORDER BY seq"):
        end = end.followed_by(ts_us, body)
        if end != (seq, link):
            return end.seq
    return None


def as_anchor(end: ChainEnd) -> str:
    """As the journal keeps it: a later anchor is a greater text."""
    return f"{end.seq:020d}:{end.link.hex()}"
