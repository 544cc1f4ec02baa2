from __future__ import annotations

from tests.core.rig import BUY, CONTRACT
from twsbridge.protocol import commands
from twsbridge_server.core import inputs
from twsbridge_server.core.concerns import ABOUT_ORDERS, concerns_orders

CLIENT = inputs.Client(b"r", "alice")


def test_what_concerns_orders() -> None:
    placing = commands.PlaceOrder(client_order_id="k", contract=CONTRACT, order=BUY)
    assert concerns_orders(inputs.CommandReceived(CLIENT, "q", placing))
    assert not concerns_orders(inputs.CommandReceived(CLIENT, "q", commands.GetStatus()))
    assert concerns_orders(inputs.ExecutionsEnd(1)) is False


def test_reading_an_order_touches_none() -> None:
    assert commands.CancelAll in ABOUT_ORDERS and commands.GetOrder not in ABOUT_ORDERS
