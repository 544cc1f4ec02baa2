from __future__ import annotations

import inspect
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.protocol.strategies import wire_model
from twsbridge.protocol import models
from twsbridge.protocol.envelope import pack, unpack
from twsbridge.protocol.fields import WireModel

MODELS = [
    member
    for _, member in inspect.getmembers(models, inspect.isclass)
    if issubclass(member, WireModel) and member is not WireModel
]


@pytest.mark.parametrize("model", MODELS)
@given(data=st.data())
@settings(max_examples=20)
def test_round_trip_in_msgpack_and_in_json(model: type[WireModel], data: st.DataObject) -> None:
    value = data.draw(wire_model(model))
    plain = value.wire()
    assert model.model_validate(unpack(pack(plain))) == value
    assert model.model_validate(json.loads(json.dumps(plain, allow_nan=False))) == value


@pytest.mark.parametrize("model", MODELS)
@given(data=st.data())
@settings(max_examples=5)
def test_fields_of_later_versions_are_ignored(model: type[WireModel], data: st.DataObject) -> None:
    value = data.draw(wire_model(model))
    later: dict[str, Any] = {**value.wire(), "field_of_a_later_version": {"x": 1}}
    assert model.model_validate(later) == value


def test_every_status_is_either_working_or_done_or_neither() -> None:
    assert not models.WORKING & models.DONE
    assert models.UNKNOWN not in models.WORKING | models.DONE
    assert "Inactive" not in models.WORKING | models.DONE


@pytest.mark.parametrize(
    ("status", "is_done"), [("Filled", True), ("Cancelled", True), ("Submitted", False), ("UNKNOWN", False)]
)
def test_an_order_knows_whether_it_is_done(status: str, is_done: bool) -> None:
    assert models.OrderState(status=status).is_done is is_done


def test_a_printed_order_is_short() -> None:
    assert repr(models.Contract(symbol="AAPL", sec_type="STK")) == "Contract(symbol='AAPL', sec_type='STK')"
