"""What the journal gives back at start: enough to go on as if nothing had happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from twsbridge_server.core.effects import BaselineRow, IntentRow

Booked = tuple[dict[str, Any], dict[str, Any] | None]
"""An execution, and its commission when there was one."""


class Baseline(NamedTuple):
    """What an account held at its last comparison, and the executions that were journaled after it."""

    row: BaselineRow
    later: frozenset[str]


class Lost(NamedTuple):
    """The journal was found to be an older copy at `found_us`: it lacks what happened after `since_us` (0: anything).

    It stands until TWS has shown all that it has in one complete sweep.
    """

    found_us: int
    since_us: int


@dataclass(frozen=True, slots=True)
class Restored:
    """State read from the journal. `heads` maps a stream to (first, next); `executions` maps exec_id to its row.

    `orders` holds the bodies of orders that are not done and of the recent ones that are, by `row_key`.
    `realized` holds the commissions of those executions that closed a position, by exec_id.
    `booked` are all executions that the journal has, however old, each with its commission.
    `replaced` says so when the journal is an older copy of what was there, and begins a new epoch.
    `lost` is there while TWS has not yet told all that such a copy lacks; `shown` are the references of orders that
    TWS showed meanwhile, with their perm ids.
    `told_us` is the time of the newest event; None when there never was one.
    `fault` says why the journal cannot be written now; it is empty when it can.
    """

    epoch: str
    next_order_id: int = 1
    heads: dict[str, tuple[int, int]] = field(default_factory=dict)
    intents: tuple[IntentRow, ...] = ()
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    executions: dict[str, dict[str, Any]] = field(default_factory=dict)
    commissions: frozenset[str] = frozenset()
    realized: dict[str, dict[str, Any]] = field(default_factory=dict)
    baselines: tuple[Baseline, ...] = ()
    halts: dict[str, dict[str, Any]] = field(default_factory=dict)
    booked: tuple[Booked, ...] = ()
    replaced: str = ""
    lost: Lost | None = None
    shown: dict[str, int] = field(default_factory=dict)
    told_us: int | None = None
    fault: str = ""
