"""A TWS, a disk and clients around the pure core, driven by a seed: what is delivered, lost or cut short is chance.

The TWS here is small and shares nothing with twssim: it takes orders, fills them, answers sweeps, and forgets a
connection's undelivered messages when the connection breaks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any, Literal

from tests.core.rig import ACCOUNT, BUY, CONTRACT, SETTINGS, fill
from twsbridge.protocol import commands
from twsbridge.protocol.books import Book, Books, ListBooks
from twsbridge.protocol.models import Commission
from twsbridge.protocol.replies import OrderGroup, OrderReply
from twsbridge_server.core import calls, inputs
from twsbridge_server.core import effects as fx
from twsbridge_server.core.degraded import DegradingBridge, JournalFails, JournalWorks
from twsbridge_server.core.restored import Baseline, Lost, Restored

SECOND = 1_000_000
CHANCES = ["place", "place", "resend", "cancel", "read", "read", "read", "trade", "time", "time", "drop", "drain"]
EPOCH = "e" * 16


@dataclass
class Disk:
    """The journal's rows, as a restart would read them."""

    next_order_id: int = 1
    epoch: str = EPOCH
    events: dict[str, list[fx.EventRow]] = field(default_factory=dict)
    intents: list[fx.IntentRow] = field(default_factory=list)
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    executions: dict[str, dict[str, Any]] = field(default_factory=dict)
    commissions: dict[str, dict[str, Any]] = field(default_factory=dict)
    baselines: dict[str, fx.BaselineRow] = field(default_factory=dict)
    halts: dict[str, dict[str, Any]] = field(default_factory=dict)
    lost: Lost | None = None
    shown: dict[str, int] = field(default_factory=dict)

    def write(self, row: fx.JournalRow) -> None:
        match row:
            case fx.EventRow():
                self.events.setdefault(row.stream, []).append(row)
            case fx.IntentRow():
                self.intents.append(row)
            case fx.OrderRow():
                self.orders[row.row_key] = row.body
            case fx.ExecutionRow():
                assert row.exec_id not in self.executions
                self.executions[row.exec_id] = row.body
            case fx.CommissionRow():
                self.commissions[row.exec_id] = row.body
            case fx.BaselineRow():
                self.baselines[row.account] = row
            case _:
                self._write_fact(row)

    def _write_fact(self, row: fx.JournalRow) -> None:
        match row:
            case fx.HaltRow():
                self.halts[row.scope] = row.body
            case fx.FloorRow():
                self.next_order_id = row.next_order_id
            case fx.ShownRow():
                self.shown[row.order_ref] = row.perm_id
            case fx.ProvenRow():
                self.lost = None

    def restored(self) -> Restored:
        return Restored(
            epoch=self.epoch,
            next_order_id=self.next_order_id,
            heads={stream: (1, len(rows) + 1) for stream, rows in self.events.items()},
            intents=tuple(self.intents),
            orders=dict(self.orders),
            executions=dict(self.executions),
            commissions=frozenset(self.commissions),
            realized={
                number: body for number, body in self.commissions.items() if body.get("realized_pnl") is not None
            },
            baselines=tuple(Baseline(row, self._executions_after(row)) for row in self.baselines.values()),
            halts=dict(self.halts),
            lost=self.lost,
            shown=dict(self.shown),
            booked=tuple((body, self.commissions.get(exec_id)) for exec_id, body in self.executions.items()),
        )

    def _executions_after(self, baseline: fx.BaselineRow) -> frozenset[str]:
        events = self.events.get(f"ord|{baseline.account}|", [])[baseline.next_seq - 1 :]
        return frozenset(event.body["exec_id"] for event in events if event.type == "execution")


@dataclass
class TwsOrder:
    """An order that TWS has accepted."""

    call: calls.PlaceOrder
    perm_id: int
    status: str = "Submitted"
    placements: int = 1


