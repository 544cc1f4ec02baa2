"""`notices.toml`: what codes of TWS say of an order, where this bridge's own tables do not know or are mistaken."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twsbridge_server.core.notices import Kind
from twsbridge_server.errors import CannotStart

WORDS = {"notice": Kind.NOTICE, "refused": Kind.ORDER, "cancel_refused": Kind.CANCEL}
"""notice: the order lives; refused: a new order, or a change, was refused; cancel_refused: a cancel was."""


def read_notices(path: Path) -> dict[int, Kind]:
    """Code -> what it says of an order; empty without a file. Raises CannotStart with what to correct."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise _wrong(path, str(error)) from None
    unknown = content.keys() - {"orders"}
    orders = content.get("orders", {})
    if unknown or not isinstance(orders, Mapping):
        raise _wrong(path, "there is one table, [orders]")
    return {_code(path, code): _kind(path, code, word) for code, word in orders.items()}


def _code(path: Path, text: str) -> int:
    if not text.isdecimal():
        raise _wrong(path, f"{text!r} is not a code of TWS, such as 399")
    return int(text)


def _kind(path: Path, code: str, word: Any) -> Kind:
    if not isinstance(word, str) or word not in WORDS:
        raise _wrong(path, f"{code} = {word!r}; a code is one of {', '.join(WORDS)}")
    return WORDS[word]


def _wrong(path: Path, reason: str) -> CannotStart:
    return CannotStart(f"{path} cannot be used: {reason}. Nothing was started.")
