"""Errors of the wire. A code is stable, its words are not.

BridgeError
    AuthError            auth.*      not known here, or not allowed
    InvalidRequest       req.*       the request itself is wrong; nothing was done
    KeyConflict          idem.*      the client order id was used before
    OrderRefused         limit.*     refused by a limit or a halt before TWS was asked
    TwsError             tws.*       TWS said no, or cannot be asked now
    OrderError           order.*     the order is unknown here, finished, or not this bridge's
    BridgeUnavailable    br.*        the bridge cannot do it now
    HaltError            halt.*      it cannot be resumed now
    StreamError          stream.*    replay and subscription trouble
    Unreachable          client.*    no answer from a bridge: raised by the client, never on the wire
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal, NamedTuple

from twsbridge.protocol.fields import Int, WireModel

Outcome = Literal["rejected", "unknown", "done"]


class ErrorKind(NamedTuple):
    """What a code means: what is true now, what to do, and whether trying again makes sense."""

    now: str
    do: str
    outcome: Outcome = "rejected"
    retry: str = "no"


_NOTHING = "Nothing was done."
_NOT_SENT = "Nothing was sent to TWS."
_LIMIT = "Change the order, or ask an operator for another limit; `details` names this one."

ERROR_KINDS: dict[str, ErrorKind] = {
    "auth.denied": ErrorKind(_NOTHING, "Use a key that the bridge knows: `twsbridge keys list`."),
    "auth.role": ErrorKind(_NOTHING, "Ask an operator for a key with the role that this needs."),
    "auth.account": ErrorKind(
        _NOTHING,
        "Use an account of this login that the key may use; an operator allows it with `twsbridge keys change`. "
        "A live account has to be named there.",
    ),
    "auth.contract": ErrorKind(_NOTHING, "Ask an operator for a key that may trade this: `twsbridge keys change`."),
    "auth.order_type": ErrorKind(_NOTHING, "Use another type, or ask an operator: `twsbridge keys change`."),
    "auth.lines": ErrorKind(
        "This line was not opened; the others go on.",
        "Close a subscription, then subscribe again; an operator may allow more with `twsbridge keys change`.",
    ),
    "auth.topic": ErrorKind(
        "What else was subscribed is in force.",
        "Subscribe to the streams of accounts that this key may use; `welcome.accounts` lists them.",
    ),
    "auth.session": ErrorKind(
        "The bridge has restarted since this session began; nothing was done.",
        "Say hello again, look the order up by its client_order_id, then decide.",
        retry="new_session",
    ),
    "req.malformed": ErrorKind(_NOTHING, "Send frames as clients/README.md describes."),
    "req.version": ErrorKind(_NOTHING, "Use a client of the protocol version named here."),
    "req.unknown_type": ErrorKind(_NOTHING, "Use one of the commands named in `details`."),
    "req.invalid": ErrorKind(_NOTHING, "Correct the field named here."),
    "req.ambiguous": ErrorKind(
        _NOTHING, "Ask for one of the candidates in `details`: by its con_id, or with what tells it apart."
    ),
    "req.too_large": ErrorKind(_NOTHING, "Send a smaller message."),
    "req.expired": ErrorKind(
        "The deadline had passed before the bridge saw it; nothing was done.",
        "Send it again with a later deadline if it is still wanted.",
    ),
    "req.cancelled": ErrorKind("What was fetched until then is kept.", "Ask again: it goes on from there."),
    "req.inflight": ErrorKind(_NOTHING, "Wait for an answer before asking more.", retry="after:1000"),
    "req.rate": ErrorKind(
        _NOTHING,
        "Ask less often, and again after the time named in `retry`; cancels always pass. "
        "A client that goes on regardless is cut off.",
        retry="after:1000",
    ),
    "idem.key_reused": ErrorKind(
        "The first order under this client_order_id stands; nothing new was done.",
        "Use a new client_order_id for a different order.",
    ),
    "idem.known_to_tws": ErrorKind(
        "An order placed under this client_order_id is at TWS; nothing new was done. The bridge's journal, an older "
        "copy or a new one, does not know it.",
        "See what became of it by its perm_id in `orders`, `executions` or TWS; use a new client_order_id for more.",
        outcome="done",
    ),
    "tws.disconnected": ErrorKind(
        _NOT_SENT,
        "Wait for the session state READY (`twsbridge status`); `twsbridge doctor` says what is wrong.",
        retry="after:5000",
    ),
    "tws.link_down": ErrorKind(
        "TWS has lost its connection to IB; nothing was sent.",
        "Wait for READY. Orders already at IB keep working there.",
        retry="after:5000",
    ),
    "tws.restart_window": ErrorKind(
        "What is sent just before TWS restarts may be lost, so nothing was sent.",
        "Try again when TWS is back; cancels go through.",
        retry="after:90000",
    ),
    "tws.order_ids": ErrorKind(
        "A further order could change an old one, so nothing was sent.",
        "With no open orders, reset the API order ID sequence in TWS; or use another --client-id.",
    ),
    "tws.rejected": ErrorKind("TWS refused it; no order is working.", "See TWS's own words."),
    "tws.modify_rejected": ErrorKind(
        "TWS refused the change; the original order is as it was.", "See TWS's own words."
    ),
    "tws.cancel_rejected": ErrorKind(
        "TWS refused the cancel; the order is as `orders` shows it.", "See TWS's own words."
    ),
    "tws.pacing": ErrorKind("TWS is limiting requests.", "Ask again later.", retry="after:15000"),
    "tws.not_found": ErrorKind("TWS does not know it.", "Check the identifiers."),
    "tws.permission": ErrorKind("The account lacks the permission.", "See TWS's own words."),
    "tws.read_only": ErrorKind(
        "TWS's API is in read-only mode; nothing was done.",
        "Clear 'Read-Only API' in the API settings of TWS or IB Gateway.",
    ),
    "tws.live_refused": ErrorKind(
        "The login is a live account and live trading is not allowed by name.",
        "Start the bridge with --allow-live ACCOUNT if that is what you want.",
    ),
    "tws.other_login": ErrorKind(
        "Paper and live accounts are never kept in one journal; nothing was done.",
        "Log TWS in to the account of before, or start the bridge with a --home of its own for this one.",
    ),
    "tws.error": ErrorKind("TWS answered with an error.", "See TWS's own words."),
    "tws.timeout": ErrorKind(
        "TWS did not answer in time.",
        "Ask for the state (`orders`, `status`) before doing anything again.",
        outcome="unknown",
    ),
    "tws.lost": ErrorKind(
        "The connection to TWS broke before the answer came.",
        "Wait for READY, then ask for the state before doing anything again.",
        outcome="unknown",
    ),
    "order.not_found": ErrorKind("No such order is known here.", "`orders` lists what is known."),
    "order.done": ErrorKind("The order is finished; nothing was done.", "See its final state."),
    "order.busy": ErrorKind(
        "The order is as `orders` shows it; nothing was sent.",
        "Try again when TWS has answered.",
        retry="after:500",
    ),
    "order.group_broken": ErrorKind(
        "The other orders of the group are as `details` shows them; they may be working without it.",
        "Cancel what must not stand alone, or place what is missing.",
        outcome="done",
    ),
    "order.not_resendable": ErrorKind(
        "Nothing was sent; the order is as `orders` shows it.",
        "Only an order that is proven to be NOT_FOUND at TWS can be sent again.",
    ),
    "order.foreign": ErrorKind(
        "The order is as it was; nothing was done.",
        "Cancel it where it was placed, or in TWS itself; order.cancel_all with `everything` cancels all of the login.",
    ),
    "order.not_owned": ErrorKind(
        "The order belongs to somebody else; nothing was done.",
        "Ask its owner to give it away (`twsbridge order give`), or change it where it was placed.",
    ),
    "limit.quantity": ErrorKind(_NOT_SENT, _LIMIT),
    "limit.notional": ErrorKind(_NOT_SENT, _LIMIT),
    "limit.price": ErrorKind(_NOT_SENT, "Look at the price: it is far beyond the market on the losing side."),
    "limit.no_price": ErrorKind(_NOT_SENT, "Subscribe to the contract's market data, then place the order again."),
    "limit.no_rate": ErrorKind(
        _NOT_SENT, "Have the currency written to limits.toml: `currency` at its top, the rate under `[rates]`."
    ),
    "limit.position": ErrorKind(_NOT_SENT, "Cancel open orders or make the order smaller; cancels always pass."),
    "limit.gross": ErrorKind(_NOT_SENT, "Cancel open orders or reduce positions first; cancels always pass."),
    "limit.net": ErrorKind(_NOT_SENT, "Cancel open orders or reduce positions first; cancels always pass."),
    "limit.open_orders": ErrorKind(_NOT_SENT, "Cancel an open order first; cancels always pass."),
    "limit.side_orders": ErrorKind(_NOT_SENT, "Cancel an open order of this contract first; cancels always pass."),
    "limit.rate": ErrorKind(_NOT_SENT, "Send fewer orders; a loop may have gone wild.", retry="after:1000"),
    "limit.repeat": ErrorKind(
        _NOT_SENT,
        "If it is wanted again, wait; to learn what became of the first, ask by its client_order_id.",
        retry="after:2000",
    ),
    "limit.daily_loss": ErrorKind(_NOT_SENT, "Only orders that reduce a position are taken until midnight UTC."),
    "limit.restricted": ErrorKind(_NOT_SENT, _LIMIT),
    "limit.halted": ErrorKind(_NOT_SENT, "An admin resumes with `twsbridge resume`; cancels pass."),
    "limit.reducing": ErrorKind(
        _NOT_SENT, "Send only what reduces a position; an admin resumes with `twsbridge resume`; cancels pass."
    ),
    "halt.file": ErrorKind("Everything stays HALTED.", "Remove the file HALT from the bridge's home, then resume."),
    "limit.hours": ErrorKind(_NOT_SENT, "Place it within the hours in `details`."),
    "br.starting": ErrorKind(
        "The bridge is comparing its records with TWS; nothing was sent.",
        "Try again when the session state is READY.",
        retry="after:1000",
    ),
    "br.draining": ErrorKind("Nothing was sent to TWS.", "Try again when the bridge is back.", retry="new_session"),
    "br.stopped": ErrorKind(
        "The bridge went down before TWS had answered; what was sent before may still be done.",
        "When the bridge is back, look the order up by its client_order_id before doing anything again.",
        outcome="unknown",
        retry="same_key",
    ),
    "br.journal": ErrorKind(
        "Nothing was sent to TWS. Orders that were accepted before are safe and work on; cancels are taken.",
        "Make room on the bridge's disk, or mend it: the bridge goes on by itself when it can write again.",
        retry="after:5000",
    ),
    "br.internal": ErrorKind(
        "A defect in the bridge; whether it was done is not known.",
        "Look the state up, and report the log line.",
        outcome="unknown",
    ),
    "stream.epoch": ErrorKind("The journal's history was replaced since this cursor.", "Take a snapshot, then follow."),
    "stream.range": ErrorKind("Those sequence numbers do not exist.", "Replay from `first`."),
    "stream.unknown": ErrorKind("No such stream.", "`welcome.heads` lists the streams."),
    "client.unreachable": ErrorKind(
        "No bridge answered; whether a command was taken is not known.",
        "Is `twsbridge serve` running, and is this the right connection file?",
        outcome="unknown",
    ),
    "client.timeout": ErrorKind(
        "No answer came in time; whether it was done is not known.",
        "Ask for the state, or repeat the command with the same client_order_id.",
        outcome="unknown",
        retry="same_key",
    ),
    "client.closed": ErrorKind("The client was closed.", "Open a new one."),
    "client.no_connection_file": ErrorKind(
        "Without it the client knows neither address nor key.",
        "Start `twsbridge serve` (it writes one), or name the file in TWSBRIDGE_CONNECTION.",
    ),
}


class WireError(WireModel):
    """An error as it travels in a reply."""

    code: str
    outcome: str
    retry: str
    msg: str
    now: str = ""
    do: str = ""
    field: str | None = None
    tws_code: Int | None = None
    details: dict[str, Any] | None = None


class BridgeError(Exception):
    """What happened, what is true now, and what to do; `code` is stable, `outcome` is rejected, unknown or done."""

    family: ClassVar[str] = ""
    _families: ClassVar[dict[str, type[BridgeError]]] = {}

    def __init_subclass__(cls, family: str, **kwargs: Any) -> None:
        """Register the class for its code, or its family of codes."""
        super().__init_subclass__(**kwargs)
        cls.family = family
        BridgeError._families[family] = cls

    def __init__(self, wire: WireError) -> None:
        super().__init__(wire.msg)
        self.wire = wire
        self.code = wire.code
        self.outcome = wire.outcome
        self.retry = wire.retry
        self.tws_code = wire.tws_code
        self.field = wire.field

    def __str__(self) -> str:
        """All three sentences and the code."""
        field = f" (field {self.wire.field})" if self.wire.field else ""
        sentences = (self.wire.msg, self.wire.now, self.wire.do)
        ended = (s if s.endswith((".", "?", "!")) else f"{s}." for s in sentences if s)
        return f"{' '.join(ended)} [{self.code}]{field}"

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors can be pickled, so they cross process pools."""
        return (type(self), (self.wire,))


