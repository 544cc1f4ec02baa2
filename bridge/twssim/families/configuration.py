"""Reading and changing the configuration of TWS; protobuf only, from server versions 219 and 221 on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twssim.answers import Answer
from twssim.api_configuration import Outcome, Sections
from twssim.family import Asked, Body, Family, Told, later
from twssim.requests import Request, RequestById

if TYPE_CHECKING:
    from twssim.session import Session

CONFIG_RESPONSE, UPDATE_CONFIG_RESPONSE = 110, 111
FIRST_ORDER_ID = 1
_SECTIONS = ("lockAndExit", "messages", "api", "orders")


@dataclass(frozen=True, slots=True)
class RequestConfiguration(RequestById):
    """reqConfig."""


@dataclass(frozen=True, slots=True)
class UpdateConfiguration(Request):
    """updateConfig: the settings that are to change, and whether order ids shall start again."""

    req_id: int
    sections: Sections
    reset_order_ids: bool


@dataclass(frozen=True, slots=True)
class Configuration(Answer):
    """Every section of the configuration."""

    req_id: int
    sections: Sections


@dataclass(frozen=True, slots=True)
class ConfigurationUpdated(Answer):
    """What a change has come to."""

    req_id: int
    outcome: Outcome


def _request(session: Session, request: RequestConfiguration) -> None:
    later(session, lambda: session.send(Configuration(request.req_id, session.gateway.configuration.sections())))


def _update(session: Session, request: UpdateConfiguration) -> None:
    gateway = session.gateway
    outcome = gateway.configuration.update(request.sections)
    if request.reset_order_ids and not outcome.errors:
        gateway.orders.restart_ids(FIRST_ORDER_ID)
    later(session, lambda: session.send(ConfigurationUpdated(request.req_id, outcome)))


def _parse(m: Any) -> Request:
    sections = {field.name: _plain(value) for field, value in m.ListFields() if field.name in _SECTIONS}
    return UpdateConfiguration(m.reqId, sections, m.resetAPIOrderSequence)


def _plain(value: Any) -> Any:
    """A message as a dict of the fields that are set, a repeated field as a list."""
    if hasattr(value, "ListFields"):
        return {field.name: _plain(each) for field, each in value.ListFields()}
    if isinstance(value, str | int | float):
        return value
    return [_plain(each) for each in value]


def _configuration(answer: Configuration) -> Body:
    return Body(CONFIG_RESPONSE, "ConfigResponse", {"reqId": answer.req_id, **answer.sections})


def _updated(answer: ConfigurationUpdated) -> Body:
    outcome = answer.outcome
    fields = {
        "reqId": answer.req_id,
        "status": "error" if outcome.errors else "success",
        "message": "Nothing was changed" if outcome.errors else "",
        "changedFields": list(outcome.changed),
        "errors": list(outcome.errors),
    }
    return Body(UPDATE_CONFIG_RESPONSE, "UpdateConfigResponse", fields)


FAMILY = Family(
    asked=(
        Asked(108, RequestConfiguration, None, lambda m: RequestConfiguration(m.reqId), _request),
        Asked(109, UpdateConfiguration, None, _parse, _update),
    ),
    told=(
        Told(Configuration, 219, None, _configuration),
        Told(ConfigurationUpdated, 221, None, _updated),
    ),
)
