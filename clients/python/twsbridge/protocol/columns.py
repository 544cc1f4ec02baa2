"""Columns of numbers as packed little-endian arrays: long answers cost a copy instead of a decode per value."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable
from typing import Any

_SWAP = sys.byteorder == "big"


def pack_floats(values: Iterable[float]) -> bytes:
    """float64 little-endian."""
    return _packed(array("d", values))


def pack_ints(values: Iterable[int]) -> bytes:
    """int64 little-endian."""
    return _packed(array("q", values))


def unpack_floats(column: bytes | list[float]) -> list[float]:
    """The values of a float64 column; a list (from JSON) is returned as it is."""
    return column if isinstance(column, list) else _unpacked("d", column).tolist()


def unpack_ints(column: bytes | list[int]) -> list[int]:
    """The values of an int64 column; a list (from JSON) is returned as it is."""
    return column if isinstance(column, list) else _unpacked("q", column).tolist()


def columns_to_lists(body: dict[str, Any]) -> dict[str, Any]:
    """The same body with the packed columns under `i64` and `f64` as plain lists, for JSON."""
    if "i64" not in body:
        return body
    return {
        **body,
        "i64": {name: unpack_ints(column) for name, column in body["i64"].items()},
        "f64": {name: unpack_floats(column) for name, column in body["f64"].items()},
    }


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
