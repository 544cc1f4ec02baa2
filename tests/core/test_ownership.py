from __future__ import annotations

from typing import Any

from tests.core.rig import BUY, CONTRACT, OrderRig, of
from twsbridge.protocol import commands
from twsbridge_server.core import effects as fx
from twsbridge_server.core.inputs import Client, ClientsChanged, CommandReceived
from twsbridge_server.core.known_clients import KnownClients
from twsbridge_server.core.leases import Leases
from twsbridge_server.core.ownership import Ownership
from twsbridge_server.core.rights import Rights

ALICE, BOB, EVE = (Client(b"r", name) for name in ("alice", "bob", "eve"))
BOSS = Client(b"r", "boss", rights=Rights(grants=frozenset({"take_any"})))


class Handing:
    """Order 1 is alice's and works."""

    def __init__(self) -> None:
        self.rig = OrderRig()
        self.rig.place()
        self.rig.open_order()
        known = KnownClients()
        known.changed(ClientsChanged((ALICE, BOB, EVE, BOSS)), 1)
        self.ownership = Ownership(self.rig.orders, known, Leases())

    def give(self, client: Client, to: str) -> list[fx.Effect]:
        command = commands.GiveOrder(order_id=1, to=to)
        return self.ownership.give(CommandReceived(client, "q", command), command, self.rig.now)

    def take(self, client: Client) -> list[fx.Effect]:
        command = commands.TakeOrder(order_id=1)
        return self.ownership.take(CommandReceived(client, "q", command), command, self.rig.now)

    def cancel(self, client: Client) -> str:
        command = commands.CancelOrder(order_id=1)
        return said(self.rig.commands.cancel(CommandReceived(client, "q", command), command, self.rig.now))


def said(effects: list[fx.Effect]) -> Any:
    replies = of(fx.SendReply, effects)
    return "ok" if not replies or replies[-1].error is None else replies[-1].error.code


def test_the_new_owner_may_and_the_old_one_may_not() -> None:
    handing = Handing()
    effects = handing.give(ALICE, "bob")
    (event,) = of(fx.PublishEvent, effects)
    assert (event.body["owner"], event.body["placed_by"]) == ("bob", "alice")
    assert of(fx.AppendJournal, effects)
    assert handing.cancel(ALICE) == "order.not_owned"
    assert handing.cancel(EVE) == "order.not_owned"
    assert handing.cancel(BOB) == "ok"


def test_its_key_stays_with_the_client_that_placed_it() -> None:
    handing = Handing()
    handing.give(ALICE, "bob")
    again = commands.PlaceOrder(client_order_id="k1", contract=CONTRACT, order=BUY)
    (reply,) = handing.rig.commands.place(CommandReceived(ALICE, "q", again), again, handing.rig.now)
    assert isinstance(reply, fx.SendReply)
    assert reply.body is not None
    assert reply.body.wire()["duplicate"] is True
    assert handing.rig.orders.by_key("bob", "k1") is None
    record = handing.rig.orders.by_key("alice", "k1")
    assert record is not None
    assert record.state.owner == "bob"


def test_an_order_is_given_by_its_owner_to_somebody_there_is() -> None:
    handing = Handing()
    assert said(handing.give(EVE, "eve")) == "order.not_owned"
    assert said(handing.give(ALICE, "nobody")) == "req.invalid"
    assert said(handing.take(EVE)) == "order.not_owned"
    assert handing.cancel(ALICE) == "ok"


def test_who_was_granted_it_takes_over() -> None:
    handing = Handing()
    assert said(handing.take(BOSS)) == "ok"
    assert handing.cancel(ALICE) == "order.not_owned"
    assert said(handing.give(BOSS, "alice")) == "ok"
    assert handing.cancel(ALICE) == "ok"


def test_what_is_done_stays_as_it_is() -> None:
    handing = Handing()
    handing.rig.order_status(status="Cancelled")
    assert said(handing.give(ALICE, "bob")) == "order.done"
