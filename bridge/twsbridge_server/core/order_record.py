"""One order as the bridge remembers it: what was meant, what TWS said, what is still in the air."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from twsbridge.protocol.events import OrderChanged
from twsbridge.protocol.models import Contract, Order
from twsbridge_server.core.leases import NO_LEASE, Lease

REF_PREFIX = "B1"


class Links(NamedTuple):
    """What ties an order to others: its parent, and the group of which only one fills. Fixed over its life.

    `family` are the order ids of all that were placed with it, itself included; empty for a single order.
    """

    parent_id: int = 0
    oca_group: str = ""
    oca_type: int = 0
    family: tuple[int, ...] = ()


@dataclass(slots=True)
class OrderRecord:
    """`change` is a modification that TWS has not confirmed; `change_doubt_us`: when one was refused or not answered
    (`doubted`: what it asked for), until a later sweep has shown the order. `missing_since_us`: when a complete sweep
    first lacked it.

    `is_concluded` is True while its end rests on an error alone: any sign of life undoes it. `contradicted_us`: when
    a sweep first showed it as open although it is done. `is_queued` is True while it has not been sent, because it
    waits for its turn. `told_filled` is what TWS's statuses say is filled, executions apart. `lease` says which
    process it is held by, and `fate` what was decided when that process was gone (orphans.py). `reserved_price` is
    what one unit was reckoned at when it was placed.
    """

    row_key: str
    state: OrderChanged
    order_ref: str = ""
    sent_us: int = 0
    acknowledged: bool = False
    change: Order | None = None
    cancel_sent_us: int | None = None
    change_doubt_us: int | None = None
    doubted: Order | None = None
    doubtful_cancel: bool = False
    missing_since_us: int | None = None
    contradicted_us: int | None = None
    is_concluded: bool = False
    links: Links = Links()
    is_queued: bool = False
    told_filled: Decimal = Decimal(0)
    lease: Lease = NO_LEASE
    fate: str = ""
    placed_us: int = 0
    reserved_price: float = 0.0

    @property
    def number(self) -> int:
        """The order id of an order that has one: every order of this bridge does."""
        assert self.state.order_id is not None
        return self.state.order_id

    @property
    def may_mean_the_change(self) -> bool:
        """True while a Cancelled that nobody asked for may be about a change, not about the order (ib_insync#502)."""
        return self.cancel_sent_us is None and (self.change is not None or self.change_doubt_us is not None)

    def doubt_change(self, now: int) -> None:
        """Nobody waits for the change any more, if there was one, and what TWS says of it may still come."""
        if self.change is not None:
            self.change, self.doubted, self.change_doubt_us = None, self.change, now

    def shown(self) -> None:
        """TWS has it."""
        self.acknowledged, self.missing_since_us = True, None

    @property
    def name(self) -> str:
        """How people call it: its order id, or the perm id of one from elsewhere."""
        return str(self.state.order_id if self.is_ours else self.state.perm_id)

    @property
    def placer(self) -> str | None:
        """The client among whose keys its client_order_id is."""
        return self.state.placed_by or self.state.owner

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
            "is_concluded": self.is_concluded,
            "change": self.change.wire() if self.change else None,
            "links": list(self.links),
            "lease": list(self.lease),
            "fate": self.fate,
            "placed_us": self.placed_us,
            "reserved_price": self.reserved_price,
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
            is_concluded=body.get("is_concluded", False),
            change=Order.model_validate(change) if change else None,
            links=_links(body.get("links", ())),
            lease=Lease(*body.get("lease", ())),
            fate=body.get("fate", ""),
            placed_us=body.get("placed_us", 0),
            reserved_price=body.get("reserved_price", 0.0),
        )


def order_ref(client_id: int, owner: str, client_order_id: str, attempt: int = 1) -> str:
    """The reference that travels with the order through TWS: 22 printable characters, the same for the same key.

    It outlives the journal: TWS shows by it that a key was used. Another bridge at the same TWS has another client id.
    A further attempt under the key has another: should TWS show the first one after all, they are not confused.
    """
    further = f"|{attempt}" if attempt > 1 else ""
    digest = hashlib.sha256(f"{client_id}|{owner}|{client_order_id}{further}".encode()).digest()
    return REF_PREFIX + base64.b32encode(digest)[:20].decode()


def meaning(contract: Contract, order: Order) -> bytes:
    """A hash of what an order asks for, independent of the language that encoded it."""
    text = json.dumps([contract.wire(), order.wire()], sort_keys=True)
    return hashlib.sha256(text.encode()).digest()


def _links(kept: Sequence[Any]) -> Links:
    """As the journal gives them back; an order from before there were any has none."""
    if not kept:
        return Links()
    parent_id, oca_group, oca_type, family = kept
    return Links(parent_id, oca_group, oca_type, tuple(family))
