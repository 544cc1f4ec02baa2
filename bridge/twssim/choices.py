"""Settings written as text, for those that have no option of their own: `commission_plan=tiered`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from typing import Any, get_type_hints

from twssim.settings import Settings

YES = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def chosen(written: Iterable[str], others: frozenset[str]) -> dict[str, Any]:
    """NAME=VALUE pairs as arguments of Settings. ValueError for an unknown name, a bad value, or one in `others`."""
    return dict(_pair(each, others) for each in written)


def _pair(written: str, others: frozenset[str]) -> tuple[str, Any]:
    name, equals, value = written.partition("=")
    known = {field.name for field in fields(Settings)} - others
    if not equals or name not in known:
        raise ValueError(f"--set takes NAME=VALUE, not '{written}'; the names are {', '.join(sorted(known))}")
    kind = str(get_type_hints(Settings)[name])
    try:
        return name, _value(kind, value)
    except (ValueError, KeyError, InvalidOperation):
        raise ValueError(f"--set {name} needs {WORDS[kind]}, not '{value}'") from None


def _value(kind: str, value: str) -> Any:
    return READERS[kind](value)


def _pair_of_seconds(value: str) -> tuple[float, float]:
    least, most = map(float, value.split(","))
    return least, most


def _texts(value: str) -> tuple[str, ...]:
    return tuple(filter(None, value.split(",")))


READERS: dict[str, Callable[[str], Any]] = {
    str(str): str,
    str(int): int,
    str(float): float,
    str(bool): lambda value: YES[value.lower()],
    str(Decimal): Decimal,
    str(int | None): lambda value: int(value) if value else None,
    str(float | None): lambda value: float(value) if value else None,
    str(tuple[float, float]): _pair_of_seconds,
    str(tuple[str, ...]): _texts,
}
"""Type of a setting -> how its text is read."""

WORDS = {
    str(int): "a whole number",
    str(float): "a number",
    str(bool): "yes or no",
    str(Decimal): "a number",
    str(int | None): "a whole number or nothing",
    str(float | None): "a number or nothing",
    str(tuple[float, float]): "two numbers with a comma between them",
}
