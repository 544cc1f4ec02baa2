"""Bytes made wrong, in the ways in which bytes go wrong."""

from __future__ import annotations

from random import Random


def mutated(whole: bytes, dice: Random) -> bytes:
    """One change, sometimes several: a bit, a byte, a piece cut, doubled or put in, or nothing but the beginning."""
    for _ in range(dice.choice((1, 1, 1, 2, 5))):
        whole = dice.choice(_CHANGES)(whole, dice)
    return whole


def _bit(whole: bytes, dice: Random) -> bytes:
    if not whole:
        return whole
    spot = dice.randrange(len(whole))
    return whole[:spot] + bytes([whole[spot] ^ 1 << dice.randrange(8)]) + whole[spot + 1 :]


def _truncated(whole: bytes, dice: Random) -> bytes:
    return whole[: dice.randrange(len(whole) + 1)]


def _inserted(whole: bytes, dice: Random) -> bytes:
    spot = dice.randrange(len(whole) + 1)
    piece = dice.choice((b"\0", b"\xff" * 4, b"\x80", b"\xdf\xff\xff\xff\xff", b"1e999", b"\n", dice.randbytes(8)))
    return whole[:spot] + piece + whole[spot:]


def _cut(whole: bytes, dice: Random) -> bytes:
    start, end = sorted(dice.randrange(len(whole) + 1) for _ in range(2))
    return whole[:start] + whole[end:]


def _doubled(whole: bytes, dice: Random) -> bytes:
    start, end = sorted(dice.randrange(len(whole) + 1) for _ in range(2))
    return whole[:end] + whole[start:]


_CHANGES = (_bit, _bit, _truncated, _inserted, _cut, _doubled)
