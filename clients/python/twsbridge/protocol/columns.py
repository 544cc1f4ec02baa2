"""Columns of numbers as packed little-endian arrays: long answers cost a copy instead of a decode per value."""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

_SWAP = sys.byteorder == "big"


def pack_floats(values: Iterable[float]) -> bytes:
    """float64 little-endian."""
    return _packed(array("d", values))


def pack_ints(values: Iterable[int]) -> bytes:
    """int64 little-endian."""
    return _packed(array("q", values))


def unpack_floats(column: bytes | Sequence[float | None]) -> list[float]:
    """The values of a float64 column, or of a list from JSON, where None stands for NaN."""
    if isinstance(column, bytes):
        return _unpacked("d", column).tolist()
    return [math.nan if number is None else number for number in column]


def unpack_ints(column: bytes | Sequence[int]) -> list[int]:
    """The values of an int64 column, or of a list from JSON."""
    return _unpacked("q", column).tolist() if isinstance(column, bytes) else list(column)


def columns_to_lists(body: dict[str, Any]) -> dict[str, Any]:
    """The same body with the packed columns under `i64` and `f64` as plain lists, for JSON; NaN becomes None."""
    if not isinstance(body.get("i64"), dict) or not isinstance(body.get("f64"), dict):
        return body
    return {
        **body,
        "i64": {name: unpack_ints(column) for name, column in body["i64"].items()},
        "f64": {name: [_or_none(x) for x in unpack_floats(column)] for name, column in body["f64"].items()},
    }


def _or_none(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _packed(values: array[Any]) -> bytes:
    if _SWAP:
        values.byteswap()
    return values.tobytes()


def _unpacked(kind: str, column: bytes) -> array[Any]:
    values = array(kind)
    values.frombytes(column)
    if _SWAP:
        values.byteswap()
    return values
