from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ibapi.const import UNSET_DECIMAL, UNSET_DOUBLE, UNSET_INTEGER, UNSET_LONG
from pydantic import TypeAdapter

from twsbridge.protocol.fields import Money, Quantity
from twsbridge_server.tws import unset


@pytest.mark.parametrize("mark", [None, UNSET_DOUBLE, -UNSET_DOUBLE, math.inf, -math.inf, math.nan])
def test_no_number(mark: float | None) -> None:
    assert unset.number(mark) is None
    assert unset.money(mark) is None


@pytest.mark.parametrize("value", [0.0, -1.0, 190.25, 1e300, 3])
def test_a_number(value: float) -> None:
    assert unset.number(value) == value


@pytest.mark.parametrize("mark", [None, UNSET_INTEGER, UNSET_LONG, -(2**63), 2**53])
def test_no_integer(mark: int | None) -> None:
    assert unset.integer(mark) is None


def test_an_id_of_zero_is_none() -> None:
    assert unset.known_id(0) is None
    assert unset.known_id(-5) == -5
    assert unset.integer(0) == 0


@pytest.mark.parametrize(
    "mark",
    [None, "", UNSET_DECIMAL, "2147483647", "9223372036854775807", "-9223372036854775808", "1.7976931348623157E308",
     "NaN", "sNaN", "Infinity", "-Infinity", "1E+18", "1E+999999"],
)  # fmt: skip
def test_no_size(mark: Decimal | str | None) -> None:
    assert unset.size(mark) is None


@pytest.mark.parametrize("exact", ["0", "100", "-110", "0.5", "0.00000001", "123456789012345678", "1E+3"])
def test_a_size_stays_exact(exact: str) -> None:
    assert unset.size(exact) == Decimal(exact)


def test_a_size_with_more_digits_than_the_wire_carries_is_rounded_not_lost() -> None:
    assert unset.size("1234.123456789012345678") == Decimal("1234.12345678901235")
    assert unset.size("1E-30") == 0


def test_a_size_that_is_no_number() -> None:
    with pytest.raises(InvalidOperation):
        unset.size("many")


@given(st.decimals())
def test_every_size_fits_the_wire(value: Decimal) -> None:
    size = unset.size(value)
    if size is not None:
        TypeAdapter(Quantity).validate_python(size)


@given(st.floats())
def test_every_amount_fits_the_wire(value: float) -> None:
    amount = unset.money(value)
    if amount is not None:
        TypeAdapter(Money).validate_python(amount)
        assert float(amount) == pytest.approx(value, rel=1e-15, abs=1e-12)


def test_money_loses_the_noise_of_floats() -> None:
    assert unset.money(-1.4210854715202004e-14) == 0
    assert unset.money(1.05) == Decimal("1.05")


@given(st.text(st.characters()))
def test_every_text_can_be_encoded(value: str) -> None:
    unset.text(value).encode()


def test_two_halves_of_a_character_are_joined() -> None:
    halves = rb"rocket \ud83d\ude80".decode("unicode-escape")
    assert unset.text(halves) == "rocket \U0001f680"


def test_a_text_is_a_plain_string() -> None:
    class Shouting(str):
        pass

    assert type(unset.text(Shouting("x"))) is str
