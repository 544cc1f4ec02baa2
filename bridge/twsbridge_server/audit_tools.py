"""Reading the audit of a journal: is its chain whole, and what does it say? Nothing is written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgpack

from twsbridge_server.errors import CannotStart
from twsbridge_server.journal_audit import ChainEnd, anchor_of
from twsbridge_server.journal_mark import Mark, read_mark
from twsbridge_server.journal_schema import APPLICATION_ID, AUDIT, EPOCH, META, VERSION, Values, checksum

SINCE_VERSION = 4


class Verdict(NamedTuple):
    """`broken` says what is wrong with the first bad row; empty when the chain is whole.

    `rows` were read and found whole, from `first` on; `marked`: the journal's mark was there to tell of a cut end.
    """

    rows: int
    first: int
    broken: str = ""
    marked: bool = False


class Wanted(NamedTuple):
    """Which rows: empty means all. Instants in microseconds UTC, `until_us` excluded."""

    client: str = ""
    key: str = ""
    account: str = ""
    decision: str = ""
    since_us: int = 0
    until_us: int = 2**62

    def takes(self, row: dict[str, Any]) -> bool:
        """Whether this row is one of them; a key by the beginning of its fingerprint."""
        if not self.since_us <= row["ts_us"] < self.until_us or not row.get("key", "").startswith(self.key):
            return False
        return all(
            wanted in ("", row.get(name, ""))
            for name, wanted in (("client", self.client), ("account", self.account), ("decision", self.decision))
        )


def verify(path: Path) -> Verdict:
    """Follow the chain from its first row to the end that the mark tells of. Raises CannotStart for no such file."""
    mark = read_mark(path.with_suffix(".mark"))
    with _reading(path) as connection:
        epoch = connection.execute(f"SELECT value FROM {META.name} WHERE key = ?", (EPOCH,)).fetchone()
        is_marked = mark is not None and epoch == (mark.epoch,)
        start = end = anchor_of(connection)
        for row in connection.execute(f"{AUDIT.select} ORDER BY seq"):
            broken = _fault(row, end) or (_contradiction(row, mark) if mark and is_marked else "")
            if broken:
                return Verdict(end.seq - start.seq, start.seq + 1, broken, is_marked)
            end = ChainEnd(row[0], row[3])
        broken = _cut(end, mark) if mark and is_marked else ""
        return Verdict(end.seq - start.seq, start.seq + 1, broken, is_marked)


def show(path: Path, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """The rows as plain maps, oldest first. Raises CannotStart; whether the chain is whole is for `verify`."""
    with _reading(path) as connection:
        for seq, ts_us, body, _ in connection.execute(f"SELECT seq, ts_us, body, link FROM {AUDIT.name} ORDER BY seq"):
            row = {"seq": seq, "ts_us": ts_us, **msgpack.unpackb(body)}
            if wanted.takes(row):
                yield row


def _fault(row: Values, end: ChainEnd) -> str:
    """What is wrong with a row that should follow this end, or nothing."""
    seq, ts_us, body, link, crc = row
    expected = end.seq + 1
    if type(seq) is int and seq > expected:
        last = f" to {seq - 1}" if seq - 1 > expected else ""
        return f"row {expected}{last} is missing"
    if not (type(seq) is int and type(ts_us) is int and isinstance(body, bytes) and isinstance(link, bytes)):
        return f"row {seq!r} is no row of the bridge: it was put in or changed"
    if seq < expected:
        return f"row {seq} was put in"
    if end.followed_by(ts_us, body).link != link or checksum((seq, ts_us, body, link)) != crc:
        return f"row {seq} is not as it was written, or is not the one that stood there"
    return ""


def _contradiction(row: Values, mark: Mark) -> str:
    if row[0] == mark.audited and row[3] != mark.link:
        return f"row {row[0]} is not the one that the journal's mark tells of: the rows up to it were written anew"
    return ""


def _cut(end: ChainEnd, mark: Mark) -> str:
    if end.seq < mark.audited:
        return f"row {end.seq + 1} to {mark.audited} are missing at the end: the journal's mark has seen them"
    if mark.is_clean and end.seq > mark.audited:
        return f"row {mark.audited + 1} to {end.seq} were put in at the end: the journal was closed before them"
    return ""


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    """The journal, for reading only. A file that nobody has open is not even locked."""
    if not path.is_file():
        raise CannotStart(f"There is no journal {path}. Nothing was done. Name the bridge's home with --home.")
    mode = "mode=ro" if path.with_name(path.name + "-wal").exists() else "mode=ro&immutable=1"
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, isolation_level=None)
        ) as connection:
            connection.execute("BEGIN")
            _check_kind(connection, path)
            yield connection
    except (sqlite3.DatabaseError, UnicodeError, ValueError) as error:
        raise CannotStart(f"The journal {path} cannot be read: {error}. Restore a copy of it.") from error


def _check_kind(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if connection.execute("PRAGMA application_id").fetchone() != (APPLICATION_ID,):
        raise CannotStart(f"{path} is no journal of this bridge. Nothing was done.")
    if not SINCE_VERSION <= version <= VERSION:
        raise CannotStart(
            f"The journal {path} has schema version {version}; this program reads audits of versions "
            f"{SINCE_VERSION} to {VERSION}. Nothing was done."
        )
