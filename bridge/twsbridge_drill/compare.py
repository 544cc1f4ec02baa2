"""Two runs of one step, callback by callback: order, fields, codes, texts, timings. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

SLOW_S = 1.0
"""A difference in time that counts."""

COUNTED = ("orderStatus", "openOrder", "error", "accountSummary", "nextValidId", "managedAccounts")
"""Callbacks of which the number counts, also where their order does not."""

UNSET = frozenset({2**31 - 1, 2**63 - 1, 1.7976931348623157e308})
UNSET_TEXTS = frozenset({"2147483647", "9223372036854775807", "1.7976931348623157E308", str(2**127 - 1)})
STABLE = frozenset(
    """
    status filled remaining totalQuantity lmtPrice auxPrice action orderType tif symbol secType currency exchange
    whyHeld ocaType transmit minTick marketDataType errorCode tickType tag
    """.split()
)
"""Fields whose values must be equal; of the others only what kind of value they have."""

KEYS = {"orderStatus": ("status",), "error": ("errorCode",), "accountSummary": ("tag",)}
TICKS = {"tickPrice": "tickType", "tickSize": "tickType", "tickString": "tickType", "tickGeneric": "tickType"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same: `kind` is missing, added, order, field, text or timing."""

    step: str
    kind: str
    where: str
    tws: str
    simulator: str


@dataclass(frozen=True, slots=True)
class Heard:
    """One callback: seconds since its step began, and which order of the step it is about, from 0; None for none."""

    name: str
    arguments: dict[str, Any]
    at: float
    order: int | None = None

    @property
    def key(self) -> str:
        """Its name with what tells it from others of that name: `orderStatus Submitted`, `error 202`."""
        names = KEYS.get(self.name, (TICKS[self.name],) if self.name in TICKS else ())
        facts = [str(self.arguments.get(name, "")) for name in names]
        if self.name == "openOrder":
            facts = [str(self.arguments.get("orderState", {}).get("status", ""))]
        return " ".join([self.name, *facts, *([] if self.order is None else [f"of order {self.order}"])])


def compare(step: str, is_ordered: bool, tws: list[Heard], simulator: list[Heard]) -> list[Difference]:
    """Every difference between what TWS and what the simulator said in one step."""
    found = list(_sequence(step, tws, simulator) if is_ordered else _sets(step, tws, simulator))
    first_tws, first_simulator = _by_key(tws), _by_key(simulator)
    for key in dict.fromkeys(each.key for each in tws):
        if key in first_simulator:
            found += _fields(step, key, first_tws[key], first_simulator[key])
    return found


def _by_key(heard: list[Heard]) -> dict[str, Heard]:
    return {each.key: each for each in reversed(heard)}


def _sets(step: str, tws: list[Heard], simulator: list[Heard]) -> Iterable[Difference]:
    """Callbacks that one side never makes; how often does not count where things run side by side."""
    theirs, ours = Counter(each.key for each in tws), Counter(each.key for each in simulator)
    for key in dict.fromkeys([*theirs, *ours]):
        if not ours[key]:
            yield Difference(step, "missing", key, f"{theirs[key]} times", "never")
        elif not theirs[key]:
            yield Difference(step, "added", key, "never", f"{ours[key]} times")
        elif key.startswith(COUNTED) and theirs[key] != ours[key]:
            yield Difference(step, "order", key, f"{theirs[key]} times", f"{ours[key]} times")


def _sequence(step: str, tws: list[Heard], simulator: list[Heard]) -> Iterable[Difference]:
    theirs, ours = [each.key for each in tws], [each.key for each in simulator]
    kinds = {"delete": "missing", "insert": "added", "replace": "order"}
    for tag, i, j, k, m in SequenceMatcher(None, theirs, ours, autojunk=False).get_opcodes():
        if tag != "equal":
            before = theirs[i - 1] if i else "the beginning"
            said, simulated = ", ".join(theirs[i:j]) or "-", ", ".join(ours[k:m]) or "-"
            yield Difference(step, kinds[tag], f"after {before}", said, simulated)


def _fields(step: str, key: str, tws: Heard, simulator: Heard) -> Iterable[Difference]:
    theirs, ours = dict(_leaves("", tws.arguments)), dict(_leaves("", simulator.arguments))
    for name in dict.fromkeys([*theirs, *ours]):
        before, now = _told(name, theirs.get(name)), _told(name, ours.get(name))
        if before != now:
            kind = "text" if name == "errorString" else "field"
            yield Difference(step, kind, f"{key}: {name}", before, now)
    if abs(tws.at - simulator.at) > SLOW_S:
        yield Difference(step, "timing", key, f"after {tws.at:.2f} s", f"after {simulator.at:.2f} s")


def _leaves(path: str, value: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _leaves(f"{path}.{name}" if path else str(name), each)
    else:
        yield path, value


def _told(name: str, value: Any) -> str:
    """A value as it is compared: itself where it must be equal, else only what kind of value it is."""
    leaf = name.rpartition(".")[2]
    if leaf == "errorString":
        return re.sub(r"-'\w+'", "-'*'", re.sub(r"\d+", "#", str(value)))
    if value is None or value == "" or value == []:
        return "empty"
    if value in UNSET if isinstance(value, int | float) else str(value) in UNSET_TEXTS:
        return "unset"
    if leaf in STABLE:
        return str(float(value)) if re.fullmatch(r"-?\d+(\.\d+)?", str(value)) else str(value)
    return type(value).__name__
