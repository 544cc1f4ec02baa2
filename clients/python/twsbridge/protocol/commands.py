"""One model per command, its name on the wire and the model of its reply. Unknown fields are refused.

`COMMANDS` is the table from which dispatch, schemas and documentation are made; those in queries.py are in it too.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from twsbridge.protocol import queries as queries
from twsbridge.protocol import replies
from twsbridge.protocol.books import ListBooks as ListBooks
from twsbridge.protocol.command import COMMANDS as COMMANDS
from twsbridge.protocol.command import IN_WORDS as IN_WORDS
from twsbridge.protocol.command import MAX_ROWS as MAX_ROWS
from twsbridge.protocol.command import BarSize as BarSize
from twsbridge.protocol.command import Command as Command
from twsbridge.protocol.command import Duration
from twsbridge.protocol.drain import Drain as Drain
from twsbridge.protocol.fields import Int, Micros, WireModel, rarely
from twsbridge.protocol.models import Contract, OnDeath, Order
from twsbridge.protocol.order_checks import check_order
from twsbridge.protocol.what_if import WhatIf as WhatIf

_KEY = r"^[!-~]+$"
_LEASE = r"^[!-~]*$"
IN_WORDS |= dict.fromkeys((_KEY, _LEASE), "must be printable ASCII without blanks")

ClientOrderId = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=_KEY)]
"""The caller's own key of an order: printable ASCII without blanks, unique per client for ever."""

Strategy = Annotated[str, StringConstraints(max_length=32, pattern=_LEASE)]
"""The client's own name of what an order is for: its fills are booked under it. It says nothing to TWS."""

PermId = Annotated[Int, Field(ge=1)]
"""IB's own number of an order: the same for everybody, in every session."""

MIN_MICROS, MAX_MICROS = -2_208_988_800_000_000, 7_258_118_400_000_000
MAX_GROUP = 10


class Hello(Command):
    """Open a session: which protocol versions the client speaks, and what it is.

    `on_death` other than keep is a dead-man switch for the orders that it will place: it holds once nothing has come
    from this session for `grace_ms`. `lease` names the process, the same after each reconnect, unlike all others.
    """

    name = "hello"
    reply = replies.Welcome
    needs_session = False
    protocol: Annotated[list[Int], Field(min_length=2, max_length=2)]
    library: Annotated[str, StringConstraints(max_length=64)] = ""
    on_death: OnDeath = rarely("keep")
    grace_ms: Annotated[Int, Field(ge=1000, le=3_600_000)] = rarely(5000)
    lease: Annotated[str, StringConstraints(max_length=64, pattern=_LEASE)] = rarely("")

    @model_validator(mode="after")
    def _check(self) -> Hello:
        if self.on_death != "keep" and not self.lease:
            raise PydanticCustomError("lease", "on_death needs a lease: a name of this process alone")
        return self


class Ping(Command):
    """A sign of life, when there is nothing else to send."""

    name = "ping"
    reply = replies.Pong
    needs_session = False


class Bye(Command):
    """The client leaves on purpose: its orders stay, whatever it chose in `hello`, or are treated as `orders` says."""

    name = "bye"
    reply = replies.Done
    orders: OnDeath = rarely("keep")


class GetStatus(Command):
    """The state of the bridge and of TWS: always answered, also when TWS is away."""

    name = "status"
    reply = replies.Status


class GetReplay(Command):
    """Events of a reliable stream from the journal, `from_seq` on; `stream.epoch` when the history was replaced."""

    name = "replay"
    reply = replies.Replay
    stream: str
    epoch: str
    from_seq: Annotated[Int, Field(ge=1)]
    limit: Annotated[Int, Field(ge=1, le=MAX_ROWS)] = 500


class GetSnapshot(Command):
    """Orders, positions and values of one account, and the seq from which its streams continue."""

    name = "snapshot"
    reply = replies.Snapshot
    account: str


class GetAccountSummary(Command):
    """Account values such as NetLiquidation; empty `tags` means all that TWS gives."""

    name = "account.summary"
    reply = replies.AccountValues
    account: str = ""
    tags: Annotated[list[str], Field(max_length=64)] = []


class ListPositions(Command):
    """Holdings of one account, or of all."""

    name = "positions.list"
    reply = replies.Positions
    account: str = ""


