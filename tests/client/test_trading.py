from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.client.fake_bridge import ORDERS, FakeBridge, execution, order_state, refusal
from tests.waiting import PATIENCE, eventually
from twsbridge import (
    Client,
    InvalidRequest,
    LimitOrder,
    OrderError,
    OutcomeUnknown,
    Stock,
    TwsError,
    Unreachable,
)
from twsbridge.protocol import commands, replies
from twsbridge.protocol.models import Execution, OrderState


def placed(command: commands.PlaceOrder, **fields: Any) -> OrderState:
    order = {"client_order_id": command.client_order_id, "contract": command.contract, "order": command.order}
    return order_state(**{**order, **fields})


@pytest.fixture
def taking(fake: FakeBridge) -> FakeBridge:
    """The fake takes orders, and fills market orders at once: events before the answer, as it may happen."""

    def place(command: commands.PlaceOrder) -> replies.OrderReply:
        if command.order.order_type == "MKT":
            key = {"client_order_id": command.client_order_id}
            fake.publish(ORDERS, "order", placed(command, status="Filled", filled="1").wire())
            fake.publish(ORDERS, "execution", execution("e.1", shares="1", **key))
        return replies.OrderReply(order=placed(command, updated_us=1))

    fake.answers["order.place"] = place
    return fake


def last(fake: FakeBridge) -> Any:
    return [command for command in fake.received if command.name not in ("ping", "hello")][-1]


def test_a_market_order_from_two_words(taking: FakeBridge, client: Client) -> None:
    trade = client.buy("NVDA", 1)
    command = last(taking)
    assert (command.contract, command.order.action, command.order.order_type) == (Stock("NVDA"), "BUY", "MKT")
    assert trade.client_order_id == command.client_order_id
    assert trade.wait(timeout=PATIENCE).status == "Filled"
    assert (trade.order_id, trade.fills[0].price) == (17, 190.01)


def test_every_order_gets_a_key_of_its_own(taking: FakeBridge, client: Client) -> None:
    assert len({client.sell("NVDA", 1).client_order_id for _ in range(5)}) == 5


def test_prices_and_options_arrive(taking: FakeBridge, client: Client) -> None:
    client.sell("AAPL", "2.5", limit=190, stop=191.5, tif="GTC", account="DU1", outside_rth=True, wait="acknowledged")
    command = last(taking)
    order = command.order
    assert (order.action, str(order.quantity), order.order_type) == ("SELL", "2.5", "STP LMT")
    assert (order.limit_price, order.stop_price, order.tif, order.account) == (190.0, 191.5, "GTC", "DU1")
    assert (order.outside_rth, command.wait) == (True, "acknowledged")


def test_an_own_key_is_kept(taking: FakeBridge, client: Client) -> None:
    trade = client.place(Stock("AAPL"), LimitOrder("BUY", 10, 190), client_order_id="mine-1")
    assert trade.client_order_id == last(taking).client_order_id == "mine-1"


def test_a_mistyped_option_places_nothing(taking: FakeBridge, client: Client) -> None:
    with pytest.raises(TypeError, match="limitprice"):
        client.buy("AAPL", 10, limitprice=190)  # type: ignore[call-arg]  # the mistake is the point
    assert "order.place" not in taking.names()


@pytest.mark.parametrize("quantity", [0, -1, "ten", 10**12])
def test_a_senseless_quantity_places_nothing(taking: FakeBridge, client: Client, quantity: Any) -> None:
    with pytest.raises(InvalidRequest, match="quantity"):
        client.buy("AAPL", quantity)
    assert "order.place" not in taking.names()


def test_the_second_time_under_a_key_gives_the_first_order_with_its_fills(fake: FakeBridge, client: Client) -> None:
    done = Execution.model_validate(execution("e.1"))
    fake.answers["executions.list"] = lambda command: replies.ExecutionRows(rows=[done])
    fake.answers["order.place"] = lambda command: replies.OrderReply(
        order=placed(command, status="Filled", filled="10"), duplicate=True
    )
    trade = client.buy("AAPL", 10, limit=190, client_order_id="key-1")
    assert (trade.status, len(trade.fills)) == ("Filled", 1)


