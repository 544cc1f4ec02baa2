"""One model per event, by stream. Clients ignore event types and fields that they do not know."""

from __future__ import annotations

from typing import Any, ClassVar

from twsbridge.protocol.fields import Int, Micros, WireModel
from twsbridge.protocol.models import (
    AccountValue,
    Break,
    Commission,
    Condition,
    Execution,
    Halt,
    Notice,
    OnDeath,
    OrderState,
    Position,
)
from twsbridge.protocol.replies import Head

REPLAYED = 1
"""Flag: the event comes from the journal, at the client's request."""

RECONCILED = 2
"""Flag: learnt from a comparison with TWS after an interruption, not as it happened."""

EVENTS: dict[str, type[Event]] = {}
"""Name on the wire -> model of the body."""


class Event(WireModel):
    """Base of event bodies that are not one of the nouns themselves."""

    name: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Enter the event into the table."""
        super().__init_subclass__(**kwargs)
        EVENTS[cls.name] = cls


class OrderChanged(Event, OrderState):
    """`ord|`: the whole order after every change; identical repetitions by TWS are left out."""

    name = "order"


class ExecutionReported(Event, Execution):
    """`ord|`: one fill, once. Its commission follows as an event of its own."""

    name = "execution"


class ExecutionCorrected(Event, Execution):
    """`ord|`: this execution takes the place of the one named by `replaces`."""

    name = "correction"


class CommissionReported(Event, Commission):
    """`ord|`: commission and realised P&L of the execution with this exec_id."""

    name = "commission"


class AccountValueChanged(Event, AccountValue):
    """`acct|`: one account value has changed."""

    name = "account_value"


class PositionChanged(Event, Position):
    """`acct|`: one holding has changed; zero means that it is closed."""

    name = "position"


class SessionChanged(Event):
    """`sys|`: the state of the session towards TWS, and why."""

    name = "session"
    state: str
    reason: str


class NoticeReceived(Event, Notice):
    """`sys|`: something TWS said that belongs to no request and no order. On `acct|` where it names an account."""

    name = "notice"


class Gap(Event):
    """`sys|`: from `since_us` on events may be missing until `resumed` follows; also in each `ord|` and `acct|`."""

    name = "gap"
    stream: str = ""
    since_us: Micros
    reason: str


class Resumed(Event):
    """`sys|`: the gap of `stream` is over, all was compared with TWS; also in each `ord|` and `acct|`.

    `data_lost`: ticks were missed.
    """

    name = "resumed"
    stream: str = ""
    since_us: Micros
    data_lost: bool


class JournalChanged(Event):
    """`sys|`: `state`: low (little room on the disk), works (no longer), replaced (an older journal, a new epoch)."""

    name = "journal"
    state: str
    reason: str


class ReconBreak(Event, Break):
    """`ord|`: a comparison with TWS found a difference, or, with `resolved`, finds it no more."""

    name = "recon.break"
    resolved: bool = False


class GroupBroken(Event):
    """`ord|`: an order of a group is not there, and others of the group are; `statuses` by order id."""

    name = "group.broken"
    account: str
    order_id: Int
    status: str
    statuses: dict[str, str]


class OwnerChanged(Event):
    """`sys|`: a process with a dead-man switch is gone, back, or gone and done: none of its orders waits for anything.

    `orders` are those of its orders that the switch holds, as far as they are not done.
    """

    name = "owner"
    client: str
    state: str
    on_death: OnDeath
    orders: Int
    reason: str = ""


class ConditionChanged(Event, Condition):
    """`sys|`: something stands in the way, or with `active` false does no more."""

    name = "condition"
    active: bool = True


class HaltChanged(Event, Halt):
    """`sys|`: the kill switch was set for a scope, or with state ACTIVE lifted."""

    name = "halt"


class Bye(Event):
    """`sys|`: the bridge is going down on purpose. `heads` tell where every stream ends, this event included."""

    name = "bye"
    expect_back_s: int | None = None
    heads: dict[str, Head] = {}


class Heartbeat(Event):
    """`hb|`, unsequenced, once a second: the heads reveal the loss of a last event."""

    name = "heartbeat"
    sid: str
    state: str
    heads: dict[str, Head]


class Synced(Event):
    """`sync|<nonce>|`, unsequenced: every subscription made before this one is in force, from these heads on.

    But for those in `refused`, which this key may not have.
    """

    name = "sync"
    sid: str
    heads: dict[str, Head]
    refused: list[str] = []