class GetContractDetails(Command):
    """Everything that matches a description of a contract."""

    name = "contract.details"
    reply = replies.ContractMatches
    contract: Contract


class GetBars(Command):
    """Historical bars that begin before `end_us` (None: now), for `duration` in TWS's notation, or from `start_us` on.

    A range is as long as one likes: the bridge asks TWS in pieces, and keeps what is final. With `progress` parts of
    the reply say how far it is; bulk waits for those that are interactive.
    """

    name = "history.bars"
    reply = replies.Bars
    contract: Contract
    duration: Duration | None = None
    bar_size: BarSize
    what_to_show: Literal["TRADES", "MIDPOINT", "BID", "ASK", "BID_ASK", "ADJUSTED_LAST"] = "TRADES"
    use_rth: bool = True
    end_us: Micros | None = None
    start_us: Micros | None = rarely(None)
    progress: bool = rarely(False)
    priority: Literal["interactive", "bulk"] = rarely("interactive")

    @model_validator(mode="after")
    def _check(self) -> GetBars:
        if (self.duration is None) == (self.start_us is None):
            raise PydanticCustomError("how_far", "give duration or start_us, one of them", {"field": "duration"})
        for field in ("start_us", "end_us"):
            instant = getattr(self, field)
            if instant is not None and not MIN_MICROS <= instant <= MAX_MICROS:
                raise PydanticCustomError("instant", "must lie between the years 1900 and 2200", {"field": field})
        return self


class CancelBars(Command):
    """End a `history.bars` of this connection, named by the id of its header; what was fetched stays in the cache."""

    name = "history.cancel"
    reply = replies.Done
    request_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class OpenQuote(Command):
    """Resolve a contract to its market data topic; the line itself opens when the topic is subscribed."""

    name = "quote.open"
    reply = replies.QuoteLine
    contract: Contract


class PlaceOrder(Command):
    """A new order under the caller's own key. The same key and body again returns the first outcome.

    `wait` says when to answer: durable (in the journal), acknowledged (TWS has it), filled (it is done).
    """

    name = "order.place"
    acts = True
    reply = replies.OrderReply
    client_order_id: ClientOrderId
    contract: Contract
    order: Order
    wait: Literal["durable", "acknowledged", "filled"] = "durable"
    strategy: Strategy = rarely("")

    @model_validator(mode="after")
    def _check(self) -> PlaceOrder:
        check_order(self.order)
        return self


class GroupMember(WireModel):
    """One order of a group, under a key of its own."""

    client_order_id: ClientOrderId
    contract: Contract
    order: Order
    strategy: Strategy = rarely("")


class PlaceGroup(Command):
    """Several orders as one: all are in the journal before any is sent, and the same group again sends nothing.

    bracket: the first is the parent, the others wait for its fill, and of them one fill ends the rest.
    oca: one fill ends the rest; `oca_type` 1 cancels them, 2 and 3 reduce them, 1 and 2 with overfill protection.
    """

    name = "order.place_group"
    acts = True
    reply = replies.OrderGroup
    kind: Literal["bracket", "oca"]
    members: Annotated[list[GroupMember], Field(min_length=2, max_length=MAX_GROUP)]
    oca_type: Literal[1, 2, 3] = 1
    wait: Literal["durable", "acknowledged"] = "durable"

    @model_validator(mode="after")
    def _check(self) -> PlaceGroup:
        for member in self.members:
            check_order(member.order)
        if len({member.client_order_id for member in self.members}) < len(self.members):
            raise PydanticCustomError("keys", "give each member of the group a client_order_id of its own")
        if len({member.order.account for member in self.members}) > 1:
            raise PydanticCustomError("accounts", "all members of a group belong to one account")
        return self


class ResendOrder(Command):
    """Place an order again that is proven NOT_FOUND, under its own key and with a new order id; nothing else is resent.

    `attempt` names the attempt that was not found: said twice, the second finds it already made.
    """

    name = "order.resend"
    acts = True
    reply = replies.OrderReply
    client_order_id: ClientOrderId
    attempt: Annotated[Int, Field(ge=1)] = 1
    wait: Literal["durable", "acknowledged", "filled"] = "durable"


class ModifyOrder(Command):
    """Change price or size of a working order of this bridge; the order id stays."""

    name = "order.modify"
    acts = True
    reply = replies.OrderReply
    order_id: Annotated[Int, Field(ge=1)]
    order: Order

    @model_validator(mode="after")
    def _check(self) -> ModifyOrder:
        check_order(self.order)
        return self


