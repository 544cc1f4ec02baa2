"""What a replay has to know of TWS's messages: whose they are, and where the ids stand that a client chose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twssim.replay.protobuf_fields import Path, number_at, text_at, with_number, with_text

RAW_ID_VERSION = 201
PROTOBUF_OFFSET = 200
ERROR_WITHOUT_VERSION = 194
CONTRACT_WITHOUT_VERSION = 164

REQUEST, ORDER, EITHER, CLIENT = "request", "order", "either", "client"
ORDER_STATUS, ERROR, OPEN_ORDER, EXECUTION, OPEN_ORDER_END, COMMISSION, EXECUTION_END = 3, 4, 5, 11, 53, 59, 55

FIRST_FIELD = frozenset({17, 21, 75, 76, 77, 79, *range(81, 85), *range(86, 93), *range(94, 100), *range(103, 109)})
"""Messages that begin with a request id; those of SECOND_FIELD have a version before it."""
SECOND_FIELD = frozenset({1, 2, 12, 13, 20, *range(45, 48), 50, 51, 52, *range(55, 59), 63, 64, 67, 68, *range(71, 75)})

SOURCES: dict[int, frozenset[int]] = {
    **dict.fromkeys((6, 7, 8, 54), frozenset({6})),
    9: frozenset({8, 71}),
    14: frozenset({12}),
    15: frozenset({17, 71}),
    16: frozenset({18}),
    19: frozenset({24}),
    49: frozenset({49}),
    OPEN_ORDER_END: frozenset({5, 15, 16}),
    **dict.fromkeys((61, 62), frozenset({61})),
    78: frozenset({80}),
    80: frozenset({82}),
    85: frozenset({85}),
    93: frozenset({91}),
    **dict.fromkeys((101, 102), frozenset({99})),
    109: frozenset({105}),
}
"""Messages without a request id -> the requests that they may answer."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an id stands: which field of a text message, which path in a protobuf one."""

    kind: str
    text: int
    path: Path = (1,)


ORDER_REFS = {OPEN_ORDER: Place(ORDER, 22, (3, 28)), EXECUTION: Place(ORDER, 25, (3, 14))}


@dataclass(frozen=True, slots=True)
class Message:
    """One message of either side, taken apart as far as its id."""

    id: int
    body: bytes
    is_protobuf: bool
    head: bytes

    @classmethod
    def of(cls, payload: bytes, version: int) -> Message:
        """A payload of a server version; an id that cannot be read is -1."""
        if version < RAW_ID_VERSION:
            first, mark, body = payload.partition(b"\0")
            return cls(int(first) if first.isdigit() else -1, body, False, first + mark)
        number = int.from_bytes(payload[:4], "big")
        is_protobuf = number > PROTOBUF_OFFSET
        return cls(number - PROTOBUF_OFFSET if is_protobuf else number, payload[4:], is_protobuf, payload[:4])

    def ids(self, version: int) -> list[tuple[str, int]]:
        """The ids in an answer that a client chose, with their kind."""
        found = [(place.kind, self.number(place)) for place in places(self.id, version)]
        return [(kind, number) for kind, number in found if number is not None]

    def number(self, place: Place) -> int | None:
        """The integer at a place; None when there is none."""
        if self.is_protobuf:
            return number_at(self.body, place.path)
        written = self.text(place.text)
        return int(written) if written.lstrip("-").isdigit() else None

    def text(self, field: int) -> str:
        """A field of a text message, counted from 0 after the id; in protobuf the field of that number plus 1."""
        if self.is_protobuf:
            return text_at(self.body, field + 1)
        fields = self.body.split(b"\0")
        return fields[field].decode("utf-8", "replace") if field < len(fields) else ""

    def renumbered(self, version: int, new_id: Callable[[str, int], int]) -> bytes:
        """The payload with `new_id(kind, id)` in the place of each id."""
        body = self.body
        for place in places(self.id, version):
            number = self.number(place)
            if number is None or (changed := new_id(place.kind, number)) == number:
                continue
            if self.is_protobuf:
                body = with_number(body, place.path, changed)
            else:
                fields = body.split(b"\0")
                fields[place.text] = b"%d" % changed
                body = b"\0".join(fields)
        return self.head + body


def with_order_ref(payload: bytes, version: int, order_ref: str) -> bytes:
    """An openOrder or an execution with another order reference; any other message as it is."""
    message = Message.of(payload, version)
    place = ORDER_REFS.get(message.id)
    if place is None:
        return payload
    if message.is_protobuf:
        return message.head + with_text(message.body, place.path, order_ref)
    fields = message.body.split(b"\0")
    fields[place.text : place.text + 1] = [order_ref.encode()]
    return message.head + b"\0".join(fields)


def places(message_id: int, version: int) -> tuple[Place, ...]:
    """Where the ids of one of TWS's messages stand."""
    if message_id == ORDER_STATUS:
        return (Place(ORDER, 0), Place(ORDER, 6, (7,)), Place(CLIENT, 8, (9,)))
    if message_id == OPEN_ORDER:
        return (Place(ORDER, 0), Place(ORDER, 0, (3, 2)), Place(CLIENT, 23, (3, 1)))
    if message_id == EXECUTION:
        return (Place(REQUEST, 0), Place(ORDER, 1, (3, 1)), Place(CLIENT, 21, (3, 10)))
    if message_id == ERROR:
        return (Place(EITHER, int(version < ERROR_WITHOUT_VERSION)),)
    if message_id in (10, 18):
        return (Place(REQUEST, int(version < CONTRACT_WITHOUT_VERSION)),)
    if message_id in FIRST_FIELD:
        return (Place(REQUEST, 0),)
    return (Place(REQUEST, 1),) if message_id in SECOND_FIELD else ()
