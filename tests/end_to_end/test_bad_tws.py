"""Every kind of bad TWS: what status says of it, what callers get, and that the bridge heals by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.bridge_process import BridgeProcess
from tests.end_to_end.foreign_server import TIME, ForeignServer, Wire
from tests.end_to_end.protobuf_tws import ProtobufTws
from tests.ports import deserted_port
from tests.waiting import PATIENCE, eventually
from twsbridge import BridgeError, Client, Contract, LimitOrder, MarketOrder

Serve = Callable[[Wire], None]


def silent(wire: Wire) -> None:
    """Accept, and say nothing."""
    wire.take(1 << 20)


def silent_after_hello(wire: Wire) -> None:
    """Greet, and say nothing more."""
    wire.greet(213)
    wire.take(1 << 20)


def closing(wire: Wire) -> None:
    """Close at once."""


def garbage(wire: Wire) -> None:
    """Something that is not TWS."""
    wire.connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    wire.take(1 << 20)


def too_old(wire: Wire) -> None:
    """A version below all that was offered."""
    wire.take(4)
    wire.message()
    wire.send(b"%d\0%s\0" % (76, TIME))
    wire.take(1 << 20)


class Live(ProtobufTws):
    """A live account."""

    account = "U1234567"


class ReadOnly(ProtobufTws):
    """Refuses everything about orders, as TWS in read-only mode does."""

    def open_orders(self, wire: Wire, asked: object) -> None:
        """The first refusal comes without an id."""
        self.error(wire, -1, 321, "Error validating request.-'bT' : cause - The API interface is in Read-Only mode.")


class IdInUse(ProtobufTws):
    """Refuses the client id and closes."""

    def start(self, wire: Wire, asked: object) -> None:
        """326 comes after startApi, then the end."""
        self.error(wire, -1, 326, "Unable to connect as the client id is already in use.")
        raise EOFError


@pytest.fixture
def server() -> Iterator[ForeignServer]:
    with ForeignServer(ProtobufTws(213).serve) as running:
        yield running


def heals(server: ForeignServer, client: Client) -> None:
    """TWS becomes good; the bridge finds out without anybody's help, and orders go through."""
    server.serve = ProtobufTws(213, first_execution=0x1000).serve
    before = list(server.wires)
    for wire in before:
        wire.hang_up()
    eventually(lambda: len(server.wires) > len(before) and client.status().state == "READY", "READY")
    assert client.place("NVDA", MarketOrder("BUY", 1)).wait("filled").filled == 1


@pytest.mark.parametrize(
    ("serve", "state", "says"),
    [
        (silent, "CONNECTING", "connecting to TWS at 127.0.0.1"),
        (silent_after_hello, "STARTING", "waiting for accounts and order id"),
        (closing, "DISCONNECTED", "closed the connection during the API handshake"),
        (garbage, "DISCONNECTED", "does not answer as TWS does"),
        (too_old, "DISCONNECTED", "version 76"),
        (IdInUse(213).serve, "DISCONNECTED", "--client-id"),
        (Live(213).serve, "REFUSED", "--allow-live"),
    ],
    ids=["silent", "hello, then silent", "closing", "garbage", "too old", "client id in use", "live account"],
)
def test_a_tws_that_never_gets_ready(
    server: ForeignServer, tmp_path: Path, serve: Serve, state: str, says: str
) -> None:
    server.serve = serve
    with (
        BridgeProcess(tmp_path / "bridge", f"127.0.0.1:{server.port}") as bridge,
        Client(bridge.connection_file) as client,
    ):
        status = eventually(lambda: (s := client.status()).state == state and says in s.reason and s, says)
        assert status.reason[0].isalnum()
        for ask in (client.account, client.positions, lambda: client.contract("NVDA"), lambda: client.buy("NVDA", 1)):
            with pytest.raises(BridgeError) as error:
                ask()
            wanted = {"tws.disconnected"} if state != "REFUSED" else {"tws.disconnected", "tws.live_refused"}
            assert error.value.code in wanted, error.value
            assert error.value.wire.do
        assert client.orders(live=False) == [], "an order that was refused leaves nothing behind"
        heals(server, client)


def test_one_home_is_never_of_paper_and_live_accounts(server: ForeignServer, tmp_path: Path) -> None:
    home, tws = tmp_path / "bridge", f"127.0.0.1:{server.port}"
    with BridgeProcess(home, tws) as bridge, Client(bridge.connection_file) as client:
        client.wait_ready()
        client.place("NVDA", MarketOrder("BUY", 1)).wait("filled")
        assert bridge.stop() == 0
    server.serve = Live(213).serve
    with (
        BridgeProcess(home, tws, "--allow-live", "U1234567") as bridge,
        Client(bridge.connection_file) as client,
    ):
        eventually(lambda: client.status().state == "REFUSED", "REFUSED")
        attempts = len(server.wires) + 2
        while len(server.wires) < attempts:
            status = client.status()
            assert status.state == "REFUSED" and "--home" in status.reason, status
        with pytest.raises(BridgeError, match="paper account DU") as error:
            client.place(Contract(con_id=4815747, symbol="NVDA"), LimitOrder("BUY", 1, 1.0))
        assert error.value.code == "tws.other_login"
        heals(server, client)


