"""What a key may do, as the keys file says it: accounts, symbols, kinds of orders, grants, market data lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from twsbridge.protocol import topics
from twsbridge.protocol.replies import Head
from twsbridge_server.core.limits.terms import Limits

Role = Literal["observer", "trader", "admin"]
Grant = Literal["trade", "cancel_any", "take_any", "control_foreign"]

ROLES: tuple[Role, ...] = get_args(Role)
GRANTS: dict[Grant, str] = {
    "trade": "an admin may place, change and cancel orders, as a trader may",
    "cancel_any": "may cancel the orders of other clients in the key's accounts",
    "take_any": "may take over and give away the orders of other clients in the key's accounts",
    "control_foreign": "may cancel manual and foreign orders by perm id; with `cancel_any`: everything in the login",
}
"""What may be granted beyond the role."""

PAPER = "paper"
"""Stands for every paper account. A live account has to be named."""

PAPER_PREFIXES = ("DU", "DF")
"""How IB names paper accounts; every other account is treated as live."""

_PER_ACCOUNT = (topics.ALL_ORDERS, topics.ALL_ACCOUNTS)


@dataclass(frozen=True, slots=True)
class Rights:
    """Empty `symbols`, `sec_types` and `order_types` mean all. `lines` is the most market data lines to open."""

    accounts: tuple[str, ...] = (PAPER,)
    symbols: frozenset[str] = frozenset()
    sec_types: frozenset[str] = frozenset()
    order_types: frozenset[str] = frozenset()
    grants: frozenset[str] = frozenset()
    lines: int = 100
    limits: Limits = Limits()

    def reaches(self, account: str) -> bool:
        """True for the accounts of this key."""
        return account in self.accounts or (PAPER in self.accounts and account.startswith(PAPER_PREFIXES))

    def reads(self, stream: str) -> bool:
        """True for the streams that this key may follow: those of its accounts, and those of no account."""
        kind, _, rest = stream.partition("|")
        return f"{kind}|" not in _PER_ACCOUNT or self.reaches(rest.removesuffix("|"))

    def readable(self, heads: Mapping[str, Head]) -> dict[str, Head]:
        """The heads of the streams that this key may follow."""
        return {stream: head for stream, head in heads.items() if self.reads(stream)}

    def subscriptions(self, topic: str) -> list[str]:
        """What a subscription to this topic amounts to; a prefix of all accounts shrinks to those of the key."""
        if topic == topics.HEARTBEAT:
            return [f"{topic}{self.scope()}|"]
        if topic in _PER_ACCOUNT:
            return [f"{topic}{place.removesuffix('*')}" for place in self._places()]
        return [topic] if self.reads(topic) else []

    def scope(self) -> str:
        """The accounts in one word: keys of the same scope hear the same heartbeats."""
        return ",".join(place.removesuffix("|") for place in self._places())

    def _places(self) -> list[str]:
        """Accounts as ends of topics: a whole one ends with |, all that begin alike with *."""
        named = [f"{account}|" for account in self.accounts if account != PAPER]
        return sorted([*named, *(f"{prefix}*" for prefix in PAPER_PREFIXES if PAPER in self.accounts)])


def is_paper(account: str) -> bool:
    """True for an account without real money, by IB's way of naming."""
    return account.startswith(PAPER_PREFIXES)