class AuthError(BridgeError, family="auth"):
    """The bridge does not know this key, or does not allow this."""


class InvalidRequest(BridgeError, family="req"):
    """The request itself is wrong; nothing was done."""


class KeyConflict(BridgeError, family="idem"):
    """The client order id was used before, for something else."""


class OrderRefused(BridgeError, family="limit"):
    """A limit or a halt refused the order before TWS was asked; `wire.details` has rule, scope, limit and value."""


class TwsError(BridgeError, family="tws"):
    """TWS said no, or cannot be asked now."""


class OrderError(BridgeError, family="order"):
    """The order is unknown here, finished, or not this bridge's."""


class BridgeUnavailable(BridgeError, family="br"):
    """The bridge cannot do it now."""


class HaltError(BridgeError, family="halt"):
    """What was stopped cannot be resumed now."""


class StreamError(BridgeError, family="stream"):
    """A replay or a subscription cannot be served."""


class Unreachable(BridgeError, family="client"):
    """No answer from a bridge. Raised by the client itself, never sent."""


def make_error(code: str, msg: str, **more: Any) -> WireError:
    """The error for `code`, with what the code means filled in. `more`: field, tws_code, details, now, do."""
    kind = ERROR_KINDS[code]
    fields: dict[str, Any] = {
        "now": kind.now,
        "do": kind.do,
        "outcome": kind.outcome,
        "retry": kind.retry,
        **more,
    }
    return WireError(code=code, msg=msg, **fields)


def exception_for(wire: WireError) -> BridgeError:
    """The exception class of the code or its family, also for codes that this version does not know."""
    kinds, family = BridgeError._families, wire.code.partition(".")[0]
    return (kinds.get(wire.code) or kinds.get(family, BridgeError))(wire)
