"""Clients that nobody here wrote, each in an environment of its own, live a day with the simulated TWS.

Nothing may be amiss for them, and what they believe at the end must be what the ledger says.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import twssim
from tests.foreign_clients.environments import Environment
from twssim.runner import SimulatedTws

SESSIONS = Path(__file__).with_name("sessions")
REQUIRED = "TWSBRIDGE_FOREIGN_CLIENTS"
"""Set this to `required` and a missing environment fails the tests instead of skipping them."""

NEVER = 1_000
AT_ONCE = 3
LIMIT = 50.0
MORNING = 1_795_532_400.0
"""Tuesday 24 November 2026, 15:00 UTC: stocks trade in New York and in London."""

TRADING_DAY = """
    connect account positions contract_details history reference options login ticks depth tick_by_tick
    real_time_bars scanner news display_groups orders refused_orders what_if bracket executions profit
    completed_orders reconnect
""".split()


@dataclass(frozen=True)
class Client:
    """A foreign client: how to start a session of it, and the newest server version that it knows."""

    environment: str
    newest: int
    script: str
    arguments: tuple[str, ...] = ()
    since: Mapping[str, int] = field(default_factory=dict)
    """Steps that it can do only from a server version on, or never."""

    def steps(self, version: int) -> list[str]:
        """What a session of it does at a server version."""
        return [step for step in TRADING_DAY if version >= self.since.get(step, 0)]


CLIENTS = {
    client.environment: client
    for client in (
        Client("ibapi-9.81", 157, "official_session.py"),
        Client("ibapi-10.37", 203, "official_session.py"),
        Client("ibapi-10.46", 225, "official_session.py"),
        Client("ib_async", 178, "ib_insync_session.py", ("ib_async",), {"display_groups": NEVER}),
        Client("ib_insync", 176, "ib_insync_session.py", ("ib_insync",), {"display_groups": NEVER}),
        Client("stoqey", 193, "stoqey_session.mjs", since={"completed_orders": 177}),
    )
}


@dataclass(frozen=True)
class Case:
    """One session: the client, what TWS speaks, and the pieces that its stream is cut into (0: whole)."""

    client: str
    version: int
    chunk: int = 0

    def __str__(self) -> str:
        return f"{self.client} at {self.version}" + (f" in pieces of {self.chunk}" if self.chunk else "")


CASES = [
    *(Case("ibapi-9.81", version) for version in (157, 225)),
    *(Case("ibapi-10.37", version) for version in (157, 176, 200, 225)),
    *(Case("ibapi-10.46", version) for version in (176, 200, 203, 213, 225)),
    *(Case("ib_async", version) for version in (157, 176, 225)),
    *(Case("ib_insync", version) for version in (157, 225)),
    *(Case("stoqey", version) for version in (157, 178, 225)),
    Case("ibapi-9.81", 225, chunk=4096),
    Case("ibapi-10.46", 225, chunk=64),
    Case("ib_async", 225, chunk=8192),
    Case("ib_insync", 225, chunk=1),
    Case("stoqey", 225, chunk=1),
]


@dataclass
class Told:
    """What a session said, and what the simulator wrote down meanwhile."""

    steps: list[str] = field(default_factory=list)
    amiss: list[str] = field(default_factory=list)
    saw: dict[str, Any] = field(default_factory=dict)
    end: str = ""
    ledger: list[dict[str, Any]] = field(default_factory=list)

    def take(self, line: str, tws: SimulatedTws) -> None:
        """One line of the session; what it asks for is done at once."""
        fact = json.loads(line)
        self.steps += [fact["step"]] if "step" in fact else []
        self.amiss += [fact["amiss"]] if "amiss" in fact else []
        self.saw |= fact.get("saw", {})
        if fact.get("ask") == "drop_connections":
            tws.drop_connections()

    def records(self, kind: str) -> Iterator[dict[str, Any]]:
        return (each for each in self.ledger if each["record"] == kind)


def run(case: Case) -> Told:
    """The whole session of a case."""
    told = Told()
    settings = {"speed": 10.0, "start": MORNING, "snapshot_seconds": 2.0}
    with twssim.run(server_version=case.version, **settings) as tws:
        if case.chunk:
            tws.faults.apply("rechunk", size=case.chunk)
        told.end = _converse(case, tws, told)
        told.ledger = list(tws.ledger.records)
    return told


def _converse(case: Case, tws: SimulatedTws, told: Told) -> str:
    client = CLIENTS[case.client]
    environment = Environment(client.environment)
    command = [environment.program, str(SESSIONS / client.script), str(tws.port), *client.arguments]
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with subprocess.Popen(
        command,
        cwd=environment.path,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout and process.stderr
        limit = threading.Timer(LIMIT, process.kill)
        limit.start()
        complaints: list[str] = []
        listening = threading.Thread(target=lambda: complaints.extend(process.stderr or ()))
        listening.start()
        for line in process.stdout:
            told.take(line, tws)
        listening.join()
        limit.cancel()
    return f"{process.returncode} {''.join(complaints)}".strip()


@pytest.fixture(scope="module")
def sessions(request: pytest.FixtureRequest) -> Iterator[dict[Case, Future[Told]]]:
    """The sessions of all chosen cases, some at a time, each where its environment is."""
    chosen = [item.callspec.params["case"] for item in request.session.items if "sessions" in item.fixturenames]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {case: pool.submit(run, case) for case in chosen if Environment(case.client).is_ready}


@pytest.fixture
def told(case: Case, sessions: dict[Case, Future[Told]]) -> Told:
    """What the session of a case told."""
    if case not in sessions:
        reason = f"there is no up-to-date environment for {case.client}: `./run foreign` makes it and says why if not"
        (pytest.fail if os.environ.get(REQUIRED) == "required" else pytest.skip)(reason)
    return sessions[case].result()


def positions(told: Told) -> dict[str, float]:
    """Contract id -> what the ledger's last word about it is."""
    held = {str(record["con_id"]): float(record["quantity"]) for record in told.records("position")}
    return {con_id: quantity for con_id, quantity in held.items() if quantity}


def signed(record: dict[str, Any]) -> float:
    return float(record["shares"]) * (1 if record["side"] == "BOT" else -1)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_day_of_trading(case: Case, told: Told) -> None:
    client = CLIENTS[case.client]
    assert told.amiss == []
    assert told.end == "0"
    version = min(case.version, client.newest)
    assert told.steps == client.steps(version)
    saw, fills = told.saw, list(told.records("execution"))
    assert (saw["server_version"], saw["accounts"]) == (version, ["DU1234567"])
    assert saw["executions"] == {fill["exec_id"]: signed(fill) for fill in fills}
    assert saw["commissions"] == {fill["exec_id"]: float(fill["commission"]) for fill in fills}
    assert saw["positions"] == positions(told) != {}
    statuses = {str(record["order_id"]): record["status"] for record in told.records("status")}
    working = {order_id for order_id, status in statuses.items() if status not in ("Filled", "Cancelled", "Inactive")}
    assert not working and len(fills) >= 3
    assert saw["statuses"].items() <= statuses.items()
    assert {order_id for order_id, status in statuses.items() if status != "Inactive"} <= saw["statuses"].keys()
    assert not list(told.records("unreadable"))
