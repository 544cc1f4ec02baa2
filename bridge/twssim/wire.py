"""The text profile's bytes: frames, NUL-terminated fields, and how TWS writes numbers and text."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

LENGTH_BYTES = 4
LONGEST_FRAME = 0xFFFFFF
UNSET_INTEGER = 2**31 - 1
UNSET_DOUBLE_TEXT = "1.7976931348623157E308"

Value = str | int | Decimal | float | bool | None


class FrameTooLong(Exception):
    """The peer announced a frame longer than TWS accepts; the stream cannot be read any further."""


class UnreadableRequest(Exception):
    """A request that ends too early, or a field that is not what its place demands."""


class Framer:
    """Cuts a byte stream into frame payloads, however the bytes arrive."""

    def __init__(self) -> None:
        """Start with an empty buffer."""
        self._buffer = bytearray()

    def feed(self, received: bytes) -> Iterator[bytes]:
        """Yield the payload of every frame that is complete now; raise FrameTooLong."""
        self._buffer += received
        start = 0
        while (end := self._end_of_frame(start)) is not None:
            yield bytes(self._buffer[start + LENGTH_BYTES : end])
            start = end
        del self._buffer[:start]

    def _end_of_frame(self, start: int) -> int | None:
        available = len(self._buffer) - start
        if available < LENGTH_BYTES:
            return None
        length = int.from_bytes(self._buffer[start : start + LENGTH_BYTES], "big")
        if length > LONGEST_FRAME:
            raise FrameTooLong(f"a frame of {length} bytes was announced")
        return start + LENGTH_BYTES + length if available >= LENGTH_BYTES + length else None


def frame(payload: bytes) -> bytes:
    """The payload with its length before it, as it goes on the wire."""
    return len(payload).to_bytes(LENGTH_BYTES, "big") + payload


def message(*values: Value) -> bytes:
    """One framed text message of the given fields; the first is the message id."""
    return frame("".join(f"{text(value)}\0" for value in values).encode())


def text(value: Value) -> str:
    """A field as TWS writes it: shortest number, 1 or 0 for a flag, nothing for None."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool | int):
        return str(int(value))
    return shortest(value if isinstance(value, Decimal) else Decimal(repr(value)))


def shortest(number: Decimal) -> str:
    """Plain decimal digits without exponent and without trailing zeros: 5, 257.95, 0.0001."""
    digits = f"{number:f}"
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return "0" if digits in ("-0", "") else digits


def double(number: Decimal) -> str:
    """A number the way Java prints a double: 500.0, 257.95 (order prices, strikes)."""
    digits = shortest(number)
    return digits if "." in digits else digits + ".0"


def money(amount: Decimal) -> str:
    """An amount with two decimals, half to even: 68000.00."""
    rounded = amount.quantize(Decimal("0.01"))
    return f"{abs(rounded) if rounded == 0 else rounded:f}"


def escape(content: str) -> str:
    r"""Text as server versions from 153 on send it: ASCII, with \uXXXX for everything else."""
    if content.isascii() and "\\" not in content:
        return content
    return content.replace("\\", "\\\\").encode("ascii", "backslashreplace").decode()


class Fields:
    """Reads the fields of one request in order; every method raises UnreadableRequest."""

    def __init__(self, payload: bytes) -> None:
        """Split a payload of NUL-terminated fields."""
        self._texts = payload.decode("utf-8", "replace").split("\0")[:-1]
        self._next = 0

    @property
    def left(self) -> int:
        """How many fields have not been read yet."""
        return len(self._texts) - self._next

    def text(self) -> str:
        """The next field as it is."""
        if not self.left:
            raise UnreadableRequest(f"the message ends after {self._next} fields")
        self._next += 1
        return self._texts[self._next - 1]

    def texts(self, count: int) -> list[str]:
        """The next `count` fields."""
        return [self.text() for _ in range(count)]

    def integer(self) -> int:
        """The next field as an integer; an empty field is 0."""
        digits = self.text()
        try:
            return int(digits or 0)
        except ValueError:
            raise UnreadableRequest(f'For input string: "{digits}"') from None

    def flag(self) -> bool:
        """The next field as a flag; an empty field is false."""
        return self.integer() != 0

    def decimal(self) -> Decimal:
        """The next field as a number; an empty field is 0."""
        return self.number() or Decimal(0)

    def number(self) -> Decimal | None:
        """The next field as a number, None when it is empty or one of IB's unset markers."""
        return number(self.text())


def number(digits: str) -> Decimal | None:
    """A number that a client wrote, None for 'no value'; raises UnreadableRequest."""
    try:
        read = Decimal(digits) if digits else None
    except InvalidOperation:
        raise UnreadableRequest(f'For input string: "{digits}"') from None
    if read is not None and not read.is_finite():
        raise UnreadableRequest(f'For input string: "{digits}"')
    return None if read is None or _is_unset(read) else read


def _is_unset(read: Decimal) -> bool:
    return read == UNSET_INTEGER or abs(read) > Decimal("1E300")
