import socket
from pathlib import Path

import pytest
import zmq

from tests.mq.rig import running
from twsbridge_server.errors import CannotStart
from twsbridge_server.home import Home
from twsbridge_server.mq import binding, keyring
from twsbridge_server.mq.binding import BindSettings, check_address, check_libzmq, port_of
from twsbridge_server.mq.sockets import Sockets


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "192.0.2.7", "10.0.0.1"])
def test_addresses_of_one_interface_are_allowed(address: str) -> None:
    check_address(BindSettings(address))


@pytest.mark.parametrize("address", ["0.0.0.0", "::"])
def test_all_interfaces_need_a_clear_wish(address: str) -> None:
    with pytest.raises(CannotStart, match="--allow-wildcard"):
        check_address(BindSettings(address))
    check_address(BindSettings(address, allow_wildcard=True))


@pytest.mark.parametrize("address", ["", "*", "eth0", "localhost", "127.0.0.1:7600"])
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(CannotStart, match="is not an IP address"):
        check_address(BindSettings(address))


def test_a_port_in_use_is_named_with_what_to_do(tmp_path: Path) -> None:
    with running(tmp_path / "one") as first:
        port = port_of(first.sockets.endpoints.evt)
        home = Home(tmp_path / "two")
        pair = keyring.prepare(home)
        with pytest.raises(CannotStart, match=rf"Port {port} .* in use.*--evt-port"):
            Sockets(home, pair, BindSettings(cmd_port=0, evt_port=port, md_port=0))


def test_an_address_of_another_machine_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path)
    pair = keyring.prepare(home)
    with pytest.raises(CannotStart, match=r"Cannot bind 192\.0\.2\.7.*--bind"):
        Sockets(home, pair, BindSettings("192.0.2.7", 0, 0, 0))


def test_a_wildcard_is_reached_through_loopback(tmp_path: Path) -> None:
    home = Home(tmp_path)
    pair = keyring.prepare(home)
    sockets = Sockets(home, pair, BindSettings("0.0.0.0", 0, 0, 0, allow_wildcard=True))
    sockets.close()
    assert all(endpoint.startswith("tcp://127.0.0.1:") for endpoint in sockets.endpoints)


def has_ipv6_loopback() -> bool:
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return False
    return True


@pytest.mark.skipif(not has_ipv6_loopback(), reason="this machine has no IPv6 loopback address")
def test_ipv6(tmp_path: Path) -> None:
    home = Home(tmp_path)
    pair = keyring.prepare(home)
    sockets = Sockets(home, pair, BindSettings("::1", 0, 0, 0))
    sockets.close()
    assert all(endpoint.startswith("tcp://[::1]:") for endpoint in sockets.endpoints)


def test_an_old_libzmq_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    check_libzmq()
    monkeypatch.setattr(binding, "OLDEST_LIBZMQ", (99, 0, 0))
    with pytest.raises(CannotStart, match=f"libzmq {zmq.zmq_version()} is too old"):
        check_libzmq()


def test_no_socket_sends_heartbeats_of_zmtp(tmp_path: Path) -> None:
    """libzmq 4.3.5 aborts the process when one is due on a connection that ended with unread messages."""
    with running(tmp_path) as server:
        for each in (server.sockets.cmd, server.sockets.evt, server.sockets.md):
            assert each.socket.heartbeat_ivl == 0 and each.socket.tcp_keepalive == 1