def test_a_rejection_is_an_error_with_tws_s_words(fake: FakeBridge, client: Client) -> None:
    def reject(command: object) -> None:
        raise refusal("tws.rejected", tws_code=201)

    fake.answers["order.place"] = reject
    with pytest.raises(TwsError) as caught:
        client.buy("AAPL", 10)
    assert (caught.value.tws_code, caught.value.outcome) == (201, "rejected")


def test_a_lost_answer_carries_the_key_and_find_resolves_it(fake: FakeBridge, client: Client) -> None:
    fake.answers["order.place"] = lambda command: None
    with pytest.raises(OutcomeUnknown) as caught:
        client.buy("AAPL", 10, timeout=0.2)
    key = caught.value.client_order_id
    assert key == last(fake).client_order_id and fake.names().count("order.place") == 1
    fake.answers["order.get"] = lambda command: replies.OrderReply(
        order=order_state(client_order_id=command.client_order_id)
    )
    assert client.find(str(key)).order_id == 17


def test_a_key_that_the_bridge_does_not_know_is_an_error(fake: FakeBridge, client: Client) -> None:
    def missing(command: object) -> None:
        raise refusal("order.not_found")

    fake.answers["order.get"] = missing
    with pytest.raises(OrderError, match="order.not_found"):
        client.find("key-9")


def test_without_events_no_order_leaves(fake: FakeBridge, monkeypatch: pytest.MonkeyPatch) -> None:
    """An order whose events could not be watched would be worse than none."""
    with Client({**fake.connection, "evt": "tcp://127.0.0.1:1"}, timeout=PATIENCE) as client:
        with pytest.raises(Unreachable, match=r"within 0\.3 s.*Nothing was sent"):
            client.buy("AAPL", 10, timeout=0.3)
    assert "order.place" not in fake.names()


def test_modify_by_number(fake: FakeBridge, client: Client) -> None:
    fake.answers["order.get"] = lambda command: replies.OrderReply(order=order_state(updated_us=1))
    fake.answers["order.modify"] = lambda command: replies.OrderReply(order=order_state(order=command.order))
    trade = client.modify(17, quantity=5)
    assert (trade.order_id, trade.state.order.quantity) == (17, 5)
    assert last(fake).order.limit_price == 190.0


def test_cancel_by_number_and_all(fake: FakeBridge, client: Client) -> None:
    fake.answers["order.cancel"] = lambda command: replies.OrderReply(order=order_state(status="PendingCancel"))
    fake.answers["order.cancel_all"] = lambda command: replies.CancelAllReply(order_ids=[17, 18])
    trade = client.cancel(17)
    assert trade.status == "PendingCancel"
    fake.publish(ORDERS, "order", order_state(status="Cancelled").wire())
    assert trade.wait(timeout=PATIENCE).status == "Cancelled"
    assert client.cancel_all() == [17, 18]
    assert not last(fake).everything
    client.cancel_all(everything=True)
    assert last(fake).everything


def test_lists_of_orders_and_executions(fake: FakeBridge, client: Client) -> None:
    fake.answers["orders.list"] = lambda command: replies.OrderRows(rows=[order_state()])
    fake.answers["executions.list"] = lambda command: replies.ExecutionRows(rows=[Execution(exec_id="e.1")])
    assert client.orders()[0].order_id == 17
    assert last(fake).live
    client.orders(live=False)
    assert not last(fake).live
    assert client.executions(since=datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC))[0].exec_id == "e.1"
    assert last(fake).since_us == 1_700_000_000_000_000
    assert client.executions() and last(fake).since_us is None


def test_a_handle_by_number(fake: FakeBridge, client: Client) -> None:
    fake.answers["order.get"] = lambda command: replies.OrderReply(order=order_state())
    assert client.trade(17).client_order_id == "key-1"
    assert last(fake).order_id == 17


def test_orders_from_many_threads_stay_apart(taking: FakeBridge, client: Client) -> None:
    trades: list[Any] = []
    threads = [threading.Thread(target=lambda: trades.append(client.buy("AAPL", 10, limit=190))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    eventually(lambda: len({trade.client_order_id for trade in trades}) == 8)
