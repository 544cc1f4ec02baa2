"""A TWS that is nobody's simulator: the TCP side. What it says is decided by those who build on it.

Written from descriptions of TWS alone; it shares no code with twssim and none with the bridge.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from types import TracebackType

TIME = b"20261122 09:30:00 Central European Standard Time"
LIMIT = 60.0


class Wire:
    """One connection. `chunk` cuts all that is sent into pieces of so many bytes; 0 sends whole messages."""

    def __init__(self, connection: socket.socket, chunk: int = 0) -> None:
        self.connection = connection
        self.version = 0
        self._chunk = chunk
        self._lock = threading.Lock()
        connection.settimeout(LIMIT)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, *payloads: bytes) -> None:
        """Each payload with its length."""
        stream = b"".join(struct.pack(">I", len(payload)) + payload for payload in payloads)
        step = self._chunk or len(stream)
        with self._lock:
            for at in range(0, len(stream), step):
                self.connection.sendall(stream[at : at + step])

    def take(self, size: int) -> bytes:
        """So many bytes; EOFError when the bridge has closed."""
        taken = b""
        while len(taken) < size:
            more = self.connection.recv(size - len(taken))
            if not more:
                raise EOFError
            taken += more
        return taken

    def message(self) -> bytes:
        """The payload of the next message."""
        return self.take(struct.unpack(">I", self.take(4))[0])

    def greet(self, most: int) -> None:
        """Read the hello and answer with the highest version that both know."""
        assert self.take(4) == b"API\0"
        lowest, _, highest = self.message().decode().split(" ")[0].removeprefix("v").partition("..")
        self.version = min(most, int(highest))
        assert int(lowest) <= self.version
        self.send(b"%d\0%s\0" % (self.version, TIME))

    def hang_up(self) -> None:
        """Close, also while a thread reads."""
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def reset(self) -> None:
        """End the connection without a goodbye: TCP's RST, also while a thread reads."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.shutdown(socket.SHUT_RD)
        self.connection.close()


Serve = Callable[[Wire], None]


class ForeignServer:
    """Serves each connection in a thread of its own by `serve`, which may be exchanged while it runs."""

    def __init__(self, serve: Serve, chunk: int = 0) -> None:
        self.serve = serve
        self.faults: list[BaseException] = []
        self.wires: list[Wire] = []
        self._chunk = chunk
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> ForeignServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()
        for wire in self.wires:
            wire.connection.close()
        assert error is not None or not self.faults, self.faults

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            wire = Wire(connection, self._chunk)
            self.wires.append(wire)
            threading.Thread(target=self._run, args=(wire,), daemon=True).start()

    def _run(self, wire: Wire) -> None:
        try:
            self.serve(wire)
        except (EOFError, OSError):
            pass
        except BaseException as fault:
            self.faults.append(fault)
        finally:
            wire.connection.close()
