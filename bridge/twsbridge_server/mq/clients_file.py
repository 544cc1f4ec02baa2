"""Changes to the text of the keys file that leave everything else in it as it is: comments, order, blank lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

HEADING = """\
# Who may use this bridge, and what each may do. The running bridge reads this file again whenever it changes; a file
# with mistakes leaves the last good one in force. Edit it, or use `twsbridge keys`, which leaves your comments alone.
#
# [NAME]                           the owner of the client's orders
# public_key = "..."               the client has the other half, in its connection file
# role = "trader"                  observer reads; trader also trades; admin manages
# accounts = ["paper"]             "paper" is every paper account; a live account has to be named
# symbols = ["AAPL", "MSFT"]       what may be traded; left out: everything
# sec_types = ["STK"]              left out: all
# order_types = ["LMT", "STP"]     left out: all
# grants = ["cancel_any"]          also take_any, control_foreign; trade, for an admin who may trade as well
# lines = 100                      market data lines that it may open
# [NAME.limits]                    a table of its own after these: the words of limits.toml
# expires = 2030-12-31T00:00:00Z   refused from then on
"""

_HEADER = re.compile(r"\s*\[\s*(?P<name>\"[^\"]*\"|'[^']*'|[A-Za-z0-9_-]+)\s*(?P<inner>\.[^\]]*)?\]\s*(?:#.*)?")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def appended(text: str, name: str, values: Mapping[str, Any]) -> str:
    """With one more client at the end."""
    lines = [f"[{_key(name)}]", *(f"{field} = {literal(value)}" for field, value in values.items())]
    return text.rstrip("\n") + "\n\n" + "\n".join(lines) + "\n"


def without(text: str, name: str) -> str:
    """Without this client."""
    return "".join(line for owner, _, line in _owned(text) if owner != name).rstrip("\n") + "\n"


def changed(text: str, name: str, values: Mapping[str, Any]) -> str:
    """With other values for this client; None takes a field out, a field that is not there comes last."""
    result: list[str] = []
    left = dict(values)
    end = 0
    for owner, is_inner, line in _owned(text):
        field = line.partition("=")[0].strip()
        is_own = owner == name and not is_inner
        if is_own and field in values:
            value = left.pop(field, None)
            line = "" if value is None else _line(field, value, line)
        result.append(line)
        if is_own and line.strip():
            end = len(result)
    fresh = [_line(field, value) for field, value in left.items() if value is not None]
    return "".join([*result[:end], *fresh, *result[end:]])


def literal(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return json.dumps(value)


def _line(field: str, value: Any, before: str = "") -> str:
    """The field's line; a comment behind the value before stays."""
    comment = re.search(r"\s+#[^\"'\]]*$", before.rstrip("\n"))
    return f"{field} = {literal(value)}{comment[0] if comment else ''}\n"


def _owned(text: str) -> Iterator[tuple[str, bool, str]]:
    """Every line with the client whose table it is in, and whether that is an inner one, such as [NAME.limits].

    Comments belong to nobody.
    """
    owner, is_inner = "", False
    for line in text.splitlines(keepends=True):
        if match := _HEADER.fullmatch(line.rstrip("\n")):
            owner, is_inner = match["name"].strip("\"'"), bool(match["inner"])
        yield ("" if line.lstrip().startswith("#") else owner), is_inner, line


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name)
