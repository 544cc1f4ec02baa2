"""What a replay has said of orders and executions so far, for a client that asks again where the recording does not."""

from __future__ import annotations

from twssim.replay.messages import COMMISSION, EXECUTION, OPEN_ORDER, ORDER, ORDER_STATUS, REQUEST, Message

LIVE = -1
"""The request id of an execution that nobody has asked for."""

ENDED = frozenset({"Filled", "Cancelled", "ApiCancelled", "Inactive"})


class Memory:
    """Keeps the messages as the client got them."""

    def __init__(self, version: int) -> None:
        """Nothing has been said yet."""
        self._version = version
        self._orders: dict[int, dict[int, bytes]] = {}
        self._ended: set[int] = set()
        self._executions: list[bytes] = []

    def note(self, payload: bytes) -> None:
        """Remember what was sent."""
        message = Message.of(payload, self._version)
        if message.id in (OPEN_ORDER, ORDER_STATUS):
            order_id = dict(reversed(message.ids(self._version))).get(ORDER, 0)
            self._orders.setdefault(order_id, {})[message.id] = payload
            if message.id == ORDER_STATUS:
                (self._ended.add if message.text(1) in ENDED else self._ended.discard)(order_id)
        elif message.id in (EXECUTION, COMMISSION):
            live = self._asked_by(LIVE, payload)
            if live not in self._executions:
                self._executions.append(live)

    def open_orders(self) -> list[bytes]:
        """The last openOrder and orderStatus of every order that has not ended."""
        kept = [said for order_id, said in self._orders.items() if order_id not in self._ended]
        return [said[each] for said in kept for each in (OPEN_ORDER, ORDER_STATUS) if each in said]

    def executions(self, req_id: int) -> list[bytes]:
        """Every execution, with its commission, as the answer to a request."""
        return [self._asked_by(req_id, payload) for payload in self._executions]

    def _asked_by(self, req_id: int, payload: bytes) -> bytes:
        """The same message as the answer to a request."""

        def renumbered(kind: str, number: int) -> int:
            return req_id if kind == REQUEST else number

        return Message.of(payload, self._version).renumbered(self._version, renumbered)
