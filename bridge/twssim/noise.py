"""Noise with random access: the same key and position always give the same numbers."""

from hashlib import shake_128
from itertools import accumulate
from struct import pack, unpack

_MIDDLE = 32767.5


def randoms(key: bytes, level: int, index: int, count: int) -> tuple[int, ...]:
    """`count` independent integers, uniform in 0..65535."""
    digest = shake_128(key + pack("<qq", level, index)).digest(2 * count)
    return unpack(f"<{count}H", digest)


def bell(first: int, second: int) -> float:
    """About normal with mean 0 and variance 1, bounded by 2.45, from two uniform integers."""
    return (first + second - 2 * _MIDDLE) / _MIDDLE * 1.2247


def bridge(start: float, end: float, steps: list[float]) -> list[float]:
    """A walk of len(steps) steps that begins at `start` and ends exactly at `end`."""
    count = len(steps)
    walked = list(accumulate(steps))
    tilt = (end - start - walked[-1]) / count
    points = [start + each + tilt * number for number, each in enumerate(walked, 1)]
    points[-1] = end
    return [start, *points]
