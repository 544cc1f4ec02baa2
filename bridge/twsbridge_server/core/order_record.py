"""One order as the bridge remembers it: what was meant, what TWS said, what is still in the air."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from twsbridge.protocol.events import OrderChanged
from twsbridge.protocol.models import Contract, Order

REF_PREFIX = "B1"


@dataclass(slots=True)
class OrderRecord:
    """`change` is a modification that TWS has not confirmed; `misses` counts clean sweeps that lacked the order."""

    row_key: str
    state: OrderChanged
    order_ref: str = ""
    sent_us: int = 0
    acknowledged: bool = False
    change: Order | None = None
    change_sent_us: int = 0
    cancel_sent_us: int | None = None
    change_refused: bool = False
    doubtful_cancel: bool = False
    misses: int = 0

    @property
    def may_mean_the_change(self) -> bool:
        """True while a Cancelled that nobody asked for may be about a change, not about the order (ib_insync#502)."""
        return self.cancel_sent_us is None and (self.change is not None or self.change_refused)

    @property
    def is_ours(self) -> bool:
        """True for an order placed through this bridge."""
        return self.state.origin == "bridge"

    def body(self) -> dict[str, Any]:
        """What the journal keeps."""
        return {
            "state": self.state.wire(),
            "order_ref": self.order_ref,
            "sent_us": self.sent_us,
            "acknowledged": self.acknowledged,
            "change": self.change.wire() if self.change else None,
        }

    @classmethod
    def from_body(cls, row_key: str, body: dict[str, Any]) -> OrderRecord:
        """The record that `body` was made of."""
        change = body["change"]
        return cls(
            row_key=row_key,
            state=OrderChanged.model_validate(body["state"]),
            order_ref=body["order_ref"],
            sent_us=body["sent_us"],
            acknowledged=body["acknowledged"],
            change=Order.model_validate(change) if change else None,
        )


def order_ref(epoch: str, owner: str, client_order_id: str) -> str:
    """The reference that travels with the order through TWS: 22 printable characters, the same for the same key."""
    digest = hashlib.sha256(f"{epoch}|{owner}|{client_order_id}".encode()).digest()
    return REF_PREFIX + base64.b32encode(digest)[:20].decode()


def meaning(contract: Contract, order: Order) -> bytes:
    """A hash of what an order asks for, independent of the language that encoded it."""
    text = json.dumps([contract.wire(), order.wire()], sort_keys=True)
    return hashlib.sha256(text.encode()).digest()
