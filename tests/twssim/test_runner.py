"""A simulator in a thread, with the hooks that tests use."""

from __future__ import annotations

import socket
from contextlib import closing
from decimal import Decimal

import pytest

import twssim
from tests.twssim.test_server import Peer


def test_the_context_ends_the_simulator() -> None:
    with twssim.run() as tws:
        assert tws.port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", tws.port), 1.0)
    tws.close()


def test_a_port_in_use_is_an_error() -> None:
    with twssim.run() as tws, pytest.raises(OSError, match="in use"):
        twssim.run(port=tws.port)


def test_wrong_settings_are_an_error() -> None:
    with pytest.raises(ValueError, match="server version 300"):
        twssim.run(server_version=300)


def test_a_call_runs_inside_the_simulator_and_its_result_comes_back() -> None:
    with twssim.run(start=1_795_521_600.0) as tws:
        before = tws.call(lambda gateway: gateway.market.quote(265598, gateway.now).last)
        tws.call(lambda gateway: gateway.market.shift(265598, Decimal(2), gateway.now))
        after = tws.call(lambda gateway: gateway.market.quote(265598, gateway.now).last)
        assert 1.9 < after / before < 2.1


def test_an_error_in_a_call_comes_back_and_the_simulator_goes_on() -> None:
    with twssim.run() as tws:
        with pytest.raises(ZeroDivisionError):
            tws.call(lambda gateway: 1 / 0)
        assert tws.call(lambda gateway: len(gateway.sessions)) == 0


def test_one_can_wait_for_what_happens_and_not_for_what_does_not() -> None:
    with twssim.run() as tws, closing(Peer(tws.port)) as peer:
        peer.start(5)
        tws.wait_for(lambda gateway: any(session.client_id == 5 for session in gateway.sessions))
        with pytest.raises(TimeoutError):
            tws.wait_for(lambda gateway: False, timeout=0.05)
        with pytest.raises(ZeroDivisionError):
            tws.wait_for(lambda gateway: bool(1 / 0))


def test_the_ledger_can_be_read_while_it_runs() -> None:
    with twssim.run() as tws, closing(Peer(tws.port)) as peer:
        peer.start(5)
        assert [record["client_id"] for record in tws.ledger.of("session")] == [5]


def test_two_simulators_are_independent() -> None:
    with twssim.run(seed=1) as one, twssim.run(seed=2, server_version=176) as two:
        assert one.port != two.port
        assert one.call(lambda gateway: gateway.settings.seed) == 1
        assert two.call(lambda gateway: gateway.settings.server_version) == 176


def test_a_clock_that_stands_still_is_put_forward_by_the_test() -> None:
    with twssim.run(speed=0, start=1_795_521_600.0) as tws, closing(Peer(tws.port)) as peer:
        peer.start(1)
        assert tws.call(lambda gateway: gateway.now) == 1_795_521_600.0
        tws.step(86_400.0)
        assert tws.call(lambda gateway: gateway.now) == 1_795_608_000.0
        with pytest.raises(ValueError, match="does not go back"):
            tws.step(-1.0)
