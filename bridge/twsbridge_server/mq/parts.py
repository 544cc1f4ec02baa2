"""Long replies travel in parts: the client joins lists and packed columns; everything else comes with part 0."""

from __future__ import annotations

from typing import Any

_COLUMN_STEP = 8


def split(body: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """`count` bodies, each with its share of every list and packed column; the first has everything else too."""
    return [share(body, index, count) for index in range(count)]


def share(body: dict[str, Any], index: int, count: int) -> dict[str, Any]:
    """One of them."""
    found: dict[str, Any] = {}
    for key, value in body.items():
        if isinstance(value, dict):
            found[key] = share(value, index, count)
        elif isinstance(value, list | tuple):
            found[key] = value[len(value) * index // count : len(value) * (index + 1) // count]
        elif isinstance(value, bytes):
            rows = len(value) // _COLUMN_STEP
            start, end = rows * index // count, rows * (index + 1) // count
            found[key] = value[start * _COLUMN_STEP : end * _COLUMN_STEP]
        elif index == 0:
            found[key] = value
    return found
