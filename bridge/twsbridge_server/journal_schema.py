"""The tables of the journal, and how a row of the core becomes a row of a table.

Every row ends with a checksum of all that stands before it, so that a changed byte is noticed wherever it is.
"""

from __future__ import annotations

import zlib
from typing import Any, NamedTuple

import msgpack

from twsbridge.protocol.models import DONE
from twsbridge_server.core.effects import (
    BaselineRow,
    CommissionRow,
    EventRow,
    ExecutionRow,
    FloorRow,
    HaltRow,
    IntentRow,
    OrderRow,
    ProvenRow,
    ShownRow,
)

VERSION = 4
APPLICATION_ID = 0x54575342
"""Marks a file as a journal of this bridge: "TWSB"."""

NEXT_ORDER_ID = "next_order_id"
EPOCH = "epoch"
AUDIT_ANCHOR = "audit_anchor"
"""The last row of the audit that was pruned: its number in 20 digits, a colon, its link in hex."""

PROBED = "probed_us"
"""When the journal was last tried after a failure."""

REPLACED = "replaced:"
"""Before the instant at which the journal was found to be an older copy; the value is the time of its newest event."""

SHOWN = "shown:"
"""Before the reference of an order that TWS showed while that was not settled; the value is its perm id."""

PROVEN = "proven_us"
"""Until when everything that older copies lack was told by TWS."""

Values = tuple[Any, ...]

FactRow = FloorRow | ShownRow | ProvenRow
"""Rows of META."""

ChainlessRow = EventRow | IntentRow | OrderRow | ExecutionRow | CommissionRow | BaselineRow | HaltRow | FactRow
"""Rows that say all there is to write."""


class Table(NamedTuple):
    """A table: its columns without the checksum, its key, and what happens to a row whose key is there already.

    `since` is the schema version that it came with.
    """

    name: str
    columns: str
    key: str
    on_conflict: str = ""
    since: int = 1

    @property
    def create(self) -> str:
        """The statement that makes it: one tree of rows in the order of their keys, no index beside it."""
        return f"CREATE TABLE {self.name} ({self.columns}, crc, PRIMARY KEY ({self.key})) WITHOUT ROWID"

    @property
    def insert(self) -> str:
        """The statement that writes a row and its checksum."""
        places = ", ".join("?" * (self.columns.count(",") + 2))
        return f"INSERT INTO {self.name} ({self.columns}, crc) VALUES ({places}) {self.on_conflict}"

    @property
    def select(self) -> str:
        """The statement that reads rows with their checksums; conditions may follow."""
        return f"SELECT {self.columns}, crc FROM {self.name}"


META = Table(
    "meta",
    "key, value",
    "key",
    "ON CONFLICT DO UPDATE SET value = excluded.value, crc = excluded.crc WHERE excluded.value > value",
)
"""Facts about the whole journal. A value only ever grows: no order id is given out twice."""

EVENTS = Table("events", "stream, seq, type, ts_us, flags, body", "stream, seq")
INTENTS = Table("intents", "owner, client_order_id, body_hash, order_id, order_ref, ts_us", "owner, client_order_id")
ORDERS = Table(
    "orders",
    "row_key, done_us, body",
    "row_key",
    "ON CONFLICT DO UPDATE SET done_us = excluded.done_us, body = excluded.body, crc = excluded.crc",
)
EXECUTIONS = Table("executions", "time_us, exec_id, revision, account, body", "time_us, exec_id")
COMMISSIONS = Table("commissions", "exec_id, body", "exec_id", "ON CONFLICT DO NOTHING")
BASELINES = Table(
    "baselines",
    "account, next_seq, body",
    "account",
    "ON CONFLICT DO UPDATE SET next_seq = excluded.next_seq, body = excluded.body, crc = excluded.crc",
    since=2,
)

HALTS = Table("halts", "scope, body", "scope", "ON CONFLICT DO UPDATE SET body = excluded.body, crc = excluded.crc", 3)
"""The kill switch, scope by scope. What was resumed stays, as ACTIVE."""

AUDIT = Table("audit", "seq, ts_us, body, link", "seq", since=4)
"""Who asked for what and what came of it. `link` chains each row to the one before (journal_audit.py)."""

TABLES = (META, EVENTS, INTENTS, ORDERS, EXECUTIONS, COMMISSIONS, BASELINES, HALTS, AUDIT)


def as_values(row: ChainlessRow) -> tuple[Table, Values]:
    """The table a row belongs to, and its values in the order of the columns."""
    match row:
        case EventRow():
            return EVENTS, (row.stream, row.seq, row.type, row.ts_us, row.flags, msgpack.packb(row.body))
        case OrderRow():
            return ORDERS, (row.row_key, _done_us(row.body["state"]), msgpack.packb(row.body))
        case ExecutionRow():
            return EXECUTIONS, (row.time_us, row.exec_id, row.revision, row.account, msgpack.packb(row.body))
        case CommissionRow(key, body) | HaltRow(key, body):
            return HALTS if isinstance(row, HaltRow) else COMMISSIONS, (key, msgpack.packb(body))
        case IntentRow():
            keys = (row.owner, row.client_order_id)
            return INTENTS, (*keys, row.body_hash, row.order_id, row.order_ref, row.ts_us)
        case BaselineRow():
            return BASELINES, (row.account, row.next_seq, msgpack.packb(row.positions))
        case FloorRow() | ShownRow() | ProvenRow():
            return META, _as_fact(row)


def _as_fact(row: FactRow) -> Values:
    match row:
        case FloorRow():
            return NEXT_ORDER_ID, row.next_order_id
        case ShownRow():
            return SHOWN + row.order_ref, row.perm_id
        case ProvenRow():
            return PROVEN, row.at_us


def checksum(values: Values) -> int:
    """CRC-32 of all values of a row."""
    return zlib.crc32(msgpack.packb(values))


def _done_us(state: dict[str, Any]) -> int | None:
    return state["updated_us"] if state["status"] in DONE else None
