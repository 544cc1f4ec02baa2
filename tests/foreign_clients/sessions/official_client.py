"""The official client as it is, its own socket, threads and decoder; any release from 9.81 on."""

from __future__ import annotations

import inspect
import logging
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from ibapi.client import EClient
from ibapi.contract import Contract
from ibapi.decoder import Decoder
from ibapi.order import Order
from ibapi.wrapper import EWrapper
from reporting import NOTICES, PATIENCE, report_complaints, tell

Event = tuple[str, tuple[Any, ...]]


class Fields(list[bytes]):
    """The fields of one message; whoever has iterated over them must have taken all."""

    left = 0

    def __iter__(self) -> Iterator[bytes]:
        self.left = len(self)
        for index in range(len(self)):
            self.left -= 1
            yield self[index]


def _checked(interpret: Callable[..., None]) -> Callable[..., None]:
    def checking(self: Decoder, fields: list[bytes], *message_id: int) -> None:
        counted = Fields(fields)
        interpret(self, counted, *message_id)
        if counted.left:
            tell(amiss=f"{counted.left} fields too many in {message_id} {list(fields)}")

    return checking


Decoder.interpret = _checked(Decoder.interpret)


class _Recorder(EWrapper):
    heard: Callable[[str, tuple[Any, ...]], None]


def _recording(name: str) -> Callable[..., None]:
    return lambda self, *arguments: self.heard(name, arguments)


CALLBACKS = [name for name, _ in inspect.getmembers(EWrapper, inspect.isfunction)]
for _name in CALLBACKS:
    if not _name.startswith(("_", "logAnswer")) and "ProtoBuf" not in _name:
        setattr(_Recorder, _name, _recording(_name))


class Client:
    """One connection; everything heard is kept, and waited for with a deadline."""

    def __init__(self, port: int, client_id: int) -> None:
        self.events: list[Event] = []
        self.expected: set[tuple[int, int]] = set()
        self.closing = False
        self._judged = 0
        self._changed = threading.Condition()
        recorder = _Recorder()
        recorder.heard = self._heard
        self.api: Any = EClient(recorder)
        self.api.connect("127.0.0.1", port, client_id)
        self._thread = threading.Thread(target=self.api.run)
        self._thread.start()

    def _heard(self, name: str, arguments: tuple[Any, ...]) -> None:
        with self._changed:
            self.events.append((name, arguments))
            self._changed.notify_all()

    def of(self, *names: str) -> list[tuple[Any, ...]]:
        """The arguments of callbacks so far."""
        with self._changed:
            return [arguments for name, arguments in self.events if name in names]

    def errors(self) -> list[tuple[int, int]]:
        """Id and code of every error; between the two, recent releases tell the time."""
        return [(each[0], each[2] if isinstance(each[2], int) else each[1]) for each in self.of("error")]

    def until(self, condition: Callable[[], Any]) -> Any:
        """The first true value of a condition about what was heard."""
        with self._changed:
            if not self._changed.wait_for(condition, PATIENCE):
                raise TimeoutError(f"not within {PATIENCE} s: {inspect.getsource(condition)}\n{self.events[-30:]}")
            return condition()

    def answer(self, name: str, req_id: int | None = None) -> tuple[Any, ...]:
        """The first callback of a name, and of a request if one is given."""
        found: tuple[Any, ...] = self.until(
            lambda: [each for each in self.of(name) if req_id is None or each[0] == req_id]
        )[0]
        return found

    def rows(self, name: str, req_id: int) -> list[tuple[Any, ...]]:
        """All callbacks of a name for one request, without the id."""
        return [each[1:] for each in self.of(name) if each[0] == req_id]

    def refused(self, id: int, code: int) -> None:
        """Wait for an error, which is as it should be."""
        self.expected.add((id, code))
        self.until(lambda: (id, code) in self.errors())

    def take_unexpected(self) -> list[tuple[Any, ...]]:
        """Errors since the last call that no step has expected."""
        told = list(zip(self.errors(), self.of("error"), strict=False))[self._judged :]
        self._judged += len(told)
        return [text for (id, code), text in told if code not in NOTICES and (id, code) not in self.expected]

    def cancel(self, order_id: int) -> None:
        self.api.cancelOrder(*self._cancellation("cancelOrder", order_id))

    def cancel_all(self) -> None:
        self.api.reqGlobalCancel(*self._cancellation("reqGlobalCancel"))

    def _cancellation(self, method: str, *arguments: int) -> list[Any]:
        """Recent releases want an OrderCancel too; of the others some have a default."""
        wanted = list(inspect.signature(getattr(EClient, method)).parameters.values())[1 + len(arguments) :]
        if not wanted:
            return [*arguments]
        if wanted[0].name == "manualCancelOrderTime":
            return [*arguments, ""]
        from ibapi.order_cancel import OrderCancel

        return [*arguments, OrderCancel()]

    def close(self) -> None:
        """Disconnect; the thread must end."""
        self.closing = True
        self.api.disconnect()
        self._thread.join(PATIENCE)
        if self._thread.is_alive():
            raise TimeoutError("the client's loop goes on after disconnect()")


def contract(
    symbol: str, sec_type: str = "STK", exchange: str = "SMART", currency: str = "USD", **more: Any
) -> Contract:
    made = Contract()
    made.symbol, made.secType, made.exchange, made.currency = symbol, sec_type, exchange, currency
    for name, value in more.items():
        setattr(made, name, value)
    return made


def order(action: str, kind: str, quantity: int, **more: Any) -> Order:
    made = Order()
    made.action, made.orderType = action, kind
    made.totalQuantity = Decimal(quantity) if isinstance(made.totalQuantity, Decimal) else quantity
    if hasattr(made, "eTradeOnly"):
        made.eTradeOnly = made.firmQuoteOnly = False
    for name, value in more.items():
        setattr(made, name, value)
    return made


def watch(clients: list[Client]) -> None:
    """Report what the client logs, save while it is being closed: 9.81 logs that its own socket is gone."""
    report_complaints(lambda record: record.levelno < logging.WARNING or any(each.closing for each in clients))
