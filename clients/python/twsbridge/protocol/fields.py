"""Field types of the wire: exact decimals as strings, finite floats as prices, integers that JavaScript can hold."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WrapSerializer

MAX_SAFE_INTEGER = 2**53 - 1
MAX_DIGITS = 18

_PLAIN_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DecimalText = Annotated[str, Field(pattern=f"^{_PLAIN_DECIMAL.pattern}$")]


class WireModel(BaseModel):
    """A frozen value on the wire. Readers ignore fields they do not know; in a command they are refused."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    def __repr_args__(self) -> Any:
        """Show only what differs from the default, so that a printed value is short."""
        fields = type(self).model_fields
        return [
            (name, value)
            for name, value in super().__repr_args__()
            if name not in fields or value != fields[name].get_default(call_default_factory=True)
        ]

    def wire(self) -> dict[str, Any]:
        """The value as plain msgpack types."""
        return self.model_dump(mode="python", by_alias=True)


def _to_decimal(value: object) -> Decimal:
    """Accept a decimal string or an integer; a float would already have lost its exact value."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError("must be a decimal string such as '100' or '0.5', or an integer")
    if isinstance(value, str) and not _PLAIN_DECIMAL.fullmatch(value):
        raise ValueError("must be a decimal string such as '100' or '0.5'")
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError("must be a finite number")
    if not number:
        return Decimal(0)
    if abs(number.adjusted()) > MAX_DIGITS or _digits(number) > MAX_DIGITS:
        raise ValueError(f"must not have more than {MAX_DIGITS} digits")
    return number


def _digits(number: Decimal) -> int:
    """Digits in plain notation, without leading zeros: 0.05 has one, 1E+3 has four."""
    return len(decimal_text(number).lstrip("-0.").replace(".", ""))


def decimal_text(number: Decimal) -> str:
    """The shortest plain notation: no exponent, no trailing zeros after the point."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _to_int(value: object) -> object:
    """Accept an integral float: some msgpack libraries write large integers as floats."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


Quantity = Annotated[
    Decimal,
    BeforeValidator(_to_decimal, json_schema_input_type=_DecimalText | int),
    PlainSerializer(decimal_text, return_type=str),
]
"""Shares, contracts, position sizes: exact, a decimal string on the wire."""

Money = Quantity
"""An amount of money: exact, a decimal string on the wire; its currency stands beside it."""

Price = Annotated[float, Field(allow_inf_nan=False, strict=True)]
"""A price in the contract's currency: a finite float. An integer will do: JavaScript writes 190.0 as 190."""

Int = Annotated[int, Field(ge=-MAX_SAFE_INTEGER, le=MAX_SAFE_INTEGER, strict=True), BeforeValidator(_to_int)]
"""An integer below 2**53."""

Micros = Int
"""An instant: integer microseconds since the epoch, UTC."""


Item = TypeVar("Item")

Many = Annotated[
    tuple[Item, ...],
    BeforeValidator(lambda items: tuple(items) if isinstance(items, list) else items),
    WrapSerializer(lambda items, dump: list(dump(items))),
]
"""A list that cannot be changed, so that what holds it can be compared and looked up."""


def rarely(default: Any) -> Any:
    """A field that most values do not have: left out on the wire while it has its default."""
    return Field(default, exclude_if=lambda value: value == default and type(value) is type(default))
