"""What TWS says to one-shot questions, as inputs of the core."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twsbridge.protocol.what_if import Preview


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """Parts of the answer to a question of queries/questions.py, in order, as models of the protocol."""

    req_id: int
    parts: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class AnswerEnd:
    """The answer to a question is complete."""

    req_id: int


@dataclass(frozen=True, slots=True)
class IdlessAnswer:
    """The whole answer to a question without an id; `subject` is that of the question."""

    subject: str
    parts: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class PreviewReceived:
    """TWS's answer to a what-if order, of this client id or of another."""

    order_id: int
    client_id: int
    preview: Preview


Answered = AnswerPart | AnswerEnd | IdlessAnswer | PreviewReceived
"""What the shell towards TWS delivers."""
