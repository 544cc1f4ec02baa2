from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from twsbridge.protocol.order_conditions import Condition, TimeCondition

CONDITIONS: TypeAdapter[Condition] = TypeAdapter(Condition)


def test_a_condition_is_told_by_its_kind() -> None:
    said = {"kind": "time", "is_more": True, "time": "20261231-20:00:00"}
    assert CONDITIONS.validate_python(said) == TimeCondition(is_more=True, time="20261231-20:00:00")


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValidationError):
        CONDITIONS.validate_python({"kind": "moon", "is_more": True})