class CancelOrder(Command):
    """Cancel one order by its order id, by the caller's own key, or by IB's perm id.

    By perm id also one from elsewhere, if TWS lets the bridge (`order.foreign` if not); it needs control_foreign.
    """

    name = "order.cancel"
    acts = True
    reply = replies.OrderReply
    order_id: Annotated[Int, Field(ge=1)] | None = None
    client_order_id: ClientOrderId | None = None
    perm_id: PermId | None = rarely(None)

    @model_validator(mode="after")
    def _check(self) -> CancelOrder:
        _check_which(self.order_id, self.client_order_id, self.perm_id)
        return self


class GiveOrder(Command):
    """Hand an order over: from now on the client named by `to` owns it, and nobody else may change or cancel it."""

    name = "order.give"
    acts = True
    reply = replies.OrderReply
    order_id: Annotated[Int, Field(ge=1)]
    to: Annotated[str, StringConstraints(min_length=1, max_length=32)]


class TakeOrder(Command):
    """Take an order over from its owner, perhaps one that has died; it needs the grant take_any."""

    name = "order.take"
    acts = True
    reply = replies.OrderReply
    order_id: Annotated[Int, Field(ge=1)]


class CancelAll(Command):
    """Cancel the client's working orders, and those of others that it may cancel.

    `everything` also cancels manual and foreign ones (IB's global cancel); it needs cancel_any and control_foreign.
    """

    name = "order.cancel_all"
    acts = True
    reply = replies.CancelAllReply
    everything: bool = False


class GetOrder(Command):
    """One order, by order id, by the caller's own key, or by IB's perm id: also a manual or foreign one."""

    name = "order.get"
    reply = replies.OrderReply
    order_id: Annotated[Int, Field(ge=1)] | None = None
    client_order_id: ClientOrderId | None = None

    perm_id: PermId | None = rarely(None)

    @model_validator(mode="after")
    def _check(self) -> GetOrder:
        _check_which(self.order_id, self.client_order_id, self.perm_id)
        return self


class ListOrders(Command):
    """Orders the bridge knows; `live` leaves out those that are done."""

    name = "orders.list"
    reply = replies.OrderRows
    account: str = ""
    live: bool = True


class ListExecutions(Command):
    """Executions in the journal since an instant (None: all that is kept)."""

    name = "executions.list"
    reply = replies.ExecutionRows
    account: str = ""
    since_us: Int | None = None


class Halt(Command):
    """The kill switch: HALTED sends no order and no change, REDUCING only orders that reduce a position. Cancels pass.

    `of` names the account or the client. `cancel` also cancels the scope's orders; the answer then waits for a sweep.
    `flatten`, an admin's word alone, cancels too and then closes every position of the account, or of all accounts.
    """

    name = "halt"
    acts = True
    reply = replies.HaltReply
    scope: Literal["global", "account", "client"] = "global"
    of: Annotated[str, StringConstraints(max_length=32)] = ""
    state: Literal["HALTED", "REDUCING"] = "HALTED"
    reason: Annotated[str, StringConstraints(max_length=200)] = ""
    cancel: bool = False
    flatten: bool = False

    @model_validator(mode="after")
    def _check(self) -> Halt:
        _check_scope(self.scope, self.of)
        if self.flatten and (self.scope == "client" or self.state != "HALTED"):
            raise PydanticCustomError("flatten", "flatten needs HALTED, for an account or for everything")
        return self


class Resume(Command):
    """Lift the kill switch for a scope: an admin's word, with a reason."""

    name = "resume"
    acts = True
    reply = replies.HaltReply
    scope: Literal["global", "account", "client"] = "global"
    of: Annotated[str, StringConstraints(max_length=32)] = ""
    reason: Annotated[str, StringConstraints(min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _check(self) -> Resume:
        _check_scope(self.scope, self.of)
        return self


def _check_scope(scope: str, of: str) -> None:
    if (scope == "global") == bool(of):
        raise PydanticCustomError("of", "`of` names the account or the client, and is empty for global")


def _check_which(*names: int | str | None) -> None:
    if sum(name is not None for name in names) != 1:
        raise PydanticCustomError("which_order", "give order_id, client_order_id or perm_id, one of them")
