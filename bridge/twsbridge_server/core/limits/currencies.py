"""Limits are in one currency: what is in another is converted at the rate of the moment. Without one it is refused.

Nothing converted is kept: what is held and what is reserved is worth something else when rates have moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from twsbridge.protocol.errors import WireError, make_error
from twsbridge_server.core.exchange_rates import ExchangeRates
from twsbridge_server.core.limits.terms import Scope, Stated


@dataclass(frozen=True, slots=True)
class Missing:
    """Why an amount of `currency` cannot be compared with a limit in `into`; an empty `into` is not known."""

    currency: str
    into: str
    bases: tuple[str, ...]

    def refusal(self, scope: Scope, limit: object) -> WireError:
        """The refusal of an order that depends on it."""
        if not self.into and not self.bases:
            return make_error("br.starting", "Limits in money are set, and TWS has not told the account values yet")
        if not self.into:
            text = f"The accounts are kept in {' and '.join(self.bases)}, and limits.toml names no currency"
        elif not self.currency:
            text = f"The contract names no currency, and the limits are in {self.into}"
        else:
            text = f"There is no exchange rate of {self.currency} in {self.into}, the currency of the limits"
        pair = f"{self.currency or '?'}.{self.into or '?'}"
        details = {"rule": "no_rate", "scope": str(scope), "limit": str(limit), "value": "unknown", "rate": pair}
        return make_error("limit.no_rate", text, details=details)


class Currencies:
    """Converts into the currency of the limits. TWS's rates come first, those of the file where TWS has none."""

    def __init__(self, exchange: ExchangeRates) -> None:
        self._exchange = exchange
        self.stated = Stated()

    @property
    def name(self) -> str:
        """The currency of the limits; empty while it is not known."""
        bases = self._exchange.bases
        return self.stated.currency or (next(iter(bases)) if len(bases) == 1 else "")

    def rate(self, currency: str) -> float | Missing:
        """What one of `currency` is worth in that of the limits."""
        into = self.name
        rate = self._exchange.between(currency, into) if currency and into else None
        if rate is None and into:
            rate = self.stated.rates.get(currency)
        return Missing(currency, into, tuple(sorted(self._exchange.bases))) if rate is None else rate

    def total(self, amounts: Mapping[str, Decimal]) -> float | Missing:
        """Amounts by currency added up."""
        total = 0.0
        for currency, amount in amounts.items():
            rate = self.rate(currency)
            if isinstance(rate, Missing):
                return rate
            total += float(amount) * rate
        return total
