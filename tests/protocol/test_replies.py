from __future__ import annotations

import inspect
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.protocol.strategies import wire_model
from twsbridge.protocol import replies
from twsbridge.protocol.commands import COMMANDS
from twsbridge.protocol.envelope import Reply, decode_reply, encode_reply, pack
from twsbridge.protocol.fields import WireModel

REPLIES = sorted({command.reply for command in COMMANDS.values()}, key=lambda model: model.__name__)


@pytest.mark.parametrize("model", REPLIES)
@given(data=st.data())
@settings(max_examples=15)
def test_round_trip_through_the_frames_of_a_reply(model: type[WireModel], data: st.DataObject) -> None:
    value = data.draw(wire_model(model))
    reply = decode_reply(encode_reply(Reply("any", "id", True, value.wire())))
    assert model.model_validate(reply.body) == value


@pytest.mark.parametrize("model", REPLIES)
@given(data=st.data())
@settings(max_examples=5)
def test_fields_of_later_versions_are_ignored(model: type[WireModel], data: st.DataObject) -> None:
    value = data.draw(wire_model(model))
    later: dict[str, Any] = {**value.wire(), "field_of_a_later_version": 1}
    assert (
        model.model_validate(decode_reply([b"IBB1", pack({"t": "x", "id": "i", "ok": True}), pack(later)]).body)
        == value
    )


def test_every_model_of_this_module_is_the_answer_to_a_command_or_part_of_one() -> None:
    own = {
        member for _, member in inspect.getmembers(replies, inspect.isclass) if member.__module__ == replies.__name__
    }
    parts = {replies.Head, replies.TwsStatus, replies.LineStatus, replies.JournalStatus, replies.OwnerStatus}
    parts |= {replies.BarSource, replies.BarsProgress, replies.BarsPart}
    assert own - set(REPLIES) == parts
