"""The whole drill: on the TWS of the user, then on a simulator of the same version, then side by side."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import twssim
from twsbridge_drill.compare import Difference, Heard, compare
from twsbridge_drill.orders import FAR_ABOVE, FAR_BELOW
from twsbridge_drill.report import Report, masked_bytes
from twsbridge_drill.session import Callback, DrillFailed, Session
from twsbridge_drill.steps import SETTLED, STEPS, Run, clean_up, look_around
from twssim.profile import NEWEST_SERVER_VERSION
from twssim.recording import Frame, RecordedSession
from twssim.recording.writing import write_recording

PAPER = ("DU", "DF")
"""How IB names paper accounts."""
RECORDING, MARKDOWN, JSON = "recording.jsonl", "report.md", "report.json"

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one side said, step by step."""

    heard: dict[str, list[Heard]]
    frames: list[Frame]
    server_version: int
    accounts: tuple[str, ...]
    left_over: tuple[int, ...]


def drill(address: tuple[str, int], client_id: int, symbol: str, directory: Path, tell: Tell) -> Report:
    """Run it, and write recording and report into `directory`; `tell` is given a line for each step.

    Raises DrillFailed when it cannot go on, or must not: only paper accounts are drilled.
    """
    directory.mkdir(parents=True, exist_ok=True)
    theirs = _performed(Session(*address, client_id, NEWEST_SERVER_VERSION), symbol, tell)
    tell(f"the same on the simulator, server version {theirs.server_version}")
    with twssim.run(server_version=theirs.server_version, accounts=_as_many(theirs.accounts)) as tws:
        ours = _performed(Session(tws.host, tws.port, client_id), symbol, lambda line: None)
    report = Report(
        theirs.server_version,
        tuple(step.name for step in STEPS),
        tuple(_differences(theirs, ours)),
        theirs.accounts,
        theirs.left_over,
    )
    _write(directory, theirs, report)
    return report


def _performed(session: Session, symbol: str, tell: Tell) -> Outcome:
    run = Run(session, symbol)
    heard: dict[str, list[Heard]] = {}
    accounts: tuple[str, ...] = ()
    left: list[int] = []
    try:
        for step in STEPS:
            tell(step.name)
            begun, first, placed = time.monotonic(), len(session.heard), len(run.placed)
            step.run(run)
            session.quiet(SETTLED)
            heard[step.name] = [_heard(each, begun, run.placed[placed:]) for each in session.heard[first:]]
            accounts = accounts or _paper_accounts(session)
            if step.run is look_around:
                _check_price(session, symbol)
            if session.is_closed:
                raise DrillFailed(
                    f"TWS hung up during '{step.name}'. Look in TWS for orders of one {symbol} and cancel them there."
                )
    finally:
        if run.placed and not session.is_closed:
            left = clean_up(run)
        session.close()
    return Outcome(heard, session.frames, session.server_version, accounts, tuple(left))


def _heard(callback: Callback, begun: float, placed: list[int]) -> Heard:
    """Seconds since the step began, and the place of its order among those of the step."""
    arguments = callback.arguments
    number = arguments.get("orderId") if callback.name != "error" else arguments.get("reqId")
    order = placed.index(number) if number in placed else None
    return Heard(callback.name, arguments, callback.at - begun, order)


def _paper_accounts(session: Session) -> tuple[str, ...]:
    """The accounts of the login; raises DrillFailed unless each of them is a paper account."""
    told = str(session.of("managedAccounts")[-1]["accountsList"])
    accounts = tuple(filter(None, (each.strip() for each in told.split(","))))
    if not accounts or not all(account.startswith(PAPER) for account in accounts):
        raise DrillFailed(
            "This login has an account that is not a paper account: the drill places orders, and refuses. "
            "Nothing was placed. Log in to TWS with your paper user."
        )
    return accounts


def _check_price(session: Session, symbol: str) -> None:
    """Raise DrillFailed unless the drill's prices are far from the last close: nothing shall ever be filled."""
    closes = [each["bar"]["close"] for each in session.of("historicalData")]
    if not closes or not 5 * FAR_BELOW < closes[-1] < FAR_ABOVE / 5:
        close = closes[-1] if closes else "unknown"
        raise DrillFailed(
            f"The last close of {symbol} is {close}; the drill needs one between {5 * FAR_BELOW:g} and "
            f"{FAR_ABOVE / 5:g}, so that its orders are never filled. Nothing was placed. Choose another --symbol."
        )


def _as_many(accounts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"DU{1234567 + number}" for number in range(len(accounts)))


def _differences(theirs: Outcome, ours: Outcome) -> list[Difference]:
    found: list[Difference] = []
    for step in STEPS:
        sides = [[each for each in side.heard[step.name] if each.name not in step.ignored] for side in (theirs, ours)]
        found += compare(step.name, step.is_ordered, *sides)
    return found


def _write(directory: Path, theirs: Outcome, report: Report) -> None:
    frames = [replace(each, payload=masked_bytes(each.payload, theirs.accounts)) for each in theirs.frames]
    session = RecordedSession("1", theirs.server_version, frames)
    write_recording(directory / RECORDING, [session], "twsbridge drill")
    (directory / MARKDOWN).write_text(report.as_markdown(), encoding="utf-8")
    (directory / JSON).write_text(report.as_json(), encoding="utf-8")
