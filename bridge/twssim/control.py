"""The control socket: one JSON object per line in, one per line out.

{"do": "link", "seconds": 20, "subscriptions": "lose"}     {"ok": true, "active": ["link"]}
{"clear": "link"}     (or "all")                           {"ok": true, "active": []}
{"list": true}                                             {"ok": true, "actions": {"cut": "Close ...", ...}}
{"step": 60}                (simulated seconds)       {"ok": true, "now": 1795521660.0}
what cannot be done                                        {"ok": false, "error": "..."}
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from twssim.faults import ACTIONS

if TYPE_CHECKING:
    from twssim.server import Server

LOOPBACK = "127.0.0.1"
LONGEST_LINE = 65536
LONGEST_STEP = 366 * 86_400


class Control:
    """Serves commands on loopback; whoever sends a line that is no JSON object is hung up on."""

    def __init__(self, server: Server) -> None:
        """Belongs to `server`; closed until `listen`."""
        self._server = server
        self._listener: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def listen(self, port: int) -> int:
        """Accept connections; returns the port, raises OSError when it is taken."""
        self._listener = await asyncio.start_server(self._serve, LOOPBACK, port, limit=LONGEST_LINE)
        bound: int = self._listener.sockets[0].getsockname()[1]
        return bound

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while line := await reader.readline():
                answer = self.answer(line)
                writer.write(json.dumps(answer or _NO_COMMAND).encode() + b"\n")
                await writer.drain()
                if answer is None:
                    break
        except (ValueError, ConnectionError):
            pass  # a line too long, or a client that is gone: there is nobody to tell
        finally:
            self._writers.discard(writer)
            writer.close()

    def answer(self, line: bytes) -> dict[str, Any] | None:
        """Carry out one line; None when it is no command at all."""
        try:
            command = json.loads(line)
        except ValueError:
            return None
        if not isinstance(command, dict):
            return None
        if command == {"list": True}:
            return {"ok": True, "actions": {name: function.__doc__ for name, function in ACTIONS.items()}}
        if set(command) == {"step"}:
            return self._step(command["step"])
        return self._perform(command)

    def _step(self, seconds: object) -> dict[str, Any]:
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= LONGEST_STEP:
            return {"ok": False, "error": f"step by 0 to {LONGEST_STEP} seconds of simulated time"}
        server = self._server
        try:
            server.step(seconds)
        finally:
            server.settle()
        return {"ok": True, "now": server.gateway.now}

    def _perform(self, command: dict[str, Any]) -> dict[str, Any]:
        server = self._server
        server.advance()
        try:
            server.faults.perform(command)
        except ValueError as reason:
            return {"ok": False, "error": str(reason)}
        finally:
            server.settle()
        return {"ok": True, "active": list(server.faults.active)}

    def close(self) -> None:
        """Hang up and stop listening; harmless when it never listened."""
        if self._listener is not None:
            self._listener.close()
        for writer in list(self._writers):
            writer.close()


_NO_COMMAND = {"ok": False, "error": "not a JSON object: the connection is closed"}
