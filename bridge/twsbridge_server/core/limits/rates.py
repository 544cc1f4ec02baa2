"""How many orders came of late: counted over those in the journal, so a restart does not begin anew."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import takewhile

from twsbridge.protocol.errors import WireError
from twsbridge.protocol.models import Contract, Order
from twsbridge_server.core.limits.instruments import may_be_same
from twsbridge_server.core.limits.rules import refused
from twsbridge_server.core.limits.terms import Limits, Scope
from twsbridge_server.core.order_record import OrderRecord

SECOND = 1_000_000
MINUTE = 60 * SECOND
REPEAT_US = 2 * SECOND

_TERMS = ("action", "quantity", "order_type", "limit_price", "stop_price", "account", "tif")


class Rates:
    """The orders of the last minute, oldest first."""

    def __init__(self, records: Iterable[OrderRecord]) -> None:
        placed = (record for record in records if record.is_ours and record.placed_us)
        self._recent = deque(sorted(placed, key=lambda record: record.placed_us))

    def placed(self, record: OrderRecord) -> None:
        """A new order was accepted."""
        if not self._recent or self._recent[-1] is not record:
            self._recent.append(record)

    def refusal(
        self, wanted: tuple[Contract, Order], client: str, of: tuple[Scope, Limits, int], now: int
    ) -> WireError | None:
        """Why one more order now would be too much beside so many of the same group, or None."""
        while self._recent and not 0 <= now - self._recent[0].placed_us < MINUTE:
            self._recent.popleft()
        return self._too_many(wanted[1].account, of, now) or self._same(wanted, client, of, now)

    def _too_many(self, account: str, of: tuple[Scope, Limits, int], now: int) -> WireError | None:
        scope, limits, more = of
        for most, span, word in (
            (limits.orders_per_second, SECOND, "second"),
            (limits.orders_per_minute, MINUTE, "minute"),
        ):
            if most is None:
                continue
            count = more + sum(_counts(record, scope, account) for record in self._since(now - span))
            if count >= most:
                text = f"It would be order {count + 1} within a {word}"
                return refused("rate", scope, f"{most} per {word}", count + 1, text)
        return None

    def _same(
        self, wanted: tuple[Contract, Order], client: str, of: tuple[Scope, Limits, int], now: int
    ) -> WireError | None:
        scope, limits, _ = of
        if limits.same_order_in_2s is None:
            return None
        alike = [
            record
            for record in self._since(now - REPEAT_US)
            if (record.placer == client or scope.kind != "client") and _is_alike(record, *wanted)
        ]
        if len(alike) < limits.same_order_in_2s:
            return None
        text = f"The same order was sent {len(alike)} times within 2 s"
        return refused("repeat", scope, limits.same_order_in_2s, len(alike) + 1, text)

    def _since(self, instant: int) -> list[OrderRecord]:
        return list(takewhile(lambda record: record.placed_us > instant, reversed(self._recent)))


def _counts(record: OrderRecord, scope: Scope, account: str) -> bool:
    if scope.kind == "client":
        return record.placer == scope.name
    return scope.kind == "global" or record.state.order.account == account


def _is_alike(record: OrderRecord, contract: Contract, order: Order) -> bool:
    mine = record.state.order
    return all(getattr(mine, term) == getattr(order, term) for term in _TERMS) and may_be_same(
        record.state.contract, contract
    )
