"""The order half of the core, wired as `parts.build` does it, with short words for what tests do to it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from twsbridge.protocol import commands
from twsbridge.protocol.models import Contract, Execution, Order
from twsbridge_server.core import effects as fx
from twsbridge_server.core.accounts import Accounts
from twsbridge_server.core.admission import Admission
from twsbridge_server.core.answers import RequestIds
from twsbridge_server.core.calm import Calm
from twsbridge_server.core.contracts import Contracts
from twsbridge_server.core.executions import Executions
from twsbridge_server.core.history.pacing import HistoryPacing
from twsbridge_server.core.inputs import (
    Client,
    CommandReceived,
    ManagedAccounts,
    NextValidId,
    OpenOrder,
    OrderStatus,
    TwsConnected,
)
from twsbridge_server.core.leases import Leases
from twsbridge_server.core.limits.assembly import Feeds, assemble
from twsbridge_server.core.limits.switch import Halts, KillSwitch
from twsbridge_server.core.lines import Lines
from twsbridge_server.core.order_commands import OrderCommands
from twsbridge_server.core.orders import Orders
from twsbridge_server.core.placements import Placements
from twsbridge_server.core.reconcile import Reconcile
from twsbridge_server.core.requests import Requests
from twsbridge_server.core.restored import Restored
from twsbridge_server.core.sequencer import Sequencer
from twsbridge_server.core.session import Session
from twsbridge_server.core.settings import CoreSettings

ACCOUNT = "DU1234567"
SETTINGS = CoreSettings(sid="run1", version="0", tws_endpoint="127.0.0.1:7497")


def calm() -> Calm:
    """Of a session that has not begun."""
    return Calm(Session(SETTINGS, Sequencer("epoch", {})))


CONTRACT = Contract(con_id=265598, symbol="AAPL", sec_type="STK", exchange="SMART", currency="USD")
BUY = Order(action="BUY", quantity=Decimal(5), order_type="LMT", limit_price=190.0)


class OrderRig:
    """Orders, their commands, sweeps and executions over one session that is ready."""

    def __init__(self, restored: Restored | None = None) -> None:
        restored = restored or Restored(epoch="e" * 16)
        self.sequencer = Sequencer(restored.epoch, restored.heads)
        self.session = Session(SETTINGS, self.sequencer)
        self.orders = Orders(self.sequencer, SETTINGS.client_id, restored)
        self.reconcile = Reconcile(self.orders, RequestIds(), 10_000_000, 300_000_000)
        self.executions = Executions(self.orders, self.sequencer, restored)
        ids = RequestIds()
        self.contracts = Contracts(SETTINGS, Requests(ids), calm())
        self.lines = Lines(SETTINGS, ids, self.contracts, HistoryPacing())
        self.accounts = Accounts(SETTINGS, ids, self.sequencer)
        self.switch = KillSwitch(Halts(restored.halts), self.sequencer)
        feeds = Feeds(self.orders, self.executions, self.accounts, self.contracts, self.lines)
        self.limits = assemble(feeds, restored, self.switch)
        self.admission = Admission(self.session, self.orders, Leases(), self.limits)
        self.placements = Placements(self.orders, SETTINGS.client_id, restored)
        self.commands = OrderCommands(self.orders, self.placements, self.admission, self.reconcile)
        self.orders.listeners.append(self.commands.changed)
        self.now = 1_000_000
        self.ready()

    def ready(self) -> None:
        self.session.connect(self.now)
        self.session.connected(TwsConnected(200, ""), self.now)
        self.session.managed_accounts(ManagedAccounts((ACCOUNT,)), self.now)
        self.session.next_valid_id(NextValidId(1), self.now)
        self.session.reconciled(True, self.now)
        self.reconcile.can_ask = True

    def place(self, key: str = "k1", order: Order = BUY, **more: Any) -> list[fx.Effect]:
        command = commands.PlaceOrder(client_order_id=key, contract=CONTRACT, order=order, **more)
        return self.sent(self.commands.place(asked(command), command, self.now))

    def do(self, command: commands.Command) -> list[fx.Effect]:
        name = {"order.modify": "modify", "order.cancel": "cancel", "order.cancel_all": "cancel_all"}
        return self.sent(getattr(self.commands, name[command.name])(asked(command), command, self.now))

    def sent(self, effects: list[fx.Effect]) -> list[fx.Effect]:
        for effect in of(fx.CallTws, effects):
            self.placements.sent(effect.call, self.now)
        return effects

    def open_order(self, order_id: int = 1, status: str = "Submitted", **more: Any) -> list[fx.Effect]:
        record = self.orders.by_order_id(order_id)
        said: dict[str, Any] = {
            "order_id": order_id,
            "perm_id": 900 + order_id,
            "client_id": 1,
            "contract": CONTRACT,
            "order": record.state.order if record else BUY.model_copy(update={"account": ACCOUNT}),
            "order_ref": record.order_ref if record else "",
            "status": status,
        }
        return self.orders.open_order(OpenOrder(**{**said, **more}), self.now)

    def order_status(self, order_id: int = 1, status: str = "Submitted", **more: Any) -> list[fx.Effect]:
        said: dict[str, Any] = {
            "order_id": order_id,
            "status": status,
            "filled": Decimal(0),
            "remaining": Decimal(5),
            "avg_fill_price": None,
            "perm_id": 900 + order_id,
            "parent_id": None,
            "last_fill_price": None,
            "client_id": 1,
            "why_held": "",
        }
        return self.orders.order_status(OrderStatus(**{**said, **more}), self.now)

    def status(self, order_id: int = 1) -> str:
        record = self.orders.by_order_id(order_id)
        assert record is not None
        return record.state.status


def asked(command: commands.Command, name: str = "alice", request_id: str = "r1") -> CommandReceived:
    """The command as it comes from a client."""
    return CommandReceived(Client(b"route", name), request_id, command, sid="run1")


def fill(exec_id: str = "0000e0d5.69dd7411.01.01", **more: Any) -> Execution:
    """One execution of order 1."""
    said: dict[str, Any] = {
        "exec_id": exec_id,
        "order_id": 1,
        "perm_id": 901,
        "client_id": 1,
        "account": ACCOUNT,
        "contract": CONTRACT,
        "side": "BOT",
        "shares": Decimal(5),
        "price": 190.0,
        "cum_qty": Decimal(5),
        "avg_price": 190.0,
    }
    return Execution(**{**said, **more})


def of(kind: type, effects: list[fx.Effect]) -> list[Any]:
    """The effects of one kind, in order."""
    return [effect for effect in effects if isinstance(effect, kind)]


def published(effects: list[fx.Effect]) -> list[str]:
    """What was published, in words: type and status."""
    return [" ".join(filter(None, (e.type, str(e.body.get("status", ""))))) for e in of(fx.PublishEvent, effects)]


def rows(effects: list[fx.Effect], kind: type) -> list[Any]:
    """The journal rows of one kind."""
    return [e.row for e in of(fx.AppendJournal, effects) if isinstance(e.row, kind)]
