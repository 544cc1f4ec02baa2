"""The end of orders that are not filled."""

from __future__ import annotations

import pytest

from tests.twssim.official import OfficialClient, gateway, order, stock, story

pytestmark = pytest.mark.usefixtures("every_profile")


def test_an_untransmitted_order_ends_without_pending_cancel() -> None:
    client = OfficialClient(gateway())
    client.after(1.0)
    client.placeOrder(1, stock(), order("MKT", "BUY", 5, transmit=False))
    client.cancel(1)
    assert story(client.after(1.0)) == ["status Cancelled 0/5", "error 202"]


def test_a_cancel_takes_the_delay_of_the_settings() -> None:
    client = OfficialClient(gateway(cancel_delay=3.0))
    client.after(1.0)
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0))
    client.after(1.0)
    client.cancel(1)
    assert "error 202" not in story(client.after(2.9))
    assert story(client.after(0.2))[-1] == "error 202"


def test_nothing_fills_between_pending_cancel_and_cancelled() -> None:
    client = OfficialClient(gateway(cancel_delay=5.0, fill_delay=(1.0, 1.0)))
    client.after(1.0)
    client.placeOrder(1, stock(), order("MKT", "BUY", 5))
    client.after(0.5)
    client.cancel(1)
    told = story(client.after(20.0))
    assert told[-1] == "error 202" and "exec 5" not in told


def test_a_finished_order_is_not_cancelled_again() -> None:
    client = OfficialClient(gateway())
    client.placeOrder(1, stock(), order("LMT", "BUY", 5, limit=10.0))
    client.after(1.0)
    (working,) = client.tws.orders.working()
    client.tws.exchange.cancel(working)
    client.tws.exchange.cancel(working)
    assert story(client.after(1.0)).count("error 202") == 1
