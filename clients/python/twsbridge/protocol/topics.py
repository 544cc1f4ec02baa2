"""Topics of evt: `ord|<account>|`, `acct|<account>|`, `sys|`, `hb|`, `sync|<nonce>|`. Those of md: streams.py.

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


def is_reliable(topic: str) -> bool:
    """True for the sequenced streams that can be replayed."""
    return _RELIABLE.fullmatch(topic) is not None


def _name(name: str) -> str:
    if "|" in name:
        raise ValueError(f"{name!r} cannot be part of a topic")
    return name
