from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.protocol.strategies import decimals, safe_ints
from twsbridge.protocol.fields import MAX_SAFE_INTEGER, Int, Price, Quantity, WireModel, decimal_text


class Sample(WireModel):
    quantity: Quantity = Decimal(0)
    price: Price = 0.0
    number: Int = 0


@given(decimals)
def test_a_decimal_survives_the_wire_exactly(number: Decimal) -> None:
    text = Sample(quantity=number).wire()["quantity"]
    assert Fraction(text) == Fraction(number)
    assert Sample.model_validate({"quantity": text}, strict=True).quantity == number


@given(decimals)
def test_decimals_are_written_in_the_shortest_plain_notation(number: Decimal) -> None:
    text = Sample(quantity=number).wire()["quantity"]
    assert "E" not in text.upper()
    assert not text.startswith("-0") or text.startswith("-0.")
    assert "." not in text or not text.endswith(("0", "."))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("100", "100"),
        ("100.500", "100.5"),
        ("1E+3", "1000"),
        ("1E-18", "0.000000000000000001"),
        ("-0.0", "0"),
        ("0E-40", "0"),
    ],
)
def test_decimal_text(number: str, text: str) -> None:
    assert Sample(quantity=Decimal(number)).wire()["quantity"] == text


@pytest.mark.parametrize(
    "value", [0, 1, -7, "0", "1", "-7", "007", "1.50", Decimal("2.5"), 10**18 - 1, "0." + "9" * 18]
)
def test_accepted_quantities(value: Any) -> None:
    assert Sample(quantity=value).quantity == Decimal(value)


REFUSED_QUANTITIES: list[Any] = [
    True, False, 1.0, 1.5, None, [], "", " ", "1 ", " 1", "+1", "1e3", "1E3", ".5", "5.", "1_000", "1,000", "0x10",
    "NaN", "nan", "Infinity", "-inf", "1\n", "\uff11", "--1", Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"),
    10**18, "1" * 19, "0." + "9" * 19, "1." + "1" * 18, Decimal("1E+999999"), Decimal("1E-999999"), 10**4000,
]  # fmt: skip


@pytest.mark.parametrize("value", REFUSED_QUANTITIES, ids=lambda value: repr(value)[:24])
def test_refused_quantities(value: object) -> None:
    with pytest.raises(ValidationError):
        Sample.model_validate({"quantity": value})


@given(safe_ints)
def test_integral_floats_are_integers_and_integers_are_prices(number: int) -> None:
    exact = int(float(number))
    assert Sample.model_validate({"number": float(number)}, strict=True).number == exact
    price = Sample.model_validate({"price": number}, strict=True).price
    assert isinstance(price, float)
    assert price == float(number)


@pytest.mark.parametrize("strict", [True, None])
@pytest.mark.parametrize(
    "value",
    [True, False, 1.5, "1", None, float("nan"), float("inf"), 2**53, -(2**53), 2.0**53, 1e300, Decimal(1), [1]],
    ids=repr,
)
def test_refused_integers(value: object, strict: bool | None) -> None:
    with pytest.raises(ValidationError):
        Sample.model_validate({"number": value}, strict=strict)


@pytest.mark.parametrize("strict", [True, None])
@pytest.mark.parametrize(
    "value", [True, "190.5", None, float("nan"), float("inf"), float("-inf"), 10**400, [1.0]], ids=lambda v: repr(v)[:9]
)
def test_refused_prices(value: object, strict: bool | None) -> None:
    with pytest.raises(ValidationError):
        Sample.model_validate({"price": value}, strict=strict)


def test_limits_of_integers_are_accepted() -> None:
    assert Sample(number=MAX_SAFE_INTEGER).number == 2**53 - 1
    assert Sample(number=-MAX_SAFE_INTEGER).number == -(2**53) + 1


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_decimal_text_keeps_the_value(number: Decimal) -> None:
    assert Decimal(decimal_text(number)) == number


def test_a_printed_value_shows_only_what_differs_from_the_default() -> None:
    assert repr(Sample(price=1.5)) == "Sample(price=1.5)"


def test_readers_ignore_fields_they_do_not_know_and_values_are_frozen() -> None:
    sample = Sample.model_validate({"number": 3, "later": True})
    assert sample == Sample(number=3)
    with pytest.raises(ValidationError):
        sample.number = 4
