"""Ticks: what IB's prices and sizes mean, and a fast reader for the text era. Pure.

Four messages make up nearly all traffic; reading them here costs a fifth of what ibapi's decoder takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from twsbridge.protocol.fields import decimal_text
from twsbridge.protocol.stream_rows import Tick
from twsbridge_server.core.inputs import TwsInput
from twsbridge_server.core.stream_inputs import Ticks
from twsbridge_server.tws.unset import number, size, text

SIZE_OF_PRICE = {1: 0, 2: 3, 4: 5, 66: 69, 67: 70, 68: 71}
"""Tick type of a bid, ask or last price, live or delayed -> tick type of the size that comes in the same message."""

NO_QUOTE = -1.0
"""With size 0: nobody bids, asks or has traded. A real price of -1, of a spread for instance, has a size."""

Fields = list[bytes]


def price_ticks(tick_type: int, price: float, size_text: str) -> tuple[Tick, ...]:
    """A price, and after it the size of a bid, ask or last. Only those can be missing: -1 without size is None."""
    value = number(price)
    size_type = SIZE_OF_PRICE.get(tick_type)
    if size_type is None:
        return (Tick(tick_type, value),)
    amount = size_value(size_text)
    if value == NO_QUOTE and amount in (None, "0"):
        value = None
    return Tick(tick_type, value), Tick(size_type, amount)


def size_value(size_text: str) -> str | None:
    """A size in the shortest plain notation, or None when it is not set."""
    if len(size_text) < 10 and size_text.isascii() and size_text.isdigit() and size_text[0] != "0":
        return size_text
    exact = size(size_text)
    return None if exact is None else decimal_text(exact)


def string_value(raw: bytes, is_escaped: bool) -> str:
    """The value of a string tick; from server version 153 on TWS escapes what is not ASCII."""
    try:
        value = raw.decode("unicode-escape" if is_escaped and b"\\" in raw else "utf-8")
    except UnicodeDecodeError:
        value = raw.decode("latin-1")
    return text(value)


class TextTicks:
    """Reads the four tick messages from the fields after their message id; ValueError or more when they are bad.

    `by_head` has the readers by the message id as it is written below server version 201.
    """

    def __init__(self, is_escaped: bool) -> None:
        self._is_escaped = is_escaped
        self._readers: dict[int, Callable[[Fields], Ticks]] = {
            1: _read_price,
            2: _read_size,
            45: _read_generic,
            46: self._read_string,
        }
        self.by_head = {str(message_id).encode(): reader for message_id, reader in self._readers.items()}

    def __contains__(self, message_id: int) -> bool:
        return message_id in self._readers

    def read(self, message_id: int, fields: Fields) -> Ticks:
        """The ticks of one message."""
        return self._readers[message_id](fields)

    def _read_string(self, fields: Fields) -> Ticks:
        _, req_id, tick_type, raw = fields
        return Ticks(int(req_id), (Tick(int(tick_type), string_value(raw, self._is_escaped)),))


def _read_price(fields: Fields) -> Ticks:
    _, req_id, tick_type, price, amount, _ = fields[:6]
    return Ticks(int(req_id), price_ticks(int(tick_type), float(price or 0), amount.decode()))


def _read_size(fields: Fields) -> Ticks:
    _, req_id, tick_type, amount = fields[:4]
    return Ticks(int(req_id), (Tick(int(tick_type), size_value(amount.decode())),))


def _read_generic(fields: Fields) -> Ticks:
    _, req_id, tick_type, value = fields
    return Ticks(int(req_id), (Tick(int(tick_type), number(float(value))),))


def joined(inputs: Iterable[TwsInput]) -> list[TwsInput]:
    """The same inputs in the same order, but all ticks of one market data line in one `Ticks`, at its first tick.

    Ticks of different lines say nothing of one another; no tick comes before or after another kind of input instead.
    """
    result: list[TwsInput] = []
    lines: dict[int, list[Tick]] = {}
    for said in inputs:
        if type(said) is Ticks:
            line = lines.get(said.req_id)
            if line is None:
                lines[said.req_id] = [*said.ticks]
            else:
                line += said.ticks
        else:
            if lines:
                result += _by_line(lines)
                lines = {}
            result.append(said)
    return result + _by_line(lines)


def _by_line(lines: dict[int, list[Tick]]) -> list[TwsInput]:
    return [Ticks(req_id, tuple(ticks)) for req_id, ticks in lines.items()]
