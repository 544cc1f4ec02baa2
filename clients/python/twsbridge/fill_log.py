"""Fills in a SQLite file: each exactly once, because the fill and the place behind it are stored in one transaction."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from twsbridge.cursor import Cursor, Since
from twsbridge.fills import Fill
from twsbridge.following import Following
from twsbridge.once import fills_once
from twsbridge.protocol.fields import decimal_text

Effect = Callable[[sqlite3.Connection, Fill], object]

_SCHEMA = """
create table if not exists fills (
    exec_id text primary key, time_us integer not null, account text not null, side text not null,
    shares text not null, symbol text not null, con_id integer not null, price real not null,
    order_id integer, client_order_id text, owner text, replaces text, body text not null
) strict;
create table if not exists cursors (stream text primary key, epoch text not null, seq integer not null) strict;
"""


class FillLog:
    """A file of fills. `effect(db, fill)` is called in the transaction of each fill: what it writes counts with it.

    One program at a time writes to a file; sqlite3's errors are passed on.
    """

    def __init__(self, path: str | os.PathLike[str], effect: Effect | None = None) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = full")
        self._db.executescript(_SCHEMA)
        self._effect = effect

    @property
    def cursor(self) -> Cursor | None:
        """Where to go on; None while the file is empty."""
        rows = self._db.execute("select stream, epoch, seq from cursors").fetchall()
        return Cursor(rows[0][1], {stream: seq for stream, _, seq in rows}) if rows else None

    def __contains__(self, exec_id: object) -> bool:
        found = self._db.execute("select 1 from fills where exec_id = ?", (exec_id,)).fetchone()
        return found is not None

    def __len__(self) -> int:
        (count,) = self._db.execute("select count(*) from fills").fetchone()
        return int(count)

    def add(self, fill: Fill) -> None:
        """Store a fill, its effect and its place; all of it or, on an error, nothing. A fill known already stays."""
        self._db.execute("begin immediate")
        try:
            self._write(fill)
            self._db.execute("commit")
        except BaseException:
            self._db.execute("rollback")
            raise

    def follow(self, client: Following, since: Since = "today", *, follow: bool = True) -> Iterator[Fill]:
        """Fills that the file does not have yet, each yielded once it is stored; `since` counts for a new file."""
        return fills_once(self, client, since, follow=follow)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, fill: Fill) -> None:
        added = self._db.execute(
            "insert or ignore into fills values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(fill.exec_id, fill.time_us, fill.account, fill.side, decimal_text(fill.shares)),
                *(fill.symbol, fill.contract.con_id, fill.price, fill.order_id, fill.client_order_id),
                *(fill.owner, fill.replaces, fill.model_dump_json()),
            ),
        )
        if added.rowcount and self._effect is not None:
            self._effect(self._db, fill)
        self._db.execute("delete from cursors where epoch <> ?", (fill.epoch,))
        self._db.execute("insert or replace into cursors values (?, ?, ?)", (fill.stream, fill.epoch, fill.seq))
