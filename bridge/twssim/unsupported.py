"""Requests that TWS knows and the simulator has no content for: how TWS would decline them.

Declining means the same error code that TWS uses when the user has no permission or the service
has no such content, so a client meets nothing that a real TWS could not send.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Name of a request, where its id stands (fields after the message id), and the answer.

    `code` 0 means that TWS gives no answer to this request either. Codes 321 and 322 carry the
    text as their cause.
    """

    name: str
    req_id_field: int | None
    code: int = 0
    text: str = ""


UNSUPPORTED: dict[int, Refusal] = {
    106: Refusal("cancelContractData", 0),
}
