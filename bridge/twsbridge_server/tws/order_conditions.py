"""Conditions of an order between the protocol's models and ibapi's objects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ibapi.order_condition as official

from twsbridge.protocol import order_conditions as ours
from twsbridge.protocol.order_conditions import Condition, Joined
from twsbridge_server.tws.attributes import Attributes
from twsbridge_server.tws.official import made

APART = ("kind", "conjunction")

PAIRS: dict[type[Joined], type[Any]] = {
    ours.PriceCondition: official.PriceCondition,
    ours.TimeCondition: official.TimeCondition,
    ours.MarginCondition: official.MarginCondition,
    ours.ExecutionCondition: official.ExecutionCondition,
    ours.VolumeCondition: official.VolumeCondition,
    ours.PercentChangeCondition: official.PercentChangeCondition,
}
"""Model -> ibapi's class."""

_ATTRIBUTES = {model: Attributes(model, theirs, {}, APART) for model, theirs in PAIRS.items()}
_MODELS = {theirs: model for model, theirs in PAIRS.items()}


def condition_to_tws(condition: Condition) -> official.OrderCondition:
    """What ibapi encodes."""
    told: official.OrderCondition = made(PAIRS[type(condition)])
    told.isConjunctionConnection = condition.conjunction == "and"
    _ATTRIBUTES[type(condition)].told(condition, told)
    return told


def conditions_from_tws(said: Iterable[official.OrderCondition]) -> tuple[Joined, ...]:
    """The conditions that the protocol knows; ibapi makes no object of others."""
    return tuple(_from_tws(condition) for condition in said if type(condition) in _MODELS)


def _from_tws(said: Any) -> Joined:
    model = _MODELS[type(said)]
    joined = "and" if said.isConjunctionConnection else "or"
    return model.model_validate({"conjunction": joined, **_ATTRIBUTES[model].heard(said)})
