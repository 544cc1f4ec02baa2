"""One subject of the API in one place: its requests and answers, their forms on the wire, who answers.

A module in `twssim.families` offers one `FAMILY`; being listed there is all it takes. Protobuf is
described, not built, so that a family needs no message classes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twssim.answers import Answer
from twssim.requests import Request, RequestById
from twssim.wire import Fields, Value, message

if TYPE_CHECKING:
    from twssim.session import Session


@dataclass(frozen=True, slots=True)
class Body:
    """A protobuf message: its id, its class, its fields by name.

    A nested message is a dict, a repeated field a list; None and "" leave a field absent.
    """

    message_id: int
    kind: str
    fields: dict[str, Any]


TextReader = Callable[[Fields, int], Request]
"""From the fields after the message id, at a server version."""
ProtobufReader = Callable[[Any], Request]
"""From a parsed message of the class that `protobuf.families` names."""
Handler = Callable[["Session", Any], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """One kind of request. A form that no server version knows is None."""

    message_id: int
    kind: type[Request]
    text: TextReader | None
    protobuf: ProtobufReader | None
    answer: Handler


@dataclass(frozen=True, slots=True)
class Told:
    """One kind of answer; `since` is the first server version that sends it as protobuf.

    A form that no server version knows is None.
    """

    kind: type[Answer]
    since: int
    text: Callable[[Any, int], bytes] | None
    protobuf: Callable[[Any], Body] | None


@dataclass(frozen=True, slots=True)
class Family:
    """What belongs together: a request, its cancel, and what they bring."""

    asked: tuple[Asked, ...]
    told: tuple[Told, ...] = ()


def one_id(message_id: int, kind: type[RequestById], answer: Handler, *, versioned: bool = True) -> Asked:
    """A request that is nothing but its id, as most cancels are; `versioned` ones have an old version field."""

    def read(fields: Fields, version: int) -> Request:
        if versioned:
            fields.text()
        return kind(fields.integer())

    return Asked(message_id, kind, read, lambda m: kind(m.reqId), answer)


def bare(message_id: int, kind: type[Request], answer: Handler) -> Asked:
    """A request without any field of interest."""
    return Asked(message_id, kind, lambda fields, version: kind(), lambda m: kind(), answer)


def later(session: Session, answer: Callable[[], None]) -> None:
    """Answer after the moment that IB's servers behind TWS take."""
    gateway = session.gateway
    gateway.scheduler.after(gateway.settings.answer_delay, answer)


def plain(message_id: int, *values: Callable[[Any], Value]) -> Callable[[Any, int], bytes]:
    """Writes a text message whose fields are the same at every server version."""
    return lambda answer, version: message(message_id, *(value(answer) for value in values))
