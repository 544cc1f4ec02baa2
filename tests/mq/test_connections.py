from __future__ import annotations

from twsbridge_server.mq.connections import Connection, Connections


def test_an_end_is_that_of_the_connections_with_this_number_so_far() -> None:
    connections = Connections()
    first = Connection(40, connections.let_in())
    other = Connection(41, connections.let_in())
    connections.ended(40)
    second = Connection(40, connections.let_in())
    assert connections.is_over(first) and not connections.is_over(other) and not connections.is_over(second)
    connections.ended(40)
    assert connections.is_over(second) and not connections.is_over(other)
