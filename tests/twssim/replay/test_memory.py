from __future__ import annotations

from twssim.replay.memory import Memory
from twssim.wire import Value, message


def payload(*fields: Value) -> bytes:
    return message(*fields)[4:]


def test_orders_are_kept_until_they_end() -> None:
    memory = Memory(200)
    memory.note(payload(5, 7, "first"))
    memory.note(payload(5, 7, "second"))
    memory.note(payload(3, 7, "Submitted", 0, 1, 0.0, 9, 0))
    memory.note(payload(3, 8, "Filled", 0, 1, 0.0, 9, 0))
    assert memory.open_orders() == [payload(5, 7, "second"), payload(3, 7, "Submitted", 0, 1, 0.0, 9, 0)]
    memory.note(payload(3, 7, "Cancelled", 0, 1, 0.0, 9, 0))
    assert memory.open_orders() == []


def test_each_execution_is_told_once_with_the_id_of_who_asks() -> None:
    memory = Memory(200)
    for req_id in (-1, 30, -1):
        memory.note(payload(11, req_id, 7, 265598))
        memory.note(payload(59, 1, "exec", "1.0"))
    assert memory.executions(9) == [payload(11, 9, 7, 265598), payload(59, 1, "exec", "1.0")]
