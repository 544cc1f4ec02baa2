"""A file that says what goes wrong and when: TOML, one `[[step]]` after another.

[[step]]
at = 30.0                                 # simulated seconds after the start
do = "link"                               # an action of twssim.faults.ACTIONS ...
seconds = 20.0                            # ... turned off again after so long (or never)
subscriptions = "lose"                    # ... with its arguments

[[step]]
upon = { record = "execution", con_id = 265598 }   # a record of the ledger with these facts
nth = 2                                   # the second one (default: the first)
delay = 0.5                               # so much later (default: before any client hears of it)
do = "cut"

[[step]]
at = 90.0
clear = "cut"                             # or "all"
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twssim.faults import Faults, check_command
from twssim.gateway import Gateway
from twssim.ledger import Record
from twssim.stage import FaultRefused

TIMING = ("at", "upon", "nth", "delay")


@dataclass(frozen=True, slots=True)
class Step:
    """One command and its moment: `at` seconds after the start, or `delay` after the `nth` matching record."""

    command: dict[str, Any]
    at: float | None
    upon: dict[str, Any]
    nth: int
    delay: float


def read_scenario(path: str | Path) -> list[Step]:
    """The steps of a scenario file; ValueError says which step is wrong, and why."""
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as reason:
        raise ValueError(f"cannot read the scenario {path}: {reason}") from None
    tables = content.get("step")
    if list(content) != ["step"] or not isinstance(tables, list):
        raise ValueError(f"the scenario {path} must consist of [[step]] tables")
    return [_step(path, number, table) for number, table in enumerate(tables, start=1)]


def _step(path: str | Path, number: int, table: Any) -> Step:
    try:
        if not isinstance(table, dict):
            raise ValueError("it is not a table")
        command = {name: value for name, value in table.items() if name not in TIMING}
        check_command(command)
        return Step(command, *_moment(table))
    except ValueError as reason:
        raise ValueError(f"step {number} of the scenario {path}: {reason}") from None


def _moment(table: dict[str, Any]) -> tuple[float | None, dict[str, Any], int, float]:
    at, upon = table.get("at"), table.get("upon", {})
    nth, delay = table.get("nth", 1), table.get("delay", 0.0)
    if (at is None) == ("upon" not in table):
        raise ValueError("give either at or upon")
    if not all(type(each) in (int, float) and each >= 0 for each in (0 if at is None else at, delay)):
        raise ValueError("at and delay must be seconds, not negative")
    if at is None and not (isinstance(upon, dict) and "record" in upon):
        raise ValueError("upon must name a record of the ledger")
    if type(nth) is not int or nth < 1:
        raise ValueError("nth must be 1 or more")
    return at, upon, nth, delay


class Play:
    """Carries out the steps of a scenario; each once."""

    def __init__(self, gateway: Gateway, faults: Faults, steps: list[Step]) -> None:
        """Begin now."""
        self._gateway = gateway
        self._faults = faults
        for step in steps:
            if step.at is not None:
                self._schedule(step, step.at)
            else:
                self._watch(step)

    def _schedule(self, step: Step, delay: float) -> None:
        self._gateway.scheduler.after(delay, lambda: self._perform(step))

    def _watch(self, step: Step) -> None:
        watchers, seen = self._gateway.ledger.watchers, 0

        def watch(record: Record) -> None:
            nonlocal seen
            if all(record.get(name) == value for name, value in step.upon.items()):
                seen += 1
                if seen == step.nth:
                    watchers.remove(watch)
                    self._schedule(step, step.delay)

        watchers.append(watch)

    def _perform(self, step: Step) -> None:
        """What turns out to be impossible is told by the ledger; the play goes on."""
        try:
            self._faults.perform(step.command)
        except FaultRefused as reason:
            self._gateway.ledger.append("fault", action=step.command["do"], state="refused", arguments=str(reason))
