"""What currencies are worth in one another, by the account values of TWS: it names those that an account has."""

from __future__ import annotations

import math

from twsbridge_server.core.answers import RequestIds
from twsbridge_server.core.calls import ReqAccountSummary
from twsbridge_server.core.inputs import AccountSummaryRow

ALL_ACCOUNTS = "All"
LEDGER = "$LEDGER:ALL"
IN_BASE = "BASE"
"""The rows of all currencies together, in the base currency of the account."""


class ExchangeRates:
    """Listens to one account summary of its own, for the session's life: TWS allows two, and the ids stay the same."""

    def __init__(self, ids: RequestIds) -> None:
        self.req_id = ids.next()
        self._told: dict[str, dict[str, float]] = {}
        self._bases: dict[str, str] = {}

    @property
    def bases(self) -> set[str]:
        """The base currencies of the accounts, as far as they are known."""
        return set(self._bases.values())

    def ready(self) -> ReqAccountSummary:
        """A new session: what was told before says nothing of now."""
        self._told.clear()
        return ReqAccountSummary(self.req_id, ALL_ACCOUNTS, LEDGER)

    def has_base(self, account: str, currency: str) -> None:
        """The account is kept in this currency: one of it is worth one."""
        self._bases[account] = currency
        self._told.setdefault(account, {}).setdefault(currency, 1.0)

    def row(self, said: AccountSummaryRow) -> None:
        """A row of the ledger of a currency. With several accounts in the login it may name none of them."""
        if said.tag == "RealCurrency" and said.currency == IN_BASE and len(said.value) == 3:
            self._told.setdefault(said.account, {}).setdefault(said.value, 1.0)
        elif said.tag == "ExchangeRate" and said.currency != IN_BASE:
            self._set(said.account, said.currency, said.value)

    def between(self, currency: str, into: str) -> float | None:
        """How many of `into` one of `currency` is worth: the highest of all accounts; None where none has both."""
        if currency == into:
            return 1.0
        tables = [told for told in self._told.values() if currency in told and into in told]
        return max((told[currency] / told[into] for told in tables), default=None)

    def _set(self, account: str, currency: str, text: str) -> None:
        """A rate that is none makes the last one void."""
        told = self._told.setdefault(account, {})
        told.pop(currency, None)
        try:
            rate = float(text)
        except ValueError:
            return
        if math.isfinite(rate) and rate > 0:
            told[currency] = rate
