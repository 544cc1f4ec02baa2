"""Brackets and OCA groups: one intent for all their orders, one write to TWS, one answer.

All keys, order ids and orders are in the journal before a byte is sent. Of a bracket only the last order is
transmitted, and with it TWS transmits the rest: a part of it that arrives does nothing. What arrived is found out by
sweeps, order by order; nothing is ever sent to complete a group.
"""

from __future__ import annotations

import hashlib

from twsbridge.protocol.commands import PlaceGroup
from twsbridge.protocol.errors import WireError
from twsbridge_server.core import calls
from twsbridge_server.core.admission import Admission, Wanted
from twsbridge_server.core.answers import fail, refuse
from twsbridge_server.core.effects import CallTws, Effect
from twsbridge_server.core.inputs import CommandReceived
from twsbridge_server.core.order_record import Links, OrderRecord, meaning
from twsbridge_server.core.order_waiters import deadline_of
from twsbridge_server.core.orders import Orders
from twsbridge_server.core.placements import Placements, placement

BRACKET = "bracket"


class OrderGroups:
    """Places groups. Their orders are afterwards orders like any other, tied by `OrderRecord.links`."""

    def __init__(self, orders: Orders, placements: Placements, admission: Admission) -> None:
        self._orders = orders
        self._placements = placements
        self._admission = admission

    def place(self, asked: CommandReceived, command: PlaceGroup, now: int) -> list[Effect]:
        """A new group, or the first outcome again when all its keys are known for this very group."""
        body_hash = _meaning(command)
        keys = [(asked.client.name, member.client_order_id) for member in command.members]
        known = {self._placements.meaning_of(key) for key in keys}
        if known != {None}:
            return self._repeat(asked, command, known == {body_hash}, now)
        wanted = [Wanted(m.client_order_id, m.contract, m.order, strategy=m.strategy) for m in command.members]
        admitted = self._placements.refusal_of_shown(keys) or self._admission.check(asked, wanted, now)
        if isinstance(admitted, WireError):
            return [fail(asked, admitted)]
        records, effects = self._intend(asked, command, admitted, now)
        last = records[-1]
        chain = tuple(placement(record, command.kind != BRACKET or record is last) for record in records)
        effects.append(CallTws(calls.PlaceGroup(chain), deadline_of(asked, now)))
        return [*effects, *self._placements.waiters.answer_when(command.wait, asked, records, now)]

    def _intend(
        self, asked: CommandReceived, command: PlaceGroup, admitted: list[Wanted], now: int
    ) -> tuple[tuple[OrderRecord, ...], list[Effect]]:
        body_hash = _meaning(command)
        first = self._orders.next_order_id
        family = tuple(range(first, first + len(admitted)))
        records: list[OrderRecord] = []
        effects: list[Effect] = []
        for wanted in admitted:
            key = (asked.client.name, wanted.client_order_id)
            links = self._links(command, family, is_first=not records, key=(asked.client.name, admitted[0][0]))
            record, intended = self._placements.intend(key, body_hash, wanted, links, now)
            records.append(record)
            effects += intended
        return tuple(records), effects

    def _links(self, command: PlaceGroup, family: tuple[int, ...], is_first: bool, key: tuple[str, str]) -> Links:
        """Children name their parent; members of an OCA group share a name that no other group has."""
        if command.kind == BRACKET:
            return Links(parent_id=0 if is_first else family[0], family=family)
        return Links(oca_group=self._placements.reference(key), oca_type=command.oca_type, family=family)

    def _repeat(self, asked: CommandReceived, command: PlaceGroup, same: bool, now: int) -> list[Effect]:
        found = [self._orders.by_key(asked.client.name, member.client_order_id) for member in command.members]
        records = tuple(record for record in found if record is not None)
        if not same or len(records) < len(found):
            text = "A client_order_id of this group belongs to another order or another group"
            return [refuse(asked, "idem.key_reused", text)]
        return self._placements.waiters.answer_when(command.wait, asked, records, now, duplicate=True)


def _meaning(command: PlaceGroup) -> bytes:
    """A hash of what the whole group asks for."""
    digest = hashlib.sha256(f"{command.kind}|{command.oca_type}".encode())
    for member in command.members:
        digest.update(f"|{member.client_order_id}|".encode() + meaning(member.contract, member.order))
    return digest.digest()
