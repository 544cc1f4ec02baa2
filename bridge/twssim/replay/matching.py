"""Which recorded request a client's request is: the same, or the one that it most resembles."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from twssim.contracts import ContractQuery
from twssim.replay.messages import CLIENT
from twssim.replay.script import Asked, Key, Script, key_of
from twssim.requests import PlaceOrder, StartApi

IDS = frozenset({"req_id", "order_id", "client_id", "order_ref"})
"""What each client chooses for itself."""


@dataclass(frozen=True, slots=True)
class Match:
    """A recorded request that a client has made, and what was different about it."""

    asked: Asked
    differences: tuple[str, ...]
    is_ambiguous: bool
    """Whether another recorded request resembled it as much."""


class Matcher:
    """Pairs requests, each recorded one once, and with them the ids that the two clients chose."""

    def __init__(self, script: Script) -> None:
        """Nothing has been asked yet."""
        self.open = list(script.asked)
        self.done: list[Asked] = []
        self.live_ids: dict[Key, int] = {}
        """The client's id for each recorded one."""
        self.order_refs: dict[int, str] = {}
        """The client's reference for each of its order ids, where the recorded one is different."""
        self._recorded: dict[Key, int] = {}

    def match(self, request: Any) -> Match | None:
        """The recorded request that this one is, which then counts as made; None when there is none."""
        compared = [(asked, differences(asked.request, request)) for asked in self._candidates(request)]
        possible = [(asked, found) for asked, found in compared if found is not None]
        if not possible:
            return None
        fewest = min(len(found) for _, found in possible)
        best = [(asked, found) for asked, found in possible if len(found) == fewest]
        asked, found = best[0]
        self.open.remove(asked)
        self.done.append(asked)
        self.pair(asked, request)
        is_ambiguous = any(differences(asked.request, other.request) for other, _ in best[1:])
        return Match(asked, tuple(found), bool(fewest) and is_ambiguous)

    def pair(self, asked: Asked, request: Any) -> None:
        """From now on the recorded id of one stands for the client's id of the other."""
        recorded, live = asked.key, key_of(request)
        if recorded and live and recorded[0] == live[0]:
            self.live_ids[recorded] = live[1]
            self._recorded[live] = recorded[1]
        if isinstance(request, StartApi) and isinstance(asked.request, StartApi):
            self.live_ids[(CLIENT, asked.request.client_id)] = request.client_id
        if isinstance(request, PlaceOrder) and isinstance(asked.request, PlaceOrder):
            if request.terms.order_ref != asked.request.terms.order_ref:
                self.order_refs[request.order_id] = request.terms.order_ref

    def recorded_key(self, live: Key) -> Key | None:
        """The recorded id that a client's id stands for."""
        return (live[0], self._recorded[live]) if live in self._recorded else None

    def earlier(self, request: Any) -> Asked | None:
        """The last request of the same kind and content that has been made already."""
        same = [each for each in self.done if differences(each.request, request) == []]
        return same[-1] if same else None

    def _candidates(self, request: Any) -> list[Asked]:
        """Requests of its kind; when its id is known already, those with that id only."""
        same = [each for each in self.open if type(each.request) is type(request)]
        live = key_of(request)
        if live is None:
            return same
        if live in self._recorded:
            known = [each for each in same if each.key == (live[0], self._recorded[live])]
            if known or live[0] == "order":
                return known
        taken = set(self.live_ids)
        return [each for each in same if each.key not in taken] or same


def differences(recorded: Any, made: Any) -> list[str] | None:
    """Where two requests differ, in words, ids aside; None when they are about different things."""
    if type(recorded) is not type(made):
        return None
    found: list[str] = []
    for name in _names(recorded):
        before, now = getattr(recorded, name), getattr(made, name)
        if isinstance(before, ContractQuery) and isinstance(now, ContractQuery):
            if not _may_be_same(before, now):
                return None
        if name in ("account", "message_id") and before and now and before != now:
            return None
        found += _compared(name, before, now)
    return found


def _names(request: Any) -> list[str]:
    return [each.name for each in fields(request) if each.name not in IDS] if is_dataclass(request) else []


def _compared(name: str, before: Any, now: Any) -> list[str]:
    if before == now:
        return []
    if is_dataclass(before) and type(before) is type(now):
        return [each for part in _names(before) for each in _compared(part, getattr(before, part), getattr(now, part))]
    return [f"{name} was {before!r}, is {now!r}"]


def _may_be_same(before: ContractQuery, now: ContractQuery) -> bool:
    """Whether two descriptions can mean one instrument: nothing that both say is different."""
    if before.con_id and now.con_id:
        return before.con_id == now.con_id
    names = ("symbol", "sec_type", "currency", "last_trade_date", "strike", "right", "local_symbol")
    return all(not (a := getattr(before, name)) or not (b := getattr(now, name)) or a == b for name in names)
