"""Bridges with one guard switched off: `python naive.py WEAKNESS serve ...`. The judges must see each of them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from twsbridge.cli import main
from twsbridge_server.core.effects import AppendJournal, CallTws
from twsbridge_server.core.executions import LIVE, Executions
from twsbridge_server.core.limits.switch import KillSwitch
from twsbridge_server.core.order_record import OrderRecord
from twsbridge_server.core.placements import Placements, placement
from twsbridge_server.journal_file import Journal
from twsbridge_server.perform import Performer

FURTHER = 100_000


def resends() -> None:
    """What was sent and has no answer yet is sent again, under another order id."""
    doubt = Placements._doubt

    def resend(self: Placements, records: list[OrderRecord], now: int) -> list[Any]:
        again = [replace(placement(record), order_id=record.number + FURTHER) for record in records]
        return [*doubt(self, records, now), *map(CallTws, again)]

    _replace(Placements, "_doubt", resend)


def takes_fills_only_as_they_happen() -> None:
    """Executions that a sweep finds count for nothing."""
    received = Executions.received
    _replace(Executions, "received", lambda self, said, now: received(self, said, now) if said.req_id == LIVE else [])


def ignores_halts() -> None:
    """The kill switch is answered, and stops nothing."""
    _replace(KillSwitch, "state", lambda self, client, account: None)


def sends_before_it_writes() -> None:
    """The journal is written last."""

    def perform(self: Performer, effects: list[Any]) -> list[Any]:
        for effect in effects:
            self._do(effect)
        for effect in effects:
            if type(effect) is AppendJournal:
                self._journal.append(effect.row)
        self._journal.commit()
        happened, self._happened = self._happened, []
        return happened

    _replace(Performer, "perform", perform)


def never_syncs() -> None:
    """What is committed reaches the disk some time."""
    use = Journal._use

    def lazily(self: Journal, connection: Any) -> None:
        use(self, connection)
        connection.execute("PRAGMA synchronous = OFF")

    _replace(Journal, "_use", lazily)


def trusts_an_older_copy() -> None:
    """What TWS shows of keys that the journal does not know counts for nothing."""
    _replace(Placements, "refusal_of_shown", lambda self, keys, attempt=1: None)


WEAKNESSES: dict[str, Callable[[], None]] = {
    each.__name__: each
    for each in (
        *(resends, takes_fills_only_as_they_happen, ignores_halts),
        *(sends_before_it_writes, never_syncs, trusts_an_older_copy),
    )
}


def weak(weakness: Callable[[], None]) -> tuple[str, ...]:
    """The program of a stage whose bridge has this weakness."""
    return str(Path(__file__)), weakness.__name__


def _replace(owner: type, name: str, changed: Callable[..., Any]) -> None:
    setattr(owner, name, changed)


if __name__ == "__main__":
    _, WEAKNESS, *rest = sys.argv
    WEAKNESSES[WEAKNESS]()
    sys.argv = ["twsbridge", *rest]
    main()
