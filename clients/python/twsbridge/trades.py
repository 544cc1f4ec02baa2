"""All orders that the caller holds in hand, kept current by one background reader of order events."""

from __future__ import annotations

import threading
from weakref import WeakValueDictionary

from twsbridge.channel import Channel, build
from twsbridge.errors import BridgeError
from twsbridge.fills import Fill
from twsbridge.listener import Listener
from twsbridge.progress import Progress
from twsbridge.protocol import topics
from twsbridge.protocol.commands import GetOrder, ListExecutions
from twsbridge.protocol.models import Execution, OrderState
from twsbridge.protocol.replies import ExecutionRows, OrderReply
from twsbridge.stream_event import StreamEvent
from twsbridge.trade import Trade

Key = tuple[str, str]


class Trades:
    """The Trade handles of one client. Those that nobody holds any more are forgotten."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._lock = threading.Lock()
        self._orders: WeakValueDictionary[Key, Progress] = WeakValueDictionary()
        self._by_exec_id: WeakValueDictionary[str, Progress] = WeakValueDictionary()
        self._listener: Listener | None = None

    def listen(self, timeout: float | None = None) -> None:
        """See to it that events are being read; whatever happens after this call is seen."""
        with self._lock:
            if self._listener is None:
                self._listener = Listener(self._channel, (topics.ALL_ORDERS,), self._take, self._refresh, timeout)

    def expect(self, client_order_id: str, timeout: float | None = None) -> Progress:
        """Watch for events of an order that is about to be placed."""
        self.listen(timeout)
        welcome = self._channel.welcome
        owner = welcome.name if welcome else ""
        state = OrderState(client_order_id=client_order_id, owner=owner)
        with self._lock:
            return self._orders.setdefault((owner, client_order_id), Progress(state))

    def of(self, state: OrderState, timeout: float | None = None) -> Trade:
        """The handle of an order that exists, with the fills that it has had already."""
        self.listen(timeout)
        with self._lock:
            progress = self._orders.setdefault(_key(state), Progress(state))
        progress.update(state)
        if state.filled and not progress.is_complete:
            self._fetch_fills(progress, timeout)
        return Trade(self._channel, progress)

    def _fetch_fills(self, progress: Progress, timeout: float | None) -> None:
        command = build(ListExecutions, account=progress.state.order.account)
        for execution in self._channel.ask(command, ExecutionRows, timeout).rows:
            if _key(execution) == _key(progress.state):
                progress.add_fill(Fill.model_validate(execution.wire()))
                self._by_exec_id[execution.exec_id] = progress

    def _take(self, event: StreamEvent) -> None:
        """Give an event to the order it is about; most events are about orders that nobody here holds."""
        with self._lock:
            if event.type == "commission":
                progress = self._by_exec_id.get(str(event.body.get("exec_id")))
            else:
                progress = self._orders.get(_key_of_body(event))
                if progress is not None and event.type != "order":
                    self._by_exec_id[str(event.body["exec_id"])] = progress
        if progress is not None:
            progress.take(event)

    def _refresh(self) -> None:
        """Ask for every order anew, after a break in the events."""
        for progress in list(self._orders.values()):
            if order_id := progress.state.order_id:
                try:
                    progress.update(self._channel.ask(GetOrder(order_id=order_id), OrderReply).order)
                except BridgeError:
                    continue


def _key(what: OrderState | Execution) -> Key:
    """The owner's own key, or IB's lasting number for orders that were not placed through the bridge."""
    return (what.owner or "", what.client_order_id) if what.client_order_id else ("perm_id", str(what.perm_id))


def _key_of_body(event: StreamEvent) -> Key:
    owner, own_key = event.body.get("owner"), event.body.get("client_order_id")
    return (str(owner or ""), str(own_key)) if own_key else ("perm_id", str(event.body.get("perm_id")))
