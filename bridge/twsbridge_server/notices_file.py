"""`notices.toml`: what codes of TWS mean, where this bridge's own tables do not know or are mistaken."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twsbridge_server.core.notices import Kind, Meanings
from twsbridge_server.errors import CannotStart

WORDS = {
    "orders": {"notice": Kind.NOTICE, "refused": Kind.ORDER, "cancel_refused": Kind.CANCEL},
    "requests": {"notice": Kind.NOTICE, "refused": Kind.REQUEST},
}
"""Of each table. notice: the order, the request or the stream goes on; refused: a new order, or a change, was refused,
or the request or stream has ended; cancel_refused: a cancel was."""


def read_notices(path: Path) -> Meanings:
    """What codes mean; nothing more than the tables know without a file. Raises CannotStart with what to correct."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Meanings()
    except (OSError, ValueError) as error:
        raise _wrong(path, str(error)) from None
    if content.keys() - WORDS.keys() or not all(isinstance(table, Mapping) for table in content.values()):
        raise _wrong(path, "there are two tables, [orders] and [requests]")
    return Meanings(**{name: _kinds(path, table, WORDS[name]) for name, table in content.items()})


def _kinds(path: Path, table: Mapping[str, Any], words: Mapping[str, Kind]) -> dict[int, Kind]:
    return {_code(path, code): _kind(path, code, word, words) for code, word in table.items()}


def _code(path: Path, text: str) -> int:
    if not text.isdecimal():
        raise _wrong(path, f"{text!r} is not a code of TWS, such as 399")
    return int(text)


def _kind(path: Path, code: str, word: Any, words: Mapping[str, Kind]) -> Kind:
    if not isinstance(word, str) or word not in words:
        raise _wrong(path, f"{code} = {word!r}; a code is one of {', '.join(words)}")
    return words[word]


def _wrong(path: Path, reason: str) -> CannotStart:
    return CannotStart(f"{path} cannot be used: {reason}. Nothing was started.")
