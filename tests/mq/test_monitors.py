import socket

import zmq

from twsbridge_server.mq.monitors import Monitor, monitored
from twsbridge_server.mq.peers import Peers
from twsbridge_server.mq.strikes import Strikes


class Heard(Peers):
    """Keeps what it was told."""

    def __init__(self) -> None:
        super().__init__(Strikes())
        self.told: list[object] = []

    def accepted(self, number: int, where: str, limit: int) -> None:
        self.told.append((number, where, limit))

    def ended(self, number: int) -> None:
        self.told.append(number)


def test_every_connection_is_told_when_it_begins_and_when_it_ends() -> None:
    with zmq.Context() as context, context.socket(zmq.ROUTER) as router:
        router.linger = 0
        news, peers = monitored(router), Heard()
        monitor = Monitor(news, "cmd", 7, peers)
        with news:
            port = router.bind_to_random_port("tcp://127.0.0.1")
            with socket.create_connection(("127.0.0.1", port)):
                assert news.poll(5_000)
                assert monitor.read() == []
            assert news.poll(5_000)
            (number,) = monitor.read()
            router.disable_monitor()
    assert peers.told == [(number, "cmd", 7), number]
