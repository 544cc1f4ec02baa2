"""Rules that halt by themselves: too large a loss, too many rejected orders, records that differ from TWS's.

The halt is that of the kill switch: it stands in the journal until an admin resumes, who has looked at the reason.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from twsbridge.protocol.fields import decimal_text
from twsbridge.protocol.models import Break, Commission, Halt
from twsbridge_server.core.breaks import Breaks
from twsbridge_server.core.effects import Effect
from twsbridge_server.core.executions import Executions
from twsbridge_server.core.halting import Halting
from twsbridge_server.core.known_clients import KnownClients
from twsbridge_server.core.limits.currencies import Missing
from twsbridge_server.core.limits.pretrade import PreTrade
from twsbridge_server.core.limits.terms import DUPLICATE, Limits, Scope
from twsbridge_server.core.order_record import OrderRecord
from twsbridge_server.core.orders import Orders

MINUTE_US = 60_000_000
AGAIN_US = 5_000_000


class _Rejected(NamedTuple):
    row_key: str
    scopes: tuple[Scope, ...]
    at_us: int


class Tripwires:
    """Collects what happens in a turn; `due` halts, at the end of the same turn, whom the limits say."""

    def __init__(self, limits: PreTrade, clients: KnownClients, halting: Halting) -> None:
        self._limits = limits
        self._clients = clients
        self._halting = halting
        self._rejected: deque[_Rejected] = deque()
        self._halts: list[Halt] = []
        self._look_us: int | None = None

    def listen(self, orders: Orders, executions: Executions, breaks: Breaks) -> Tripwires:
        """Hear of orders, of what fills realise, and of differences."""
        orders.listeners.append(self._changed)
        executions.on_commission.append(self._commissioned)
        breaks.on_found.append(self._found)
        return self

    def due(self, now: int) -> list[Effect]:
        """Halt whom this turn has given a reason for."""
        if self._look_us is not None and self._look_us <= now:
            self._look_us = None
            self._halts += self._too_large_losses(now)
        halts, self._halts = self._halts, []
        return [effect for halt in halts for effect in self._halting.by_rule(halt, now)]

    def next_due(self) -> int | None:
        """At once, when there is a reason; later, when TWS has yet to say what the accounts are kept in."""
        return 0 if self._halts else self._look_us

    def _changed(self, record: OrderRecord, now: int) -> list[Effect]:
        """An order was rejected by TWS: is that one too many in a minute?"""
        if record.state.status != "Rejected" or any(each.row_key == record.row_key for each in self._rejected):
            return []
        limits = dict(self._in_force(record.state.owner or "", record.state.order.account))
        self._rejected.append(_Rejected(record.row_key, tuple(limits), now))
        while self._rejected[0].at_us <= now - MINUTE_US:
            self._rejected.popleft()
        for scope, own in limits.items():
            count = sum(scope in each.scopes for each in self._rejected)
            if own.halt_rejects_per_minute is not None and count > own.halt_rejects_per_minute:
                reason = f"TWS rejected {count} orders within a minute; the limit is {own.halt_rejects_per_minute}"
                self._halt(scope, "rejects", reason)
        return []

    def _commissioned(self, said: Commission) -> None:
        if (said.realized_pnl or 0) < 0:
            self._look_us = 0

    def _found(self, difference: Break, now: int) -> None:
        """A duplicate always halts its client: whatever it does doubles orders."""
        for scope, limits in self._in_force(difference.owner or "", difference.account):
            is_its_client = difference.subject == DUPLICATE and scope.kind == "client"
            if is_its_client or difference.subject in limits.halt_on:
                self._halt(scope, difference.subject, difference.text)

    def _too_large_losses(self, now: int) -> Iterator[Halt]:
        for scope, limits in self._all_in_force():
            if limits.halt_daily_loss is None:
                continue
            loss, most = self._limits.loss(scope, now), decimal_text(limits.halt_daily_loss)
            if isinstance(loss, Missing):
                refusal = loss.refusal(scope, most)
                if refusal.code == "br.starting":
                    self._look_us = now + AGAIN_US
                else:
                    yield _halt(scope, "daily_loss", f"What today's losses come to cannot be told: {refusal.msg}")
            elif loss >= float(limits.halt_daily_loss):
                yield _halt(scope, "daily_loss", f"Today's realised loss is {loss:.2f}; the limit is {most}")

    def _in_force(self, client: str, account: str) -> Iterator[tuple[Scope, Limits]]:
        known = self._clients.by_name(client)
        own = known.rights.limits if known else Limits()
        return (each for each in self._limits.table.of(client, own, account) if each[0] != Scope("client"))

    def _all_in_force(self) -> Iterator[tuple[Scope, Limits]]:
        for client in self._clients:
            yield Scope("client", client.name), client.rights.limits
        for account, limits in self._limits.table.accounts.items():
            yield Scope("account", account), limits
        yield Scope("global"), self._limits.table.everything

    def _halt(self, scope: Scope, rule: str, reason: str) -> None:
        self._halts.append(_halt(scope, rule, reason))


def _halt(scope: Scope, rule: str, reason: str) -> Halt:
    return Halt(scope=scope.kind, of=scope.name, reason=reason, by=f"rule:{rule}")
