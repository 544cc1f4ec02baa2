"""What `doctor` looks at, one after the other; what cannot be known after a trouble is skipped."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from twsbridge.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from twsbridge.cli.asking import Asking
    from twsbridge.protocol.replies import Status

TWS_PORTS = {7497: "TWS, paper", 7496: "TWS, live", 4002: "IB Gateway, paper", 4001: "IB Gateway, live"}
PROBE_SECONDS = 0.3
TICK_SECONDS = 5.0
SKEW_SECONDS = 2.0


class Verdict(StrEnum):
    """How a check came out. A note is worth knowing, and nothing is wrong."""

    OK = "ok"
    NOTE = "note"
    BAD = "bad"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Check:
    """One line of the list; `code` is the exit code that a trouble asks for."""

    subject: str
    verdict: Verdict
    seen: str
    to_do: str = ""
    code: ExitCode = ExitCode.OK

    def record(self) -> dict[str, str]:
        """As JSON has it."""
        return {"check": self.subject, "verdict": self.verdict, "seen": self.seen, "to_do": self.to_do}


def ok(subject: str, seen: str) -> Check:
    """Nothing to do here."""
    return Check(subject, Verdict.OK, seen)


def noted(subject: str, seen: str, to_do: str = "") -> Check:
    """Worth knowing."""
    return Check(subject, Verdict.NOTE, seen, to_do)


def examine(asking: Asking, symbol: str) -> Iterator[Check]:
    """Every check as soon as it is made."""
    from twsbridge.errors import AuthError, BridgeError

    try:
        yield _connection_file(asking)
        started = time.time()
        client = asking.client
        yield ok("bridge", f"version {client.welcome.version} answers at {_endpoint(asking)}")
        yield ok("key", f"accepted: {client.welcome.name}, {client.welcome.role}")
        yield _clock(client.welcome.server_ts_us / 1e6, started, time.time())
        status = client.status()
    except AuthError as error:
        yield Check("key", Verdict.BAD, error.wire.msg, error.wire.do, ExitCode.REJECTED)
    except BridgeError as error:
        yield Check("bridge", Verdict.BAD, error.wire.msg, error.wire.do, ExitCode.UNREACHABLE)
        yield from _listening_tws()
    else:
        yield _journal(status)
        yield from _halts(status)
        yield from _tws(status)
        yield _ticks(asking, status, symbol)


def _connection_file(asking: Asking) -> Check:
    from twsbridge.connection import find_connection, usual_places

    connection = find_connection(asking.connection)
    place = asking.connection or usual_places()[0]
    return ok("connection file", f"{place}, client '{connection.name}'")


def _endpoint(asking: Asking) -> str:
    from twsbridge.connection import find_connection

    return find_connection(asking.connection).cmd


def _clock(bridge: float, before: float, after: float) -> Check:
    """The bridge's clock against ours: it was read between `before` and `after`."""
    skew = max(before - bridge, bridge - after, 0.0)
    seen = f"{skew:.1f} s from the bridge's"
    if skew <= SKEW_SECONDS:
        return ok("clock", seen)
    return noted("clock", seen, "Let both machines keep time by NTP: commands carry deadlines.")


def _listening_tws() -> Iterator[Check]:
    """Without a bridge: is there at least a TWS on this machine?"""
    found = [port for port in TWS_PORTS if _is_open(port)]
    for port in found:
        yield noted("TWS", f"something listens on {port} ({TWS_PORTS[port]})",
                    f"Start the bridge: twsbridge serve --tws 127.0.0.1:{port}")  # fmt: skip
    if not found:
        ports = ", ".join(map(str, TWS_PORTS))
        yield noted("TWS", f"nothing listens on {ports} of this machine",
                    "Start TWS or IB Gateway with its API on, or `twsbridge sim`; then `twsbridge serve`.")  # fmt: skip


def _is_open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), PROBE_SECONDS).close()
    except OSError:
        return False
    return True


