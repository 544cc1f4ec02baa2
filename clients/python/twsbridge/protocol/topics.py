"""Topics: `ord|<account>|`, `acct|<account>|`, `sys|`, `hb|`, `sync|<nonce>|` on evt; `md|<line>|` on md.

Every topic ends with `|` and its names contain none, so that no topic is a prefix of another one. To subscribe to the
streams of all accounts, subscribe to ALL_ORDERS or ALL_ACCOUNTS.
"""

from __future__ import annotations

import re

SYSTEM = "sys|"
HEARTBEAT = "hb|"
ALL_ORDERS = "ord|"
ALL_ACCOUNTS = "acct|"
SYNC = "sync|"
SYNC = "sync|"

_LINE = re.compile(r"md\|(?P<con_id>[1-9][0-9]{0,14})@(?P<exchange>[A-Za-z0-9._&-]{1,24})\|", re.ASCII)
_RELIABLE = re.compile(r"sys\||(ord|acct)\|[^|]*\|")


def orders(account: str) -> str:
    """Orders, executions, commissions and corrections of one account."""
    return f"ord|{_name(account)}|"


def account(name: str) -> str:
    """Account values and positions of one account."""
    return f"acct|{_name(name)}|"


def sync(nonce: str) -> str:
    """The barrier: subscribed last, answered once with the heads of all streams."""
    return f"sync|{_name(nonce)}|"


def market_data(con_id: int, exchange: str) -> str:
    """The market data line of one contract at one exchange; raises ValueError where there can be none."""
    topic = f"md|{con_id}@{exchange}|"
    if not parse_market_data(topic):
        raise ValueError(f"no market data topic: con_id {con_id}, exchange {exchange!r}")
    return topic


def parse_market_data(topic: str) -> tuple[int, str] | None:
    """(con_id, exchange) of a market data topic, or None when it is not one."""
    match = _LINE.fullmatch(topic)
    return (int(match["con_id"]), match["exchange"]) if match else None


def is_reliable(topic: str) -> bool:
    """True for the sequenced streams that can be replayed."""
    return _RELIABLE.fullmatch(topic) is not None


def _name(name: str) -> str:
    if "|" in name:
        raise ValueError(f"{name!r} cannot be part of a topic")
    return name
