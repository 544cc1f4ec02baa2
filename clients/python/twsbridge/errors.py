"""Every error that a user of the client meets: those of the wire, and those that the client itself raises."""

from __future__ import annotations

from twsbridge.notation import AmbiguousContract
from twsbridge.protocol.errors import (
    AuthError,
    BridgeError,
    BridgeUnavailable,
    HaltError,
    InvalidRequest,
    KeyConflict,
    OrderError,
    OrderRefused,
    StreamError,
    TwsError,
    Unreachable,
    exception_for,
    make_error,
)

__all__ = [
    "AmbiguousContract",
    "AuthError",
    "BridgeError",
    "BridgeUnavailable",
    "CallTimeout",
    "Closed",
    "HaltError",
    "InvalidRequest",
    "KeyConflict",
    "MissingExtra",
    "OrderError",
    "OrderRefused",
    "OutcomeUnknown",
    "StreamError",
    "TwsError",
    "Unreachable",
    "broken",
    "closed",
    "exception_for",
    "make_error",
    "no_answer",
    "not_sent",
    "outcome_unknown",
    "refused",
    "topic_refused",
]


class CallTimeout(Unreachable, TimeoutError, family="client.timeout"):
    """A question was sent and no answer came in time. Also a `TimeoutError`."""


class OutcomeUnknown(CallTimeout, family="client.outcome"):
    """An order command was sent and its answer is lost: ask with `find(error.client_order_id)` before going on."""

    @property
    def client_order_id(self) -> str | None:
        """The key of the order in question; None when only its order id is known."""
        return (self.wire.details or {}).get("client_order_id")

    @property
    def order_id(self) -> int | None:
        """The order id of the order in question, when the command named it."""
        return (self.wire.details or {}).get("order_id")


class Closed(Unreachable, family="client.closed"):
    """The client, or the stream that was read, was closed on purpose. Loops over a stream just end."""


class MissingExtra(ImportError):
    """A part of the client needs a package that a plain install leaves out; the message names the extra."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"This needs {package}, which is not installed. The rest of twsbridge works without it. "
            f"Install it with: pip install 'twsbridge[{extra}]'"
        )


def not_sent(endpoint: str, seconds: float, trouble: str) -> Unreachable:
    """No connection came about in time, so the command never left this process."""
    msg = f"No bridge answered at {endpoint} within {seconds:.3g} s ({trouble})"
    return Unreachable(make_error("client.unreachable", msg, now="Nothing was sent.", outcome="rejected"))


def no_answer(name: str, endpoint: str, why: str) -> CallTimeout:
    """A read was sent and stays unanswered; reading again is safe."""
    return CallTimeout(
        make_error(
            "client.timeout",
            f"No answer to `{name}` from {endpoint}: {why}",
            now="It only reads, so nothing has changed.",
            do="Ask again, with a longer timeout= if the answer is long; `twsbridge doctor` says what is wrong.",
            retry="after:1000",
        )
    )


def outcome_unknown(
    name: str, why: str, *, client_order_id: str | None = None, order_id: int | None = None
) -> OutcomeUnknown:
    """An order command was sent and stays unanswered; only a look at the order tells what happened."""
    order = f"client_order_id {client_order_id!r}" if client_order_id else f"order {order_id or 'any'}"
    look = f"find({client_order_id!r})" if client_order_id else "orders(live=False)"
    return OutcomeUnknown(
        make_error(
            "client.timeout",
            f"No answer to `{name}` for {order}: {why}",
            do=f"Look with client.{look}; nothing is sent again by itself.",
            details={"client_order_id": client_order_id, "order_id": order_id},
        )
    )


def refused(endpoint: str) -> AuthError:
    """The bridge turned the key away during the handshake."""
    return AuthError(
        make_error(
            "auth.denied",
            f"The bridge at {endpoint} refuses this key",
            do="Use the connection file of this bridge, or let its operator run `twsbridge keys add NAME`.",
        )
    )


def topic_refused(topics: list[str]) -> AuthError:
    """The bridge does not let this key subscribe to these streams."""
    return AuthError(make_error("auth.topic", f"The bridge refuses this key the streams {', '.join(topics)}"))


def closed() -> Closed:
    """The client cannot be used any more, as was wanted."""
    return Closed(make_error("client.closed", "This client was closed", outcome="rejected"))


def broken(why: str) -> Unreachable:
    """The client cannot be used any more, which nobody wanted."""
    return Unreachable(make_error("client.closed", why, outcome="rejected"))
