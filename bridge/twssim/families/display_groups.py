"""The coloured window groups of the TWS screen: each shows one contract, which clients may follow and change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from twssim.answers import Answer
from twssim.family import Asked, Body, Family, Told, one_id
from twssim.requests import Request, RequestById
from twssim.streams import Stream
from twssim.wire import Fields, escape, message

if TYPE_CHECKING:
    from twssim.gateway import Gateway
    from twssim.session import Session

DISPLAY_GROUP_LIST, DISPLAY_GROUP_UPDATED = 67, 68
GROUPS = (1, 2, 3, 4, 5, 6, 7)
NOTHING, COMBINATION = "none", "combo"


@dataclass(slots=True)
class DisplayGroups:
    """What every group shows, as TWS names it: `none`, `combo`, or `con_id@exchange`."""

    shown: dict[int, str] = field(default_factory=lambda: dict.fromkeys(GROUPS, NOTHING))


@dataclass(frozen=True, slots=True)
class QueryDisplayGroups(RequestById):
    """queryDisplayGroups."""


@dataclass(frozen=True, slots=True)
class SubscribeToGroup(Request):
    """subscribeToGroupEvents."""

    req_id: int
    group_id: int


@dataclass(frozen=True, slots=True)
class UpdateDisplayGroup(Request):
    """updateDisplayGroup, with the id of the subscription to the group."""

    req_id: int
    contract: str


@dataclass(frozen=True, slots=True)
class UnsubscribeFromGroup(RequestById):
    """unsubscribeFromGroupEvents."""


@dataclass(frozen=True, slots=True)
class DisplayGroupList(Answer):
    """The groups there are, separated by a bar."""

    req_id: int
    groups: str


@dataclass(frozen=True, slots=True)
class DisplayGroupUpdated(Answer):
    """What a group shows now."""

    req_id: int
    contract: str


@dataclass(slots=True)
class GroupEvents(Stream):
    """One subscription to a group."""

    group_id: int


def _query(session: Session, request: QueryDisplayGroups) -> None:
    session.send(DisplayGroupList(request.req_id, "|".join(map(str, GROUPS))))


def _subscribe(session: Session, request: SubscribeToGroup) -> None:
    streams = session.subscriptions.streams
    if request.group_id not in GROUPS:
        session.invalid(request.req_id, f"Invalid group id: {request.group_id}")
    elif streams.get(GroupEvents, request.req_id):
        session.failed(request.req_id, "Duplicate ticker ID")
    else:
        streams.add(GroupEvents(request.req_id, request.group_id))
        session.send(DisplayGroupUpdated(request.req_id, session.gateway.display_groups.shown[request.group_id]))


def _update(session: Session, request: UpdateDisplayGroup) -> None:
    subscription = session.subscriptions.streams.get(GroupEvents, request.req_id)
    if subscription is None:
        session.invalid(request.req_id, "There is no subscription to a display group with this id")
    elif not _can_show(session.gateway, request.contract):
        session.invalid(request.req_id, f"Invalid contract: {request.contract}")
    else:
        _show(session.gateway, subscription.group_id, request.contract)


def _can_show(gateway: Gateway, contract: str) -> bool:
    con_id, _, exchange = contract.partition("@")
    known = gateway.universe.by_con_id(int(con_id)) if con_id.isdecimal() else None
    return contract in (NOTHING, COMBINATION) or (
        known is not None and exchange in (known.exchange, *known.valid_exchanges.split(","))
    )


def _show(gateway: Gateway, group_id: int, contract: str) -> None:
    """Everybody who follows the group hears of it, whoever changed it."""
    gateway.display_groups.shown[group_id] = contract
    for session in gateway.sessions:
        for each in session.subscriptions.streams.of(GroupEvents):
            if each.group_id == group_id:
                session.send(DisplayGroupUpdated(each.req_id, contract))


def _unsubscribe(session: Session, request: UnsubscribeFromGroup) -> None:
    """TWS answers nothing, also when there is no such subscription."""
    session.subscriptions.streams.close(GroupEvents, request.req_id)


def _read_subscribe(fields: Fields, version: int) -> Request:
    fields.text()
    return SubscribeToGroup(fields.integer(), fields.integer())


def _read_update(fields: Fields, version: int) -> Request:
    fields.text()
    return UpdateDisplayGroup(fields.integer(), fields.text())


def _list_text(answer: DisplayGroupList, version: int) -> bytes:
    return message(DISPLAY_GROUP_LIST, 1, answer.req_id, answer.groups)


def _list_body(answer: DisplayGroupList) -> Body:
    return Body(DISPLAY_GROUP_LIST, "DisplayGroupList", {"reqId": answer.req_id, "groups": answer.groups})


def _updated_text(answer: DisplayGroupUpdated, version: int) -> bytes:
    return message(DISPLAY_GROUP_UPDATED, 1, answer.req_id, escape(answer.contract))


def _updated_body(answer: DisplayGroupUpdated) -> Body:
    fields = {"reqId": answer.req_id, "contractInfo": answer.contract}
    return Body(DISPLAY_GROUP_UPDATED, "DisplayGroupUpdated", fields)


FAMILY = Family(
    asked=(
        one_id(67, QueryDisplayGroups, _query),
        Asked(68, SubscribeToGroup, _read_subscribe, lambda m: SubscribeToGroup(m.reqId, m.groupId), _subscribe),
        Asked(69, UpdateDisplayGroup, _read_update, lambda m: UpdateDisplayGroup(m.reqId, m.contractInfo), _update),
        one_id(70, UnsubscribeFromGroup, _unsubscribe),
    ),
    told=(
        Told(DisplayGroupList, 213, _list_text, _list_body),
        Told(DisplayGroupUpdated, 213, _updated_text, _updated_body),
    ),
)
