"""Faults of API sessions: client ids that stay taken, pacing, read-only, bursts, messages nobody can read."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from random import Random

from twssim import requests as req
from twssim.answers import TickPrice
from twssim.ledger import Record
from twssim.profile import NEWEST_TEXT_VERSION
from twssim.report_faults import requests_by
from twssim.session import Session
from twssim.stage import Action, FaultRefused, Stage, Undo, choose
from twssim.wire import LONGEST_FRAME, Framer, frame

UNKNOWN_ID = 9999
TOO_FAST = "Max rate of messages per second has been exceeded"
PORT_RESET = "Socket port has been reset and this connection is being dropped. Please reconnect on the new port"
FILLER = "Market data farm connection is inactive but should be available upon demand."


def linger(stage: Stage, hold: float = 60.0) -> Undo:
    """A client id stays taken (326) for so many simulated seconds after its connection has ended."""
    gateway = stage.gateway

    def closed(record: Record) -> None:
        if record["record"] == "session" and record["state"] == "closed":
            client_id = record["client_id"]
            gateway.tampering.busy.add(client_id)
            gateway.scheduler.after(hold, lambda: gateway.tampering.busy.discard(client_id))

    gateway.ledger.watchers.append(closed)

    def undo() -> None:
        gateway.ledger.watchers.remove(closed)
        gateway.tampering.busy.clear()

    return undo


def pacing(stage: Stage, per_second: int = 50, strikes: int = 3) -> Undo:
    """Messages beyond so many in a second get error 100 and no answer; the last strike ends the connection.

    A client that has connected with +PACEAPI is answered later instead.
    """
    if per_second < 1 or strikes < 1:
        raise FaultRefused("per_second and strikes must be at least 1")
    times: dict[int, deque[float]] = {}
    struck: dict[int, int] = {}

    def paced(session: Session, request: req.Request, proceed: Callable[[], None]) -> None:
        now, recent = session.gateway.now, times.setdefault(id(session), deque())
        while recent and recent[0] <= now - 1.0:
            recent.popleft()
        if len(recent) < per_second:
            recent.append(now)
            proceed()
            return
        if session.wants_pacing:
            recent.append(recent[-per_second] + 1.0)
            session.gateway.scheduler.after(recent[-1] - now, proceed)
            return
        struck[id(session)] = struck.get(id(session), 0) + 1
        session.error(-1, 100, TOO_FAST)
        if struck[id(session)] >= strikes:
            session.close()

    return requests_by(stage, "pacing", paced)


def read_only(stage: Stage) -> Undo:
    """The API is in Read-Only mode: requests about orders fail with 321."""
    gateway = stage.gateway
    before = gateway.settings.read_only
    gateway.settings = replace(gateway.settings, read_only=True)

    def undo() -> None:
        gateway.settings = replace(gateway.settings, read_only=before)

    return undo


def notice(stage: Stage, code: int, text: str, req_id: int = -1, client_id: int | None = None) -> None:
    """Say anything that TWS can say as an error, of any code: 2172, 2176, 10285, 2110 ..."""
    for session in stage.started(client_id):
        session.error(req_id, code, text)


def socket_port(stage: Stage) -> None:
    """Somebody changes the socket port in TWS: 1300, and every connection ends. Here the port stays what it was."""
    for session in stage.started():
        session.error(-1, 1300, PORT_RESET)
        session.close()


def burst(stage: Stage, size: int = 4096, client_id: int | None = None) -> None:
    """Send each session a notice (2108) that makes all that goes out now exactly `size` bytes long."""
    for session in stage.started(client_id):
        session.send_padded(2108, FILLER, size)


def malformed(stage: Stage, kind: str = "unknown", client_id: int | None = None) -> None:
    """Send a message of an unknown type, a truncated tick, random bytes in a frame, or a header of 16 MB."""
    choose("kind", kind, "unknown", "truncated", "garbage", "huge")
    for session in stage.started(client_id):
        session.write(_malformed(session, kind, stage.chance))


def _malformed(session: Session, kind: str, chance: Random) -> bytes:
    if kind == "huge":
        return LONGEST_FRAME.to_bytes(4, "big")
    if kind == "garbage":
        return frame(chance.randbytes(64))
    if kind == "truncated":
        tick, *_ = Framer().feed(session.profile.write(TickPrice(1, 1, Decimal(100), Decimal(1))))
        return frame(tick[: len(tick) // 2])
    has_raw_ids = session.version > NEWEST_TEXT_VERSION
    return frame((UNKNOWN_ID.to_bytes(4, "big") if has_raw_ids else f"{UNKNOWN_ID}\0".encode()) + b"1\0hello\0")


ACTIONS: dict[str, Action] = {
    "linger": linger,
    "pacing": pacing,
    "read_only": read_only,
    "notice": notice,
    "socket_port": socket_port,
    "burst": burst,
    "malformed": malformed,
}
