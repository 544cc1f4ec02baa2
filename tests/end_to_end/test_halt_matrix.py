"""Each state of the kill switch x each scope x commands, over real sockets: what is taken, and what is refused why."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

from tests.bridge_process import BridgeProcess
from tests.waiting import PATIENCE, eventually
from twsbridge import Client, LimitOrder, Stock
from twsbridge.errors import BridgeError
from twsbridge.protocol import commands
from twsbridge.protocol.commands import Command
from twsbridge_server.home import Home
from twsbridge_server.mq import keyring

HELD, WATCHED = Stock("MSFT"), Stock("IBM")
OPENING = {"": "ok", "REDUCING": "limit.reducing", "HALTED": "limit.halted"}
REDUCING = {"": "ok", "REDUCING": "ok", "HALTED": "limit.halted"}


def code(client: Client, command: Command) -> str:
    try:
        client._channel.ask(command, type(command).reply, PATIENCE)
    except BridgeError as error:
        return error.code
    return "ok"


def opening(order_id: int, key: str) -> list[Command]:
    """Commands that may open a position."""
    order = LimitOrder("BUY", 1, 1.0)
    member = commands.GroupMember(client_order_id=f"{key}-g1", contract=WATCHED, order=order)
    other = commands.GroupMember(client_order_id=f"{key}-g2", contract=HELD, order=order)
    return [
        commands.PlaceOrder(client_order_id=key, contract=WATCHED, order=order, wait="acknowledged"),
        commands.PlaceGroup(kind="oca", members=[member, other], wait="acknowledged"),
        commands.WhatIf(contract=WATCHED, order=order),
        commands.ModifyOrder(order_id=order_id, order=LimitOrder("BUY", 2, 1.0)),
    ]


def always(order_id: int) -> list[Command]:
    """Commands that no state stops: whoever looks, and whoever ends an order."""
    return [
        commands.GetStatus(),
        commands.ListOrders(),
        commands.ListExecutions(),
        commands.ListPositions(),
        commands.GetOrder(order_id=order_id),
        commands.OpenQuote(contract=WATCHED),
        commands.TakeOrder(order_id=order_id),
        commands.CancelOrder(order_id=order_id),
        commands.CancelAll(),
    ]


def test_what_each_state_takes(bridge: BridgeProcess) -> None:
    ann = keyring.add(Home(bridge.home), "ann", "admin")
    with Client(bridge.connection_file) as trader, Client(ann) as admin:
        trader.wait_ready()
        trader.place(HELD, LimitOrder("BUY", 5, 5000.0)).wait("filled")
        eventually(lambda: any(row.position == 5 for row in trader.positions()), "the position")
        scopes = {"global": "", "account": trader.accounts[0], "client": "default"}
        for (scope, of), state in product(scopes.items(), OPENING):
            order = trader.place(WATCHED, LimitOrder("BUY", 1, 1.0), wait="acknowledged")
            number = order.order_id or 0
            if state:
                halt = commands.Halt.model_validate({"scope": scope, "of": of, "state": state, "reason": "a drill"})
                assert code(trader, halt) == "ok"
            for command in opening(number, f"open-{scope}-{state}"):
                assert code(trader, command) == OPENING[state], (scope, state, command)
            sale = LimitOrder("SELL", Decimal(1), 100_000.0)
            reducing = commands.PlaceOrder(client_order_id=f"less-{scope}-{state}", contract=HELD, order=sale)
            assert code(trader, reducing) == REDUCING[state], (scope, state)
            for command in always(number):
                assert code(trader, command) == "ok", (scope, state, command)
            if state:
                assert code(trader, commands.Resume(scope=halt.scope, of=of, reason="done")) == "auth.role"
                assert code(admin, commands.Resume(scope=halt.scope, of=of, reason="done")) == "ok"
            eventually(lambda: trader.orders() == [], "every cancel to be carried out")