class Tws:
    """Takes orders and answers sweeps. `outbox` is what the bridge has not read yet."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.orders: dict[int, TwsOrder] = {}
        self.executions: dict[str, int] = {}
        self.from_elsewhere = Decimal(0)
        self.over: set[int] = set()
        self.silences = 0
        self.outbox: list[inputs.TwsInput] = []
        self.is_connected = False
        self.is_broken = False

    def connect(self) -> None:
        self.is_connected, self.is_broken = True, False
        self.outbox = [inputs.TwsConnected(200, "19700101 00:16:40 UTC")]

    def drop(self) -> None:
        self.is_connected = False
        self.outbox = []

    def call(self, call: calls.TwsCall) -> None:
        if not self.is_connected:
            return
        match call:
            case calls.StartApi():
                hint = max(self.orders, default=0) + self.chance.choice([1, 1, -3])
                self.outbox += [inputs.ManagedAccounts((ACCOUNT,)), inputs.NextValidId(max(1, hint))]
            case calls.ReqCurrentTime():
                self._say(inputs.CurrentTime(0))
            case calls.PlaceOrder() | calls.PlaceGroup():
                self._write(call)
            case calls.CancelOrder():
                self._cancel(call.order_id)
            case _:
                self._list(call)

    def _list(self, call: calls.TwsCall) -> None:
        """The answers that end with a marker."""
        match call:
            case calls.ReqOpenOrders():
                self._say(*(self._open(o) for o in self._alive()), inputs.OpenOrderEnd())
            case calls.ReqCompletedOrders() | calls.ReqExecutions() if self.silences:
                self.silences -= 1
            case calls.ReqCompletedOrders():
                done = [o for o in self.orders.values() if o.status in ("Filled", "Cancelled")]
                done = [order for order in done if order.call.order_id not in self.over]
                self._say(*(self._completed(o) for o in done), inputs.CompletedOrdersEnd())
            case calls.ReqExecutions():
                today = [number for number, order_id in self.executions.items() if order_id not in self.over]
                found = [self._execution(number, call.req_id) for number in today]
                self._say(*found, inputs.ExecutionsEnd(call.req_id))
            case calls.ReqPositions():
                self._say(self._position(), inputs.PositionEnd())

    def end_day(self) -> None:
        """What is done by now is not listed any more."""
        self.over = {order_id for order_id, order in self.orders.items() if order.status in ("Filled", "Cancelled")}

    def trade(self) -> None:
        """Fill one order; the bridge may be connected or not."""
        alive = self._alive()
        if not alive:
            return
        order = self.chance.choice(alive)
        order.status = "Filled"
        self._end_rest(order)
        exec_id = f"0000e0d5.{order.perm_id:08x}.01.01"
        self.executions[exec_id] = order.call.order_id
        self._say(self._execution(exec_id, -1), self._position())
        if self.chance.random() < 0.5:
            self._say(self._status(order))
        paid = Commission(exec_id=exec_id, commission=Decimal(1), currency="USD")
        self._say(inputs.CommissionReceived(paid))

    def _say(self, *said: inputs.TwsInput) -> None:
        if self.is_connected:
            self.outbox += said

    def _alive(self) -> list[TwsOrder]:
        return [o for o in self.orders.values() if o.status == "Submitted"]

    def _place(self, call: calls.PlaceOrder) -> None:
        known = self.orders.get(call.order_id)
        if known is not None:
            known.placements += 1
            return
        order = self.orders[call.order_id] = TwsOrder(call, 900 + call.order_id)
        if not call.transmit:
            order.status = "held"
            return
        self._transmit(call)
        if self.chance.random() < 0.8:
            self._say(self._open(order), self._status(order))

    def _write(self, call: calls.PlaceOrder | calls.PlaceGroup) -> None:
        """Sometimes the connection breaks in the middle of a write."""
        orders = call.orders if isinstance(call, calls.PlaceGroup) else (call,)
        arrived = len(orders) if self.chance.random() < 0.85 else self.chance.randrange(len(orders))
        for each in orders[:arrived]:
            self._place(each)
        self.is_broken = arrived < len(orders)

    def _transmit(self, child: calls.PlaceOrder) -> None:
        """The last order of a bracket takes its parent and the other children along."""
        if not child.parent_id:
            return
        for order in self.orders.values():
            family = (order.call.order_id, order.call.parent_id)
            if order.status == "held" and child.parent_id in family:
                order.status = "Submitted"
                self._say(self._open(order))

    def _end_rest(self, filled: TwsOrder) -> None:
        """Of an OCA group one fill ends the others."""
        for order in self._alive():
            if order.call.oca_group and order.call.oca_group == filled.call.oca_group:
                order.status = "Cancelled"
                self._say(self._status(order))

    def _cancel(self, order_id: int) -> None:
        order = self.orders.get(order_id)
        if order is None or order.status != "Submitted":
            self._say(inputs.TwsErrorReceived(order_id, 10147, "not found"))
            return
        order.status = "Cancelled"
        self._say(self._status(order), inputs.TwsErrorReceived(order_id, 202, "Order Canceled"))

    def _open(self, order: TwsOrder) -> inputs.OpenOrder:
        call = order.call
        return inputs.OpenOrder(call.order_id, order.perm_id, 1, CONTRACT, call.order, call.order_ref, order.status)

    def _completed(self, order: TwsOrder) -> inputs.CompletedOrder:
        call, filled = order.call, Decimal(5 if order.status == "Filled" else 0)
        return inputs.CompletedOrder(order.perm_id, CONTRACT, call.order, call.order_ref, order.status, filled, "")

    def _status(self, order: TwsOrder) -> inputs.OrderStatus:
        filled = Decimal(5 if order.status == "Filled" else 0)
        return inputs.OrderStatus(
            *(order.call.order_id, order.status, filled, 5 - filled, 190.0),
            *(order.perm_id, None, None, 1, ""),
        )

    def _position(self) -> inputs.PositionRow:
        return inputs.PositionRow(ACCOUNT, CONTRACT, 5 * len(self.executions) + self.from_elsewhere, 190.0)

    def _execution(self, exec_id: str, req_id: int) -> inputs.ExecutionReceived:
        order = self.orders[self.executions[exec_id]]
        execution = fill(exec_id, order_id=order.call.order_id, perm_id=order.perm_id)
        return inputs.ExecutionReceived(req_id, execution, order.call.order_ref)


class World:
    """Everything, and the clock. `crash` is the chance that the bridge dies in the middle of its effects, `fail` that
    a turn cannot be written.
    """

    def __init__(self, seed: int, crash: float = 0.03, fail: float = 0.0) -> None:
        self.chance = Random(seed)
        self.crash = crash
        self.fail = fail
        self.has_failed = False
        self.failures = 0
        self.cancels_sent = 0
        self.stops = self.asked = 0
        self.disk = Disk()
        self.tws = Tws(self.chance)
        self.now = 1_000 * SECOND
        self.accepted: dict[str, int] = {}
        self.inbox: list[inputs.Input] = []
        self.start()

    def start(self) -> None:
        self.tws.drop()
        self.wake = self.now
        self.inbox = []
        self.has_failed = self.has_stopped = False
        self.unanswered: set[str] = set()
        self.bridge = DegradingBridge(SETTINGS, self.disk.restored())
        self.feed(inputs.Started())

    def feed(self, happened: inputs.Input | JournalWorks) -> None:
        """One turn of the loop: journal everything, then perform the rest, unless the process dies before."""
        effects = [effect for effect in self.bridge.handle(happened, self.now) if not _is_audit(effect)]
        if self.chance.random() < self.crash:
            return self.start()
        effects = self._written(happened, effects)
        for effect in effects:
            if self.chance.random() < self.crash / 5:
                return self.start()
            self._perform(effect)
        if self.has_stopped:
            assert not self.unanswered
            self.stops += 1
            self.start()

    def _written(self, happened: inputs.Input | JournalWorks, effects: list[fx.Effect]) -> list[fx.Effect]:
        """What there is to do once the journal has taken the rows of a turn, or has failed to."""
        if self.has_failed:
            assert not any(isinstance(effect, fx.AppendJournal) for effect in effects)
            assert not any(isinstance(effect, fx.PublishEvent) and effect.seq for effect in effects)
        elif any(isinstance(effect, fx.AppendJournal) for effect in effects) and self.chance.random() < self.fail:
            self.has_failed = True
            self.failures += 1
            failed = JournalFails("no space left", self.disk.restored(), (happened,), tuple(effects))
            effects = self.bridge.handle(failed, self.now)
        for effect in effects:
            if isinstance(effect, fx.AppendJournal) and not _is_audit(effect):
                self.disk.write(effect.row)
        return effects

    def step(self) -> None:
        """One thing of all that could happen next."""
        if self.has_failed and self.chance.random() < 0.03:
            return self.mend()
        what = self.chance.choice(CHANCES)
        match what:
            case "place":
                self._ask(self._placement())
            case "resend" | "cancel" if self.accepted:
                self._ask(self._about_an_order(what))
            case "trade":
                self.tws.trade()
            case "drop" if self.chance.random() < 0.2:
                self.tws.drop()
                self.feed(inputs.TwsLost("reset"))
            case "drain" if self.chance.random() < 0.2:
                self.feed(inputs.DrainAsked())
            case "time":
                self._pass(self.chance.choice([0.1, 1.0, 6.0, 12.0]))
            case _:
                self._read()

    def place(self, key: str) -> None:
        """A client asks for a single order under this key."""
        self._ask(_single(key))

    def books(self) -> list[Book]:
        """What an admin is told of who holds what."""
        asked = inputs.CommandReceived(inputs.Client(b"admin", "root", "admin"), "books", ListBooks(), sid="run1")
        (told,) = (e.body for e in self.bridge.handle(asked, self.now) if isinstance(e, fx.SendReply))
        assert isinstance(told, Books)
        return told.rows

    def replace_disk(self, older: Disk) -> None:
        """A backup takes the place of the journal: its epoch is new, and only the floor of order ids is kept.

        TWS may leave the bridge without an answer at first.
        """
        older.next_order_id, older.epoch = self.disk.next_order_id, "f" * 16
        older.lost = Lost(self.now, self.now)
        self.tws.silences = self.chance.choice([0, 2, 4])
        self.disk = older
        self.start()

    def mend(self) -> None:
        """The disk works again."""
        self.has_failed = False
        self.feed(JournalWorks(self.disk.restored()))

    def settle(self) -> None:
        """No trouble for a while: everything is delivered and every sweep comes to its end."""
        trouble = self.crash, self.fail
        self.crash = self.fail = 0.0
        if self.has_failed:
            self.mend()
        for _ in range(60):
            while self.tws.outbox or self.inbox:
                self._read()
            self._pass(5.0)
        self.crash, self.fail = trouble

    def _placement(self) -> commands.PlaceOrder | commands.PlaceGroup:
        if self.chance.random() < 0.3:
            return self._group()
        key = f"k{self.chance.randrange(30)}"
        return _single(key, "filled" if self.chance.random() < 0.2 else "durable")

    def _about_an_order(self, what: str) -> commands.Command:
        if what == "cancel":
            return commands.CancelOrder(client_order_id=self.chance.choice(list(self.accepted)))
        states = [body["state"] for body in self.disk.orders.values()]
        absent = [s["client_order_id"] for s in states if s["status"] == "NOT_FOUND"]
        key = self.chance.choice(absent or list(self.accepted))
        return commands.ResendOrder(client_order_id=key, attempt=self.chance.choice([1, 1, 2]))

    def _group(self) -> commands.PlaceGroup:
        number = self.chance.randrange(8)
        members = [
            commands.GroupMember(client_order_id=f"g{number}.{part}", contract=CONTRACT, order=BUY) for part in "abc"
        ]
        return commands.PlaceGroup(kind="bracket" if number % 2 else "oca", members=members)

    def _ask(self, command: commands.Command) -> None:
        client = inputs.Client(b"r", "alice")
        self.asked += 1
        self.unanswered.add(str(self.asked))
        self.feed(inputs.CommandReceived(client, str(self.asked), command, sid=SETTINGS.sid))

    def _read(self) -> None:
        if self.inbox:
            self.feed(self.inbox.pop(0))
        elif self.tws.outbox:
            self.feed(self.tws.outbox.pop(0))

    def _pass(self, seconds: float) -> None:
        self.now += int(seconds * SECOND)
        if self.wake <= self.now:
            self.feed(inputs.TimePassed())

    def _perform(self, effect: fx.Effect) -> None:
        match effect:
            case fx.SendReply():
                self._answered(effect)
            case fx.Stop():
                self.has_stopped = True
            case fx.ConnectTws():
                self.tws.connect()
            case fx.DisconnectTws():
                self.tws.drop()
                self.inbox.append(inputs.TwsLost(effect.reason))
            case fx.CallTws():
                self.cancels_sent += self.has_failed and isinstance(effect.call, calls.CancelOrder)
                self.tws.call(effect.call)
                if self.tws.is_broken:
                    self.tws.drop()
                    self.inbox.append(inputs.TwsLost("broken in the middle of a write"))
            case fx.WakeAt():
                self.wake = effect.at_us

    def _answered(self, reply: fx.SendReply) -> None:
        """Each command is answered once."""
        self.unanswered.remove(reply.request_id)
        if isinstance(reply.body, OrderReply | OrderGroup) and reply.command != "order.cancel":
            states = reply.body.orders if isinstance(reply.body, OrderGroup) else [reply.body.order]
            self.accepted.update({state.client_order_id: state.order_id for state in states})


def _is_audit(effect: fx.Effect) -> bool:
    """Rows of the audit decide nothing: the histories are the same without them."""
    return isinstance(effect, fx.AppendJournal) and isinstance(effect.row, fx.AuditRow)


def _single(key: str, wait: Literal["durable", "filled"] = "durable") -> commands.PlaceOrder:
    return commands.PlaceOrder(client_order_id=key, contract=CONTRACT, order=BUY, wait=wait)
