"""Topics: `ord|<account>|`, `acct|<account>|`, `sys|`, `hb|`, `sync|<nonce>|` on evt; `md|<line>|` on md.

Every topic ends with `|`, so that no topic is a prefix of another one.
"""

from __future__ import annotations

import re

SYSTEM = "sys|"
HEARTBEAT = "hb|"
ALL_ORDERS = "ord|"
ALL_ACCOUNTS = "acct|"

_LINE = re.compile(r"md\|(?P<con_id>[1-9][0-9]{0,14})@(?P<exchange>[A-Z0-9.]{1,24})\|")


def orders(account: str) -> str:
    """Orders, executions, commissions and corrections of one account."""
    return f"ord|{account}|"


def account(name: str) -> str:
    """Account values and positions of one account."""
    return f"acct|{name}|"


def sync(nonce: str) -> str:
    """The barrier: subscribed last, answered once with the heads of all streams."""
    return f"sync|{nonce}|"


def market_data(con_id: int, exchange: str) -> str:
    """The market data line of one contract at one exchange."""
    return f"md|{con_id}@{exchange}|"


def parse_market_data(topic: str) -> tuple[int, str] | None:
    """(con_id, exchange) of a market data topic, or None when it is not one."""
    match = _LINE.fullmatch(topic)
    return (int(match["con_id"]), match["exchange"]) if match else None


def is_reliable(topic: str) -> bool:
    """True for the sequenced streams that can be replayed."""
    return topic == SYSTEM or topic.startswith((ALL_ORDERS, ALL_ACCOUNTS))
