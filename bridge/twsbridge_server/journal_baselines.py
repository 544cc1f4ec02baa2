"""Reading from the journal what each account held when it was last compared with TWS, and what came after."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgpack

from twsbridge.protocol import topics
from twsbridge.protocol.events import ExecutionCorrected, ExecutionReported
from twsbridge_server.core.effects import BaselineRow
from twsbridge_server.core.restored import Baseline
from twsbridge_server.journal_checks import rows
from twsbridge_server.journal_schema import BASELINES, EVENTS

AFTER = "WHERE stream = ? AND seq >= ? AND type IN (?, ?)"
KINDS = (ExecutionReported.name, ExecutionCorrected.name)


def read_baselines(connection: sqlite3.Connection) -> tuple[tuple[Baseline, ...], dict[str, dict[str, Any]]]:
    """All baselines, and the bodies of the executions journaled after them by exec_id. Raises Corrupt."""
    baselines: list[Baseline] = []
    later: dict[str, dict[str, Any]] = {}
    for account, next_seq, body in rows(connection, BASELINES):
        found = rows(connection, EVENTS, AFTER, (topics.orders(account), next_seq, *KINDS))
        told = {event["exec_id"]: event for event in (msgpack.unpackb(row[-1]) for row in found)}
        positions = tuple((con_id, size) for con_id, size in msgpack.unpackb(body))
        baselines.append(Baseline(BaselineRow(account, next_seq, positions), frozenset(told)))
        later |= told
    return tuple(baselines), later
