"""Long replies travel in parts. Joining is one rule: lists and packed columns continue, everything else is in part 0."""

from __future__ import annotations

from typing import Any

_COLUMN_STEP = 8


def split(body: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """`count` bodies, each with its share of every list and packed column; the first has everything else too."""
    return [_share(body, index, count) for index in range(count)]


def join(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """The body that was split."""
    joined: dict[str, Any] = {}
    for part in parts:
        _continue(joined, part)
    return joined


def _share(body: dict[str, Any], index: int, count: int) -> dict[str, Any]:
    share: dict[str, Any] = {}
    for key, value in body.items():
        if isinstance(value, dict):
            share[key] = _share(value, index, count)
        elif isinstance(value, list | tuple):
            share[key] = value[len(value) * index // count : len(value) * (index + 1) // count]
        elif isinstance(value, bytes):
            rows = len(value) // _COLUMN_STEP
            start, end = rows * index // count, rows * (index + 1) // count
            share[key] = value[start * _COLUMN_STEP : end * _COLUMN_STEP]
        elif index == 0:
            share[key] = value
    return share


def _continue(joined: dict[str, Any], part: dict[str, Any]) -> None:
    for key, value in part.items():
        present = joined.get(key)
        if isinstance(value, dict) and isinstance(present, dict):
            _continue(present, value)
        elif isinstance(value, list | tuple) and isinstance(present, list):
            present.extend(value)
        elif isinstance(value, bytes) and isinstance(present, bytes):
            joined[key] = present + value
        else:
            joined[key] = list(value) if isinstance(value, list | tuple) else value
