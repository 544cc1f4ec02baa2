"""A whole recording: its sessions, one after the other, for the connections of a client."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from twssim.gateway import Gateway
from twssim.recording import read_recording
from twssim.replay.script import Script
from twssim.replay.session import ReplaySession
from twssim.session import Session

PACES = ("recorded", "fast")


class Replay:
    """Serves the first connection with the first recorded session, and so on."""

    def __init__(self, path: str | Path, pace: str) -> None:
        """`pace` is one of PACES; raises ValueError when the recording cannot be read or spoken."""
        if pace not in PACES:
            raise ValueError(f"the pace of a replay is one of {', '.join(PACES)}, not {pace!r}")
        self._scripts = deque(Script(session) for session in read_recording(path))
        self._is_fast = pace == "fast"

    def session(self, gateway: Gateway) -> Session | None:
        """The next recorded session; None when there are no more."""
        if not self._scripts:
            gateway.ledger.append(
                "departure", client_id=-1, kind="connection", name="connect", text="the recording has no more sessions"
            )
            return None
        return ReplaySession(gateway, self._scripts.popleft(), self._is_fast)