def _journal(status: Status) -> Check:
    """The bridge's memory on disk."""
    journal = status.journal
    free = "" if journal.free_bytes is None else f"{journal.free_bytes // 2**20} MiB free"
    if journal.state == "failed":
        to_do = "Make room on the bridge's disk, or mend it: the bridge goes on by itself. Cancels are taken meanwhile."
        return Check("journal", Verdict.BAD, journal.reason, to_do, ExitCode.REJECTED)
    if journal.state == "low":
        return noted("journal", f"only {free}", "Make room on the bridge's disk: when it is full no order is taken.")
    return ok("journal", free or "written")


def _halts(status: Status) -> Iterator[Check]:
    """What the kill switch stops."""
    to_do = "Orders are refused. When it is mended: twsbridge resume --reason TEXT, with an admin's key."
    for each in status.halts:
        seen = f"{each.scope} {each.of}".rstrip() + f" is {each.state} ({each.by}: {each.reason})"
        yield Check("halt", Verdict.BAD, seen, to_do, ExitCode.REJECTED)
    if status.limits_fault:
        yield noted("limits", status.limits_fault, "Mend limits.toml; the limits before it are in force.")


def _tws(status: Status) -> Iterator[Check]:
    tws = status.tws
    if status.state != "READY":
        yield Check("TWS", Verdict.BAD, f"{tws.endpoint}: {status.state}, {status.reason}", _cure(status),
                    ExitCode.TWS_DOWN)  # fmt: skip
        return
    yield ok("TWS", f"{tws.endpoint} as API client {tws.client_id}, server version {tws.server_version}")
    yield ok("next order id", f"{tws.next_order_id}")
    yield _accounts(status)
    yield _permission(status)
    yield _farms(tws.farms)
    if status.unknown_orders:
        yield noted("orders", f"{status.unknown_orders} in an unknown state", "See `twsbridge orders`.")


def _cure(status: Status) -> str:
    """What to do when TWS cannot be used, by the state of the session."""
    cures = {
        "LINK_DOWN": "TWS waits for IB's servers: see TWS's own window. Orders at IB keep working.",
        "REFUSED": "Is this login what you want? A live account needs --allow-live ACCOUNT, and a --home of its own.",
        "DEGRADED": "See the journal above: TWS is used again for orders once it can be written.",
        "DRAINING": "The bridge is shutting down: start it again with `twsbridge serve`.",
        "RECONCILING": "Wait a moment and look again.",
    }
    usual = (
        f"Is TWS running and logged in, does it listen at {status.tws.endpoint}, is 'Enable ActiveX and Socket "
        f"Clients' on in its API settings, and is API client id {status.tws.client_id} free (serve --client-id)?"
    )
    return cures.get(status.state, usual)


def _accounts(status: Status) -> Check:
    seen = f"{', '.join(status.accounts)} ({status.tws.mode})"
    return ok("accounts", seen) if status.tws.mode == "paper" else noted("accounts", f"{seen}: real money")


def _permission(status: Status) -> Check:
    if status.tws.read_only:
        return noted("orders", "TWS's API is read-only", "To trade, clear 'Read-Only API' in TWS's API settings.")
    return ok("orders", f"may be placed; {status.working_orders} working, {status.unknown_orders} unknown")


def _farms(farms: dict[str, str]) -> Check:
    seen = ", ".join(f"{name} {state}" for name, state in sorted(farms.items())) or "TWS has told none"
    is_well = bool(farms) and all(state in ("ok", "inactive") for state in farms.values())
    return ok("farms", seen) if is_well else noted("farms", seen, "Farms come and go by themselves; wait a minute.")


def _ticks(asking: Asking, status: Status, symbol: str) -> Check:
    from twsbridge.errors import BridgeError

    if status.state != "READY":
        return Check("ticks", Verdict.SKIPPED, "not tried without TWS")
    try:
        quote = asking.client.quote(symbol, timeout=min(TICK_SECONDS, asking.timeout))
    except (BridgeError, TimeoutError) as error:
        return noted("ticks", f"{symbol}: {error}", "Is the market open, and is the account subscribed to its data?")
    return ok("ticks", f"{symbol} bid {quote.bid} ask {quote.ask} last {quote.last} ({quote.state})")
