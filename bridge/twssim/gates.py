"""Where the bytes of a connection pass, and where a fault stops, ends or divides them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

CUT, RESET, STALL = "cut", "reset", "stall"


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop the bytes of one direction after so many more: `kind` is cut, reset or stall."""

    kind: str
    direction: str
    after: int
    client_id: int | None

    def concerns(self, direction: str) -> bool:
        """Whether it acts on this direction: in, out or both."""
        return self.direction in (direction, "both")


class Gate:
    """One direction of one connection: passes bytes on until a stop says otherwise."""

    def __init__(
        self,
        client_id: Callable[[], int],
        deliver: Callable[[bytes], None],
        end: Callable[[str], None],
    ) -> None:
        """`deliver` takes what passes; `end` ends the connection, by a cut or a reset."""
        self._client_id = client_id
        self._deliver = deliver
        self._end = end
        self._left: dict[Stop, int] = {}
        self._held = bytearray()
        self._ended = False

    @property
    def stopped(self) -> bool:
        """Whether bytes are waiting or will never pass."""
        return self._ended or bool(self._held)

    def stop(self, stop: Stop) -> None:
        """Let a stop count from here on."""
        self._left[stop] = stop.after
        self.push(b"")

    def release(self, stop: Stop) -> None:
        """Forget a stop; what it held back goes on."""
        if self._left.pop(stop, None) is not None:
            self.push(b"")

    def push(self, content: bytes) -> None:
        """Pass on what no stop forbids, keep the rest."""
        if self._ended:
            return
        if not self._left:
            passing = bytes(self._held) + content if self._held else content
            self._held.clear()
        else:
            self._held += content
            passing = self._take_allowed()
        if passing:
            self._deliver(passing)
        self._end_if_due()

    def _concerned(self) -> list[Stop]:
        client_id = self._client_id()
        return [stop for stop in self._left if stop.client_id in (None, client_id)]

    def _take_allowed(self) -> bytes:
        concerned = self._concerned()
        room = min([len(self._held), *(self._left[stop] for stop in concerned)])
        for stop in concerned:
            self._left[stop] -= room
        passing = bytes(self._held[:room])
        del self._held[:room]
        return passing

    def _end_if_due(self) -> None:
        for stop in self._concerned():
            if not self._left[stop] and stop.kind != STALL and not self._ended:
                self._ended = True
                self._held.clear()
                self._end(stop.kind)


class Pieces:
    """Writes to a transport; when divided, it falls silent at every multiple of a size."""

    def __init__(self, transport: asyncio.Transport) -> None:
        """Undivided at first."""
        self._transport = transport
        self._size = 0
        self._silence = 0.0
        self._until_boundary = 0
        self._waiting = bytearray()
        self._next: asyncio.TimerHandle | None = None

    def divide(self, size: int, silence: float) -> None:
        """Be silent for so many real seconds after every `size` bytes from here on; size 0 ends that."""
        self._size, self._silence, self._until_boundary = size, silence, size
        if not size:
            self.finish()

    def write(self, content: bytes) -> None:
        """Send at once, or piece by piece."""
        if not self._size:
            self._transport.write(content)
            return
        self._waiting += content
        if self._next is None:
            self._write_pieces()

    def _write_pieces(self) -> None:
        self._next = None
        if not self._waiting or self._transport.is_closing():
            return
        piece = bytes(self._waiting[: self._until_boundary])
        del self._waiting[: len(piece)]
        self._transport.write(piece)
        self._until_boundary -= len(piece)
        if not self._until_boundary:
            self._until_boundary = self._size
            self._next = asyncio.get_running_loop().call_later(self._silence, self._write_pieces)

    def finish(self) -> None:
        """Send what is still waiting, undivided."""
        if self._next is not None:
            self._next.cancel()
            self._next = None
        if self._waiting and not self._transport.is_closing():
            self._transport.write(bytes(self._waiting))
        self._waiting.clear()
