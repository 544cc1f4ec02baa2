"""IB's many ways to say "not set", as None; texts that every client can encode; decimals that fit the wire. Pure."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal

from twsbridge.protocol.fields import MAX_DIGITS, MAX_SAFE_INTEGER

UNSET_DOUBLE = 1.7976931348623157e308
UNSET_INTEGERS = frozenset({2**31 - 1, 2**63 - 1, -(2**63)})
UNSET_DECIMALS = frozenset(
    Decimal(mark) for mark in (*map(str, UNSET_INTEGERS), str(2**127 - 1), "1.7976931348623157E308")
)

_FITTING = Context(prec=MAX_DIGITS, rounding=ROUND_HALF_EVEN)
_NOISE = Decimal(1).scaleb(-12)


def number(value: float | None) -> float | None:
    """A finite price or number, or None."""
    if value is None or not -UNSET_DOUBLE < value < UNSET_DOUBLE:
        return None
    return float(value)


def integer(value: int | None) -> int | None:
    """An integer that JavaScript can hold, or None."""
    if value is None or value in UNSET_INTEGERS or abs(value) > MAX_SAFE_INTEGER:
        return None
    return int(value)


def known_id(value: int | None) -> int | None:
    """An id, or None: IB writes 0 where there is none (yet)."""
    return integer(value) or None


def size(value: Decimal | str | None) -> Decimal | None:
    """A size, exact up to the 18 digits of the wire, or None. InvalidOperation for a text that is no number."""
    if value is None or value == "":
        return None
    exact = Decimal(value)
    if not exact.is_finite() or exact in UNSET_DECIMALS:
        return None
    fitting = _FITTING.plus(exact)
    if fitting.adjusted() < -MAX_DIGITS:
        return Decimal(0)
    return fitting if fitting.adjusted() < MAX_DIGITS else None


def money(value: float | None) -> Decimal | None:
    """An amount of money that IB sends as a float, without the noise far behind the point; or None."""
    known = number(value)
    if known is None:
        return None
    amount = Decimal(repr(known))
    return Decimal(0) if abs(amount) < _NOISE else size(amount)


def text(value: str) -> str:
    """A plain string that UTF-8 can encode: TWS escapes what is beyond the basic plane as two halves."""
    if value.isascii():
        return str(value)
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
