from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from twssim.gates import CUT, RESET, STALL, Gate, Pieces, Stop


class Log:
    """What passed a gate, and how it ended."""

    def __init__(self, client_id: int = 1) -> None:
        self.passed, self.ends = bytearray(), list[str]()
        self.gate = Gate(lambda: client_id, self.passed.extend, self.ends.append)


@given(st.lists(st.binary(max_size=20)), st.integers(0, 60))
def test_a_cut_lets_exactly_so_many_bytes_pass(parts: list[bytes], after: int) -> None:
    log, whole = Log(), b"".join(parts)
    log.gate.stop(Stop(CUT, "out", after, None))
    for part in parts:
        log.gate.push(part)
    assert bytes(log.passed) == whole[:after]
    assert log.ends == [CUT] * (len(whole) >= after)


@given(st.lists(st.binary(max_size=20)), st.integers(0, 60))
def test_what_a_stall_holds_back_is_not_lost(parts: list[bytes], after: int) -> None:
    log, whole, stall = Log(), b"".join(parts), Stop(STALL, "out", after, None)
    log.gate.stop(stall)
    for part in parts:
        log.gate.push(part)
    assert bytes(log.passed) == whole[:after]
    log.gate.release(stall)
    assert bytes(log.passed) == whole
    assert not log.gate.stopped and not log.ends


def test_other_clients_are_spared() -> None:
    log = Log(client_id=2)
    log.gate.stop(Stop(RESET, "out", 0, 1))
    log.gate.push(b"abc")
    assert (bytes(log.passed), log.ends) == (b"abc", [])


class Transport:
    """Collects what is written, write by write."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []

    def write(self, content: bytes) -> None:
        self.writes.append(content)

    def is_closing(self) -> bool:
        return False


def test_pieces_end_at_every_multiple_and_nothing_is_lost() -> None:
    async def play() -> list[bytes]:
        transport: Any = Transport()
        pieces = Pieces(transport)
        pieces.divide(4, 0.0)
        pieces.write(b"abcdef")
        while len(transport.writes) < 2:
            await asyncio.sleep(0)
        pieces.write(b"ghijk")
        pieces.finish()
        pieces.divide(0, 0.0)
        pieces.write(b"lmnop")
        return list(transport.writes)

    assert asyncio.run(play()) == [b"abcd", b"ef", b"gh", b"ijk", b"lmnop"]
