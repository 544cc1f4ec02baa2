"""The journal on disk: one SQLite file, one transaction per turn of the loop, synced before anything depends on it."""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import sqlite3
import time
from pathlib import Path
from typing import Any

import msgpack

from twsbridge_server.core.effects import AuditRow, FloorRow, IntentRow, JournalRow
from twsbridge_server.core.restored import Lost, Restored
from twsbridge_server.errors import CannotStart, DiskFailed, JournalFailed
from twsbridge_server.journal_audit import AuditChain
from twsbridge_server.journal_baselines import read_baselines
from twsbridge_server.journal_checks import rows
from twsbridge_server.journal_lock import hold, unopenable
from twsbridge_server.journal_mark import MarkFile
from twsbridge_server.journal_opening import DISK_FAULTS, open_again, open_journal
from twsbridge_server.journal_schema import (
    AUDIT,
    COMMISSIONS,
    EPOCH,
    EVENTS,
    EXECUTIONS,
    HALTS,
    INTENTS,
    META,
    NEXT_ORDER_ID,
    ORDERS,
    PROBED,
    PROVEN,
    REPLACED,
    SHOWN,
    Values,
    as_values,
    checksum,
)

log = logging.getLogger(__name__)

EventTuple = tuple[int, str, int, int, dict[str, Any]]
"""(seq, type, ts_us, flags, body), as in a replay."""

ROWS_MISSING = {"decision": "noted", "client": "bridge", "rule": "audit.rows_missing"}

PROBE_BYTES = 256 * 1024
"""Room that there must be before a journal that failed is written again."""


