"""What a command may look like at all, whatever it says: depth, number of values, kinds of strings and numbers."""

from __future__ import annotations

import math
from typing import Any

from twsbridge.protocol.fields import MAX_SAFE_INTEGER

MAX_DEPTH = 8
MAX_NODES = 4096
MAX_TEXT = 256


def no_duplicate_keys(pairs: list[tuple[Any, Any]]) -> dict[str, Any]:
    """A map whose keys are strings, each of them once; a silent last-one-wins would hide a second price."""
    value: dict[str, Any] = {}
    for key, item in pairs:
        if not isinstance(key, str):
            raise ValueError("keys must be strings")
        if key in value:
            raise ValueError(f"the key {key[:32]!r} comes twice")
        value[key] = item
    return value


def check_shape(value: object) -> None:
    """Raise ValueError for anything too deep, too large, not finite, or not printable ASCII."""
    nodes = 0
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        nodes += len(level)
        if nodes > MAX_NODES:
            raise ValueError(f"more than {MAX_NODES} values")
        level = [child for item in level for child in _children(item)]
        if not level:
            return
    raise ValueError(f"nested deeper than {MAX_DEPTH}")


def _children(item: Any) -> list[Any]:
    if isinstance(item, dict):
        return [*item.keys(), *item.values()]
    if isinstance(item, list):
        return item
    _check_leaf(item)
    return []


def _check_leaf(item: Any) -> None:
    if isinstance(item, str):
        _check_text(item)
    elif isinstance(item, float):
        if not math.isfinite(item):
            raise ValueError("a number that is not finite")
    elif isinstance(item, int):
        if abs(item) > MAX_SAFE_INTEGER:
            raise ValueError("an integer beyond 2**53")
    elif item is not None:
        raise ValueError(f"a value of type {type(item).__name__}")


def _check_text(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise ValueError(f"a text longer than {MAX_TEXT} characters")
    if not (text.isascii() and text.isprintable()):
        raise ValueError("a text that is not printable ASCII")
