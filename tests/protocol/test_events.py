from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.protocol.strategies import wire_model
from twsbridge.protocol.envelope import EventFrame, decode_event, encode_event
from twsbridge.protocol.events import EVENTS, RECONCILED, REPLAYED, Event


@pytest.mark.parametrize("name", sorted(EVENTS))
@given(data=st.data())
@settings(max_examples=15)
def test_round_trip_through_the_frames_of_an_event(name: str, data: st.DataObject) -> None:
    value = data.draw(wire_model(EVENTS[name]))
    frame = EventFrame("ord|DU1234567|", "0f" * 8, 7, name, 1_700_000_000_000_000, RECONCILED, value.wire())
    arrived = decode_event(encode_event(frame))
    assert arrived == frame
    assert EVENTS[arrived.type].model_validate(arrived.body) == value


@pytest.mark.parametrize("name", sorted(EVENTS))
@given(data=st.data())
@settings(max_examples=5)
def test_fields_of_later_versions_are_ignored(name: str, data: st.DataObject) -> None:
    value = data.draw(wire_model(EVENTS[name]))
    later: dict[str, Any] = {**value.wire(), "field_of_a_later_version": 1}
    assert EVENTS[name].model_validate(later) == value


def test_the_table_is_complete_and_flags_are_different_bits() -> None:
    assert set(EVENTS.values()) == set(Event.__subclasses__())
    assert all(name == model.name for name, model in EVENTS.items())
    assert REPLAYED & RECONCILED == 0
