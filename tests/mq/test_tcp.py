import os
import socket

from twsbridge_server.mq import tcp


def test_what_has_gone_over_a_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        with socket.create_connection(listener.getsockname()) as far, listener.accept()[0] as near:
            far.sendall(b"x" * 1_000)
            near.recv(1_000, socket.MSG_WAITALL)
            near.sendall(b"y" * 10)
            far.recv(10, socket.MSG_WAITALL)
            assert tcp.bytes_of(near.fileno()) == (10, 1_000, 0)
            assert tcp.bytes_of(listener.fileno()) == (0, 0, 0)
            assert near.send(b"z") == 1


def test_only_connections_to_the_given_ports_are_ended() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as far, listener.accept()[0] as near:
            assert not tcp.shut_down(near.fileno(), {port + 1})
            assert not tcp.shut_down(far.fileno(), {port})
            assert tcp.shut_down(near.fileno(), {port})
            assert far.recv(1) == b""


def test_a_number_that_is_no_connection() -> None:
    reading, writing = os.pipe()
    with open(reading, "rb"), open(writing, "wb"):
        for number in (reading, 9_999, -1):
            assert tcp.bytes_of(number) is None
            assert not tcp.shut_down(number, {1})