def test_no_tws_there(tmp_path: Path) -> None:
    with (
        deserted_port() as port,
        BridgeProcess(tmp_path / "bridge", f"127.0.0.1:{port}") as bridge,
        Client(bridge.connection_file) as client,
    ):
        eventually(lambda: "Nothing listens" in client.status().reason)
        with pytest.raises(BridgeError, match="Nothing listens") as error:
            client.buy("NVDA", 1)
        assert error.value.code == "tws.disconnected"


def test_a_live_account_that_is_allowed_by_name(server: ForeignServer, tmp_path: Path) -> None:
    server.serve = Live(213).serve
    endpoint = f"127.0.0.1:{server.port}"
    with (
        BridgeProcess(tmp_path / "bridge", endpoint, "--allow-live", Live.account) as bridge,
        Client(bridge.connection_file) as client,
    ):
        client.wait_ready()
        assert client.status().tws.mode == "live"
        assert client.accounts == []
        assert f"No key may use {Live.account}" in bridge.log
        assert f"this login is LIVE: {Live.account}" in bridge.log


def test_a_read_only_tws_still_shows_everything(server: ForeignServer, tmp_path: Path) -> None:
    server.serve = ReadOnly(213).serve
    with (
        BridgeProcess(tmp_path / "bridge", f"127.0.0.1:{server.port}") as bridge,
        Client(bridge.connection_file) as client,
    ):
        client.wait_ready()
        assert client.positions() and client.account()
        with pytest.raises(BridgeError) as error:
            client.buy("NVDA", 1)
        assert error.value.code == "tws.read_only"
        heals(server, client)


@pytest.mark.parametrize(
    ("poison", "says"),
    [
        (b"\0\0\0\x08\0\0\0\xcd\xff\xff\xff\xff", ""),
        (b"\0\0\0\x04\0\0\x7f\xff", ""),
        (b"\0\0\0\x01\0", ""),
        (b"\xff\xff\xff\xff", "cannot be a message"),
    ],
    ids=["broken openOrder", "unknown message", "no message", "oversize"],
)
def test_garbage_within_a_session(server: ForeignServer, tmp_path: Path, poison: bytes, says: str) -> None:
    with (
        BridgeProcess(tmp_path / "bridge", f"127.0.0.1:{server.port}") as bridge,
        Client(bridge.connection_file) as client,
    ):
        client.wait_ready()
        server.wires[-1].connection.sendall(poison)
        bridge.wait_logged(says or "could not be decoded")
        assert client.positions(timeout=PATIENCE) if not says else True
        eventually(lambda: client.status().state == "READY", "READY")
        assert client.place("NVDA", MarketOrder("BUY", 1)).wait("filled").filled == 1
        assert len(server.wires) == (2 if says else 1)


def test_no_connection_to_ib_and_back(server: ForeignServer, tmp_path: Path) -> None:
    playing = ProtobufTws(213)
    server.serve = playing.serve
    with (
        BridgeProcess(tmp_path / "bridge", f"127.0.0.1:{server.port}") as bridge,
        Client(bridge.connection_file) as client,
    ):
        client.wait_ready()
        for code in (1102, 1101):
            playing.error(server.wires[-1], -1, 1100, "Connectivity between IBKR and TWS has been lost.")
            eventually(lambda: client.status().state == "LINK_DOWN")
            with pytest.raises(BridgeError) as error:
                client.buy("NVDA", 1)
            assert error.value.code == "tws.link_down"
            assert client.positions(), "what is known is still served"
            playing.error(server.wires[-1], -1, code, "Connectivity has been restored.")
            client.wait_ready()
        assert client.place("NVDA", LimitOrder("BUY", 1, 1.0), wait="acknowledged").status == "PreSubmitted"


def test_a_port_that_was_changed_is_named_as_the_reason(server: ForeignServer, tmp_path: Path) -> None:
    playing = ProtobufTws(213)
    server.serve = playing.serve
    with (
        BridgeProcess(tmp_path / "bridge", f"127.0.0.1:{server.port}") as bridge,
        Client(bridge.connection_file) as client,
    ):
        client.wait_ready()
        server.serve = closing
        playing.error(
            server.wires[-1], -1, 1300, "The socket port has been reset and this connection is being dropped."
        )
        server.wires[-1].hang_up()
        bridge.wait_logged("--tws HOST:PORT")
        heals(server, client)
