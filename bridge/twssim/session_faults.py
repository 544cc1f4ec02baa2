"""Faults of API sessions: client ids that stay taken, pacing, read-only, bursts, messages nobody can read."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random

from twssim.answers import TickPrice
from twssim.ledger import Record
from twssim.message_pacing import MessagePacing
from twssim.profile import NEWEST_TEXT_VERSION
from twssim.report_faults import requests_by
from twssim.session import Session
from twssim.stage import Action, FaultRefused, Stage, Undo, choose
from twssim.wire import LONGEST_FRAME, Framer, frame

UNKNOWN_ID = 9999
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
    return requests_by(stage, "pacing", MessagePacing(per_second, strikes).ask)


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
