"""Which orders do nothing but reduce a position, taken together. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from twsbridge.protocol.models import DONE, Position
from twsbridge_server.core.order_record import OrderRecord

Place = tuple[str, int]
"""An account and a contract (con_id)."""


def only_reduce(
    judged: Iterable[OrderRecord], others: Iterable[OrderRecord], positions: Iterable[Position]
) -> set[str]:
    """The row keys of those among `judged` that cannot enlarge or turn a position, `others` filling first.

    Of orders that exclude each other (one group, one parent) only the largest counts. An order of unknown size or
    contract is not among them.
    """
    room = {(row.account, row.contract.con_id): row.position for row in positions if row.contract.con_id}
    for members in _groups(others, room):
        _take(room, members)
    staying: set[str] = set()
    for members in _groups(judged, room):
        if _size(members) <= abs(room[_place(members[0])]):
            _take(room, members)
            staying.update(record.row_key for record in members)
    return staying


def _groups(records: Iterable[OrderRecord], room: dict[Place, Decimal]) -> list[list[OrderRecord]]:
    """Live orders against a position, those together of which only one fills."""
    groups: dict[tuple[Place, str], list[OrderRecord]] = {}
    for record in records:
        if record.state.status not in DONE and _is_against(record, room.get(_place(record), Decimal(0))):
            groups.setdefault((_place(record), _group(record)), []).append(record)
    return list(groups.values())


def _is_against(record: OrderRecord, position: Decimal) -> bool:
    order = record.state.order
    is_against = position > 0 if order.action == "SELL" else order.action == "BUY" and position < 0
    return is_against and order.quantity > 0


def _take(room: dict[Place, Decimal], members: list[OrderRecord]) -> None:
    place, size = _place(members[0]), _size(members)
    left = max(abs(room[place]) - size, Decimal(0))
    room[place] = left.copy_sign(room[place])


def _size(members: list[OrderRecord]) -> Decimal:
    return max(record.state.remaining or record.state.order.quantity for record in members)


def _place(record: OrderRecord) -> Place:
    return record.state.order.account, record.state.contract.con_id


def _group(record: OrderRecord) -> str:
    state = record.state
    return (
        state.oca_group or state.order.oca_group or (f"parent {state.parent_id}" if state.parent_id else record.row_key)
    )
