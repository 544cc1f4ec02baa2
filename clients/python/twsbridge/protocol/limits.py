"""What a command may look like at all, whatever it says: depth, number of values, kinds of strings and numbers."""

from __future__ import annotations

import math
from collections import Counter, deque
from typing import Any

from twsbridge.protocol.fields import MAX_SAFE_INTEGER

MAX_DEPTH = 8
MAX_NODES = 4096
MAX_TEXT = 256

_QUOTES = "'\""


class UnfitValue(ValueError):
    """One value that no command may contain; `field` is where it stands, such as "order.limit_price"."""

    def __init__(self, fault: str, field: str) -> None:
        super().__init__(fault)
        self.field = field


def no_duplicate_keys(pairs: list[tuple[Any, Any]]) -> dict[str, Any]:
    """A map whose keys are strings, each of them once; a silent last-one-wins would hide a second price."""
    value = dict(pairs)
    if len(value) != len(pairs):
        (key, _), *_ = Counter(key for key, _ in pairs).most_common(1)
        raise ValueError(f"the key {key[:32]!r} comes twice")
    for key in value:
        if type(key) is not str:
            raise ValueError("keys must be strings")
    return value


def check_shape(value: object) -> None:
    """Raise ValueError for what is too deep or too large, UnfitValue for one value or key that cannot be."""
    nodes = 0
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        nodes += len(level)
        if nodes > MAX_NODES:
            raise ValueError(f"more than {MAX_NODES} values")
        below = _below(level)
        if below is None:
            raise UnfitValue(*_first_fault(value))
        if not below:
            return
        level = below
    raise ValueError(f"nested deeper than {MAX_DEPTH}")


def _below(level: list[Any]) -> list[Any] | None:
    """The values one level deeper, or None when one of these is unfit. Runs for every value of every command."""
    below: list[Any] = []
    for item in level:
        kind = type(item)
        if kind is str:
            if len(item) > MAX_TEXT or not (item.isascii() and item.isprintable()):
                return None
        elif kind is dict:
            below += item
            below += item.values()
        elif kind is list:
            below += item
        elif item is not None and _number_fault(item):
            return None
    return below


def _first_fault(value: Any) -> tuple[str, str]:
    """(fault, field) of the uppermost unfit value. Only called when there is one."""
    queue = deque([("", value)])
    while True:
        field, item = queue.popleft()
        if isinstance(item, dict | list):
            named = item.items() if isinstance(item, dict) else enumerate(item)
            for name, child in named:
                path = f"{field}.{ascii(name).strip(_QUOTES)[:64]}".lstrip(".")
                queue.extend([(path, name), (path, child)])
        elif item is not None and (fault := _text_fault(item) if isinstance(item, str) else _number_fault(item)):
            return fault, field


def _text_fault(text: str) -> str:
    if len(text) > MAX_TEXT:
        return f"is longer than {MAX_TEXT} characters"
    return "" if text.isascii() and text.isprintable() else "is not printable ASCII"


def _number_fault(item: object) -> str:
    if isinstance(item, int):
        return "" if abs(item) <= MAX_SAFE_INTEGER else "is an integer beyond 2**53"
    if isinstance(item, float):
        return "" if math.isfinite(item) else "is not a finite number"
    return f"is of type {type(item).__name__}, which a command may not contain"
