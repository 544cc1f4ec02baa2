"""The whole way of a user against a TWS of the protobuf era that shares no code with the project."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tests.bridge_process import BridgeProcess
from tests.end_to_end.foreign_server import ForeignServer, Wire
from tests.end_to_end.protobuf_tws import ACCOUNT, Placed, ProtobufTws, proto
from tests.waiting import eventually
from twsbridge import Client, LimitOrder, MarketOrder, TwsError


@pytest.fixture(params=[(213, 0), (225, 3)], ids=["213", "225 in small pieces"])
def tws(request: pytest.FixtureRequest) -> Iterator[tuple[ProtobufTws, ForeignServer]]:
    version, chunk = request.param
    playing = ProtobufTws(version)
    with ForeignServer(playing.serve, chunk) as server:
        yield playing, server


def test_the_whole_way_of_a_user(tws: tuple[ProtobufTws, ForeignServer], tmp_path: Path) -> None:
    playing, server = tws
    with (
        BridgeProcess(tmp_path / "bridge", f"127.0.0.1:{server.port}") as bridge,
        Client(bridge.connection_file) as client,
    ):
        client.wait_ready()
        look(client)
        trade(client, playing)
        assert not list((bridge.home / "quarantine").glob("*")), bridge.log
        cursor = fills_twice(client)
        assert cursor


def look(client: Client) -> None:
    """Everything that only reads."""
    status = client.status()
    assert (status.accounts, status.tws.next_order_id) == ([ACCOUNT], 296)
    assert status.tws.farms == {"usfarm": "ok", "ushmds": "inactive", "secdefil": "ok"}
    assert client.account().value("NetLiquidation") == pytest.approx(1000000.25)
    [held] = client.positions()
    assert (held.contract.con_id, int(held.position)) == (4815747, -110)
    bars = client.bars("NVDA", "2 D", "1 day")
    assert [bar.close for bar in bars] == [10.5, 11.5]
    quote = client.quote("NVDA")
    assert (quote.bid, quote.ask, quote.last) == (180.2, 180.3, 180.25)
    with pytest.raises(TwsError) as refused:
        client.contract("NOSUCH")
    assert refused.value.code == "tws.not_found"


def trade(client: Client, playing: ProtobufTws) -> None:
    """A market order that fills, and a limit order that is modified and cancelled."""
    filled = client.place("NVDA", MarketOrder("BUY", 1)).wait("filled")
    assert (filled.order_id, filled.filled, filled.status) == (296, 1, "Filled")
    resting = client.place("NVDA", LimitOrder("BUY", 1, 100.0), wait="acknowledged")
    assert resting.status == "PreSubmitted"
    resting.modify(quantity=5, limit=101.5)
    assert (resting.state.order.quantity, resting.state.order.limit_price) == (5, 101.5)
    assert [row.order_id for row in client.orders()] == [297]
    assert playing.orders[297].quantity == 5
    assert resting.cancel().wait().status == "Cancelled"
    assert not client.orders()


def fills_twice(client: Client) -> object:
    """The fill with its commission, and nothing new behind its cursor."""
    eventually(lambda: [f.commission.commission for f in client.fills(None, follow=False) if f.commission] == [1])
    fills = client.fills(None, follow=False)
    [fill] = fills
    assert fill.commission is not None
    assert (fill.exec_id, fill.commission.realized_pnl) == ("0000e0d5.69dd0000.01.01", None)
    assert list(islice(client.fills(fills.cursor, follow=False), 1)) == []
    return fills.cursor


def test_a_fill_during_an_absence_comes_once(tws: tuple[ProtobufTws, ForeignServer], tmp_path: Path) -> None:
    """The connection is reset between two fills; TWS tells the second one only when it is asked."""
    playing, server = tws
    with (
        BridgeProcess(tmp_path / "bridge", f"127.0.0.1:{server.port}") as bridge,
        Client(bridge.connection_file) as client,
    ):
        client.wait_ready()
        resting = client.place("NVDA", LimitOrder("BUY", 3, 200.0), wait="acknowledged")
        placed = playing.orders[296]
        playing.execute(server.wires[-1], placed, 1)
        eventually(lambda: resting.filled == 1)
        playing.book(placed, 2)
        server.wires[-1].reset()
        assert resting.wait("filled").filled == 3
        exec_ids = [fill.exec_id for fill in client.fills(None, follow=False)]
        assert exec_ids == ["0000e0d5.69dd0000.01.01", "0000e0d5.69dd0001.01.01"]


class ForgetfulTws(ProtobufTws):
    """Takes an order, and is gone before it says so; never answers for bars."""

    def place(self, wire: Wire, asked: Any) -> None:
        """Known to TWS, unknown to who placed it."""
        self.orders[asked.orderId] = Placed(asked, 31)
        wire.reset()
        raise EOFError

    def history(self, wire: Wire, asked: Any) -> None:
        """Nothing, then the end."""
        wire.reset()
        raise EOFError


def test_an_order_that_tws_took_before_it_vanished_is_found_and_not_sent_again(tmp_path: Path) -> None:
    playing = ForgetfulTws(213)
    with (
        ForeignServer(playing.serve) as server,
        BridgeProcess(tmp_path / "bridge", f"127.0.0.1:{server.port}") as bridge,
        Client(bridge.connection_file) as client,
    ):
        client.wait_ready()
        with pytest.raises(TwsError) as lost:
            client.bars("NVDA", "2 D", "1 day")
        assert (lost.value.code, lost.value.outcome) == ("tws.lost", "unknown")
        eventually(lambda: len(server.wires) == 2)
        client.wait_ready()
        trade = client.place("NVDA", LimitOrder("BUY", 1, 100.0), wait="acknowledged")
        assert (trade.status, trade.perm_id) == ("PreSubmitted", 31)
        assert playing.asked.count(3) == 1


def test_orders_of_others_with_the_same_order_id_do_not_touch_ours(tmp_path: Path) -> None:
    playing = ProtobufTws(213)
    with (
        ForeignServer(playing.serve) as server,
        BridgeProcess(tmp_path / "bridge", f"127.0.0.1:{server.port}") as bridge,
        Client(bridge.connection_file) as client,
    ):
        client.wait_ready()
        ours = client.place("NVDA", LimitOrder("BUY", 3, 100.0), wait="acknowledged")
        assert ours.order_id is not None
        theirs = Placed(proto("PlaceOrderRequest", orderId=ours.order_id, order={"totalQuantity": "9"}), 77)
        theirs.order.action, theirs.order.orderType, theirs.order.account = "SELL", "MKT", playing.account
        playing.client_id = 8
        playing.execute(server.wires[-1], theirs, 9)
        [fill] = islice(client.fills(None), 1)
        assert (fill.owner, fill.perm_id) == (None, 77)
        assert {(o.origin, o.perm_id, o.status) for o in client.orders(live=False)} == {
            ("bridge", ours.perm_id, "PreSubmitted"),
            ("external", 77, "Filled"),
        }
        assert (ours.state.order.quantity, ours.filled) == (3, 0)
