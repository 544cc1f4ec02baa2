"""Realised losses of the day, as TWS tells them with commissions. The day begins at midnight UTC."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from twsbridge.protocol.models import Commission, Execution
from twsbridge_server.core.limits.terms import Scope

DAY_US = 24 * 3600 * 1_000_000


class _Fill(NamedTuple):
    owner: str
    account: str
    day: int


class Losses:
    """Sums by owner and by account, each currency for itself: a gain in one does not cover a loss in another."""

    def __init__(self, executions: Mapping[str, dict[str, Any]], commissions: Mapping[str, dict[str, Any]]) -> None:
        self._fills: dict[str, _Fill] = {}
        self._sums: defaultdict[tuple[int, Scope, str], Decimal] = defaultdict(Decimal)
        for body in executions.values():
            self.filled(Execution.model_validate(body), 0)
        for body in commissions.values():
            self.commissioned(Commission.model_validate(body))

    def filled(self, fill: Execution, now: int) -> None:
        """Whose fill it is, for the commission that follows."""
        self._fills[fill.exec_id] = _Fill(fill.owner or "", fill.account, fill.time_us // DAY_US)

    def commissioned(self, said: Commission) -> None:
        """Commission of a fill, with what it realised."""
        fill = self._fills.pop(said.exec_id, None)
        if fill is None or said.realized_pnl is None:
            return
        for scope in (Scope("client", fill.owner), Scope("account", fill.account), Scope("global")):
            self._sums[fill.day, scope, said.currency] += said.realized_pnl

    def today(self, scope: Scope, now: int) -> dict[str, Decimal]:
        """The losses of today by currency; those that are gains are left out."""
        day = now // DAY_US
        return {
            currency: -total
            for (when, whose, currency), total in self._sums.items()
            if (when, whose) == (day, scope) and total < 0
        }
