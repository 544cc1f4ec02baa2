from pathlib import Path
from typing import Any

import pytest
import zmq
from zmq.utils.monitor import recv_monitor_message

from tests.mq.rig import NULL, Server, monitored, peer, running
from twsbridge_server.mq import keyring
from twsbridge_server.mq.keys import new_pair

HELLO = [b"IBB1", b"\x82\xa1t\xa5hello\xa2id\xa11", b"\x81\xa8protocol\x92\x01\x01"]
HANDSHAKE_ENDS = (
    zmq.EVENT_HANDSHAKE_SUCCEEDED
    | zmq.EVENT_HANDSHAKE_FAILED_AUTH
    | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
    | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
    | zmq.EVENT_DISCONNECTED
)


def refusal_of(server: Server, **options: Any) -> int:
    """How libzmq's handshake of such a client ends: the event that its monitor reports."""
    with peer(server) as one:
        socket = one.context.socket(zmq.DEALER)
        with monitored(socket, HANDSHAKE_ENDS) as monitor:
            for option, value in {"linger": 0, **options}.items():
                setattr(socket, option, value)
            socket.connect(one.bundle["cmd"])
            socket.send_multipart(HELLO)
            server.until(lambda: monitor.poll(0), "the end of the handshake")
            ended = int(recv_monitor_message(monitor)["event"])
            server.quiet_for(0.1)
        socket.close()
    assert server.inputs == []
    return ended


def keys(server: Server) -> dict[str, bytes]:
    pair = new_pair()
    return {
        "curve_serverkey": server.pair.public_key.encode(),
        "curve_publickey": pair.public_key.encode(),
        "curve_secretkey": pair.secret_key.encode(),
    }


def test_a_registered_key_is_let_in(tmp_path: Path) -> None:
    with running(tmp_path) as server, peer(server) as one:
        one.dealer().send_multipart(HELLO)
        server.until(lambda: server.inputs, "the command")


def test_an_unknown_key_is_refused(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with running(tmp_path) as server:
        assert refusal_of(server, **keys(server)) == zmq.EVENT_HANDSHAKE_FAILED_AUTH
        assert "its key is not registered" in caplog.text


def test_a_wrong_key_of_the_bridge_is_refused(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        wrong = {**keys(server), "curve_serverkey": new_pair().public_key.encode()}
        assert refusal_of(server, **wrong) != zmq.EVENT_HANDSHAKE_SUCCEEDED


def test_a_client_without_encryption_is_refused(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        assert refusal_of(server) != zmq.EVENT_HANDSHAKE_SUCCEEDED


def test_a_password_is_refused(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        assert refusal_of(server, plain_username=b"admin", plain_password=b"admin") != zmq.EVENT_HANDSHAKE_SUCCEEDED


@pytest.mark.parametrize("which", ["evt", "md"])
def test_the_publishing_sockets_refuse_as_well(tmp_path: Path, which: str) -> None:
    with running(tmp_path) as server, peer(server) as one:
        for options in (NULL, keys(server)):
            one.subscriber(which, b"md|1@SMART|", b"hb|", b"sync|x|", **options)
        server.quiet_for(0.3)
        assert server.inputs == []


def test_a_new_client_is_let_in_without_a_restart(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        keyring.add(server.home, "late", "trader")
        with peer(server, "late") as one:
            one.dealer().send_multipart(HELLO)
            server.until(lambda: server.inputs, "the command")