class Journal:
    """Opens, checks and locks the file; raises CannotStart when it is in use, damaged, or of a newer bridge.

    `epoch` names the history in this file: 16 hex digits, made when it was created.
    """

    _connection: sqlite3.Connection
    _heads: dict[str, tuple[int, int]]
    _floor: int
    _audit: AuditChain
    _replaced: str = ""
    epoch: str

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = hold(path)
        try:
            self._mark = _mark(path)
            self._use(open_journal(path))
            self._compare_with_mark()
            self._mark.write(self.epoch, self._floor, self._heads, self._audit.end)
        except BaseException:
            os.close(self._lock)
            raise

    def append(self, row: JournalRow) -> None:
        """Write one row; it is durable after `commit`. Raises DiskFailed, or JournalFailed for a defect."""
        table, values = (AUDIT, self._audit.values(row)) if isinstance(row, AuditRow) else as_values(row)
        if isinstance(row, FloorRow):
            self._floor = max(self._floor, row.next_order_id)
        if table is EVENTS:
            self._follow(*values[:2])
        self._execute(table.insert, (*values, checksum(values)))

    def commit(self) -> None:
        """Bring everything appended to the disk (fsync). Raises DiskFailed: then nothing of it counts."""
        if self._connection.in_transaction:
            self._execute("COMMIT")
            self._mark.write(self.epoch, self._floor, self._heads, self._audit.end)

    def undo(self) -> None:
        """Forget what was appended and not committed. Raises JournalFailed when the file cannot even be read."""
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            self._heads, self._audit = self._read_heads(), AuditChain(self._connection)
        except sqlite3.Error as error:
            raise JournalFailed(f"The journal {self._path} can be neither written nor read: {error}.") from error

    def mend(self) -> None:
        """Write again after DiskFailed: opens and checks the file anew. Raises DiskFailed while it cannot be done.

        Raises CannotStart when the disk works but the file on it is damaged.
        """
        try:
            self._probe()
            self._use(open_again(self._path, self._connection))
            values: Values = (PROBED, time.time_ns() // 1000)
            self._execute(META.insert, (*values, checksum(values)))
            self.commit()
        except DISK_FAULTS as error:
            raise self._failed(error) from error
        except CannotStart as error:
            if isinstance(error.__cause__, DISK_FAULTS):
                raise self._failed(error.__cause__) from error
            raise

    def free_bytes(self) -> int:
        """What is left on the disk for the bridge's user. Raises OSError."""
        return shutil.disk_usage(self._path.parent).free

    def restore(self, since_us: int = 0) -> Restored:
        """The state to go on from: everything that is not done, and what is but happened since `since_us`."""
        intents = tuple(IntentRow(*row) for row in rows(self._connection, INTENTS, "ORDER BY order_id"))
        orders = rows(self._connection, ORDERS, "WHERE done_us IS NULL OR done_us >= ?", (since_us,))
        found = {
            (time_us, exec_id): msgpack.unpackb(body)
            for time_us, exec_id, _, _, body in rows(self._connection, EXECUTIONS)
        }
        told = {exec_id: body for (time_us, exec_id), body in found.items() if time_us >= since_us}
        baselines, later = read_baselines(self._connection)
        told |= {exec_id: later[exec_id] for exec_id in later.keys() - told.keys()}
        facts = self._facts()
        commissions = {exec_id: msgpack.unpackb(body) for exec_id, body in rows(self._connection, COMMISSIONS)}
        realized = {exec_id: commissions[exec_id] for exec_id in told.keys() & commissions.keys()}
        return Restored(
            epoch=self.epoch,
            next_order_id=max([self._floor, *(intent.order_id + 1 for intent in intents)]),
            heads=dict(self._heads),
            intents=intents,
            orders={row_key: msgpack.unpackb(body) for row_key, _, body in orders},
            executions=told,
            commissions=frozenset(commissions),
            realized={exec_id: body for exec_id, body in realized.items() if body.get("realized_pnl") is not None},
            baselines=baselines,
            booked=tuple((body, commissions.get(exec_id)) for (_, exec_id), body in found.items()),
            halts={scope: msgpack.unpackb(body) for scope, body in rows(self._connection, HALTS)},
            replaced=self._replaced,
            lost=_lost(facts),
            shown={key.removeprefix(SHOWN): value for key, value in facts.items() if key.startswith(SHOWN)},
            told_us=_told_us(self, self._heads),
        )

    def head(self, stream: str) -> tuple[int, int]:
        """(first, next) of a stream; (1, 1) before its first event."""
        return self._heads.get(stream, (1, 1))

    def events(self, stream: str, from_seq: int, limit: int) -> list[EventTuple]:
        """Up to `limit` events of a stream, in order."""
        found = rows(
            self._connection, EVENTS, "WHERE stream = ? AND seq >= ? ORDER BY seq LIMIT ?", (stream, from_seq, limit)
        )
        return [(seq, type_, ts_us, flags, msgpack.unpackb(body)) for _, seq, type_, ts_us, flags, body in found]

    def executions(self, account: str, since_us: int | None) -> list[dict[str, Any]]:
        """Executions of an account (empty: of all) since an instant, oldest first."""
        condition = "WHERE time_us >= ? AND (account = ? OR ? = '') ORDER BY time_us"
        values = (since_us or 0, account, account)
        return [msgpack.unpackb(row[-1]) for row in rows(self._connection, EXECUTIONS, condition, values)]

    def close(self) -> None:
        """Close the file and let go of the lock. What was not committed is gone."""
        self._connection.close()
        self._mark.close()
        os.close(self._lock)

    def _use(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._heads, self._audit = self._read_heads(), AuditChain(connection)
        facts = self._facts()
        self.epoch = str(facts[EPOCH])
        self._floor = max(facts.get(NEXT_ORDER_ID, 1), self._mark.latest.next_order_id)

    def _compare_with_mark(self) -> None:
        """A journal that has been further is an older copy: what it numbers from now on must not be taken for that."""
        if not self._mark.latest.is_clean:
            log.warning("The last bridge ended without closing its journal; nothing acknowledged is lost by that.")
        self._audit_what_is_missing()
        if not self._mark.latest.is_ahead_of(self.epoch, self._heads):
            return
        before, self.epoch = self._mark.latest.epoch, secrets.token_hex(8)
        values: Values = (EPOCH, self.epoch)
        found: Values = (f"{REPLACED}{time.time_ns() // 1000}", _told_us(self, self._heads) or 0)
        self._execute(f"UPDATE {META.name} SET value = ?, crc = ? WHERE key = ?",
                      (self.epoch, checksum(values), EPOCH))  # fmt: skip
        self._execute(META.insert, (*found, checksum(found)))
        self._execute("COMMIT")
        self._replaced = (
            f"The journal is not the one that was here, or an older copy of it: epoch {before} ends and {self.epoch} "
            "begins. Orders placed after the copy was made are known by TWS alone: no order is taken until it has "
            "shown them, and none of those is placed again"
        )

    def _audit_what_is_missing(self) -> None:
        """An audit that has been further goes on from where it is, and says that rows are missing."""
        mark, end = self._mark.latest, self._audit.end
        if mark.epoch != self.epoch or mark.audited <= end.seq:
            return
        missing = {"from": end.seq + 1, "to": mark.audited, "last_link": mark.link.hex()}
        self.append(AuditRow(time.time_ns() // 1000, {**ROWS_MISSING, "missing": missing}))
        self.commit()

    def _facts(self) -> dict[str, Any]:
        return dict(rows(self._connection, META))

    def _execute(self, statement: str, values: Values = ()) -> None:
        try:
            if not self._connection.in_transaction:
                self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute(statement, values)
        except sqlite3.OperationalError as error:
            raise self._failed(error) from error
        except sqlite3.Error as error:
            raise JournalFailed(
                f"The journal {self._path} cannot be written: {error}. Nothing that depended on it was sent to TWS, "
                "answered or published. Start the bridge again: it checks the journal. Report the log if it goes on."
            ) from error

    def _failed(self, error: Exception) -> DiskFailed:
        return DiskFailed(f"The journal {self._path} cannot be written: {error}")

    def _probe(self) -> None:
        """Is there room, and does the disk take it? Asked of another file, which may be cut short without harm."""
        probe = self._path.with_suffix(".probe")
        try:
            with probe.open("wb") as file:
                file.write(bytes(PROBE_BYTES))
                file.flush()
                os.fsync(file.fileno())
        finally:
            probe.unlink(missing_ok=True)

    def _follow(self, stream: str, seq: int) -> None:
        first, following = self.head(stream)
        if seq != following:
            raise JournalFailed(
                f"A defect in the bridge: event {seq} of {stream} was to be written after {following - 1}. "
                "It was neither written nor published. Start the bridge again, and report the log."
            )
        self._heads[stream] = (first, seq + 1)

    def _read_heads(self) -> dict[str, tuple[int, int]]:
        query = f"SELECT stream, min(seq), max(seq) + 1 FROM {EVENTS.name} GROUP BY stream"
        return {stream: (first, following) for stream, first, following in self._connection.execute(query)}


def _mark(path: Path) -> MarkFile:
    try:
        return MarkFile(path.with_suffix(".mark"))
    except OSError as error:
        raise unopenable(path, error) from None


def _lost(facts: dict[str, Any]) -> Lost | None:
    """What older copies of the journal lack, as long as TWS has not told it."""
    found = {int(key.removeprefix(REPLACED)): since_us for key, since_us in facts.items() if key.startswith(REPLACED)}
    still = {at_us: since_us for at_us, since_us in found.items() if at_us > facts.get(PROVEN, 0)}
    return Lost(max(still), min(still.values())) if still else None


def _told_us(journal: Journal, heads: dict[str, tuple[int, int]]) -> int | None:
    """The time of the newest event of all streams."""
    last = (journal.events(stream, following - 1, 1) for stream, (_, following) in heads.items())
    return max((ts_us for events in last for _, _, ts_us, _, _ in events), default=None)
