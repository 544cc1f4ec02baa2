from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from ibapi.protobuf.ErrorMessage_pb2 import ErrorMessage
from ibapi.protobuf.ExecutionDetails_pb2 import ExecutionDetails
from ibapi.protobuf.OrderStatus_pb2 import OrderStatus

from twssim.replay.protobuf_fields import number_at, text_at, with_number, with_text

ids = st.integers(-(2**31), 2**31 - 1)


@given(ids, ids, st.text(max_size=300), st.floats(allow_nan=False))
def test_ids_of_any_size_are_exchanged_and_nothing_else(old: int, new: int, text: str, price: float) -> None:
    message = ExecutionDetails(reqId=old)
    message.contract.conId, message.contract.symbol, message.contract.strike = old, text, price
    message.execution.orderId, message.execution.execId = old, text
    body = message.SerializeToString()
    assert (number_at(body, (1,)), number_at(body, (3, 1))) == (old, old)
    message.reqId = message.execution.orderId = new
    assert with_number(with_number(body, (1,), new), (3, 1), new) == message.SerializeToString()


def test_what_is_absent_stays_absent() -> None:
    body = ErrorMessage(errorCode=2104, errorMsg="ok").SerializeToString()
    assert number_at(body, (1,)) is None and with_number(body, (1,), 5) == body
    assert number_at(b"", (3, 1)) is None and number_at(b"\xff\xff", (1,)) is None


def test_texts() -> None:
    body = OrderStatus(orderId=5, status="Filled").SerializeToString()
    assert (text_at(body, 2), text_at(body, 9)) == ("Filled", "")


@given(st.text(max_size=300), st.text(max_size=300), st.booleans())
def test_texts_of_any_length_are_exchanged_or_added(old: str, new: str, is_there: bool) -> None:
    message = ExecutionDetails(reqId=-1)
    message.execution.orderId, message.execution.execId = 7, "exec"
    if is_there:
        message.execution.orderRef = old
    changed = with_text(message.SerializeToString(), (3, 14), new)
    message.execution.orderRef = new
    assert ExecutionDetails.FromString(changed) == message
    assert with_text(b"", (3, 14), new) == b""
