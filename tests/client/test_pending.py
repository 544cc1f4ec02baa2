from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twsbridge.pending import Pending, Request
from twsbridge.protocol.commands import (
    CancelAll,
    CancelOrder,
    Command,
    GetStatus,
    ListOrders,
    ModifyOrder,
    PlaceOrder,
)
from twsbridge.protocol.envelope import Reply
from twsbridge.protocol.models import Contract, Order

MARKET = Order(action="BUY", quantity="1", order_type="MKT")
ACTING: list[Command] = [
    PlaceOrder(client_order_id="k", contract=Contract(con_id=1), order=MARKET),
    ModifyOrder(order_id=1, order=MARKET),
    CancelOrder(order_id=1),
    CancelAll(),
]


def pending(*commands: Command, sent: bool = True) -> Pending:
    found = Pending()
    for number, command in enumerate(commands):
        found.add(Request(str(number), command, 0.0, sent=sent))
    return found


def reply(request_id: str, body: dict[str, Any], part: int = 0, more: bool = False, ok: bool = True) -> Reply:
    return Reply("x", request_id, ok, body, part, more)


def test_a_reply_finds_its_request_once() -> None:
    requests = pending(GetStatus(), GetStatus())
    done = requests.accept(reply("1", {"a": 1}))
    assert done is not None
    assert (done[0].id, done[1].body) == ("1", {"a": 1})
    assert requests.accept(reply("1", {"a": 1})) is None
    assert len(requests) == 1


def test_late_and_strange_replies_are_dropped() -> None:
    requests = pending(GetStatus())
    requests.forget("0")
    assert requests.accept(reply("0", {})) is None
    assert requests.accept(reply("nobody", {})) is None


@given(st.lists(st.lists(st.integers(), max_size=4), min_size=1, max_size=5), st.randoms())
def test_parts_are_joined_in_their_order(rows: list[list[int]], random: Any) -> None:
    parts = [reply("0", {"rows": each}, part, more=part < len(rows) - 1) for part, each in enumerate(rows)]
    last = parts.pop()
    random.shuffle(parts)
    requests = pending(ListOrders())
    assert all(requests.accept(part) is None for part in parts)
    done = requests.accept(last)
    assert done is not None
    assert done[1].body == {"rows": [row for each in rows for row in each]}


def test_packed_columns_are_continued_and_single_values_are_the_last() -> None:
    requests = pending(ListOrders())
    requests.accept(reply("0", {"f64": {"open": b"ab"}, "tz": "UTC", "count": 1}, 0, more=True))
    done = requests.accept(reply("0", {"f64": {"open": b"cd", "new": b"x"}, "count": 2}, 1))
    assert done is not None
    assert done[1].body == {"f64": {"open": b"abcd", "new": b"x"}, "tz": "UTC", "count": 2}


def test_an_error_ends_a_reply_of_several_parts() -> None:
    requests = pending(ListOrders())
    requests.accept(reply("0", {"rows": [1]}, 0, more=True))
    done = requests.accept(reply("0", {"code": "br.internal"}, 1, ok=False))
    assert done is not None
    assert not done[1].ok


@pytest.mark.parametrize("command", ACTING, ids=lambda command: command.name)
def test_an_order_command_that_was_sent_is_never_sent_again(command: Command) -> None:
    requests = pending(command, GetStatus())
    assert [request.command for request in requests.interrupted()] == [command]
    assert [request.command for request in requests.unsent(0.0)] == [GetStatus()]


@pytest.mark.parametrize("command", ACTING, ids=lambda command: command.name)
def test_an_order_command_that_was_not_sent_waits_for_the_next_connection(command: Command) -> None:
    requests = pending(command, sent=False)
    assert requests.interrupted() == []
    assert [request.command for request in requests.unsent(0.0)] == [command]


def test_half_an_answer_does_not_survive_a_break() -> None:
    requests = pending(ListOrders())
    requests.accept(reply("0", {"rows": [1]}, 0, more=True))
    requests.interrupted()
    done = requests.accept(reply("0", {"rows": [2]}))
    assert done is not None
    assert done[1].body == {"rows": [2]}
