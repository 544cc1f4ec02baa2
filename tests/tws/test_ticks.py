"""The fast reader must say what ibapi's decoder says: compared tick by tick, for random ticks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ibapi.const import UNSET_DECIMAL, UNSET_DOUBLE
from ibapi.decoder import Decoder
from ibapi.wrapper import EWrapper

from twsbridge.protocol.fields import decimal_text
from twsbridge.protocol.stream_rows import Tick
from twsbridge_server.core.inputs import CurrentTime
from twsbridge_server.core.stream_inputs import Ticks
from twsbridge_server.tws.ticks import TextTicks, joined, price_ticks, size_value

UNSET_TEXTS = ["", "2147483647", "9223372036854775807", "1.7976931348623157E308", "-9223372036854775808"]

tick_types = st.integers(0, 95)
req_ids = st.integers(-1, 2**31 - 1)
prices = st.one_of(
    st.floats(allow_nan=True, allow_infinity=False).map(repr),
    st.decimals(-1000, 1000, places=2).map(str),
    st.sampled_from(["", "0", "-1", "-1.0", "Infinity", "1.7976931348623157E308", "190", "1E2"]),
)
sizes = st.one_of(
    st.integers(-10, 10**18 - 1).map(str),
    st.decimals(0, 10**6, places=4).map(str),
    st.sampled_from([*UNSET_TEXTS, "0", "007", "100.00", "1E+3"]),
)
texts = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="\\"), max_size=20)


class Official(EWrapper):
    """Notes what ibapi's decoder calls, and applies the two rules: markers are None, -1 without size is None."""

    def __init__(self) -> None:
        self.said: list[tuple[int, int, object]] = []

    def tickPrice(self, *args: Any) -> None:
        req_id, tick_type, price, _attributes = args
        self.said.append((req_id, tick_type, price if abs(price) < UNSET_DOUBLE else None))

    def tickSize(self, reqId: int, tickType: int, size: Decimal) -> None:
        is_set = size != UNSET_DECIMAL
        if self.said and self.said[-1][2] == -1 and (not is_set or size == 0):
            self.said[-1] = (*self.said[-1][:2], None)
        self.said.append((reqId, tickType, size if is_set else None))

    def tickGeneric(self, reqId: int, tickType: int, value: float) -> None:
        self.said.append((reqId, tickType, value if abs(value) < UNSET_DOUBLE else None))

    def tickString(self, reqId: int, tickType: int, value: str) -> None:
        self.said.append((reqId, tickType, value))


def official(version: int, message_id: int, fields: list[bytes]) -> list[tuple[int, int, object]]:
    wrapper = Official()
    Decoder(wrapper, version).interpret(fields, message_id)
    return wrapper.said


def ours(version: int, message_id: int, fields: list[bytes]) -> list[tuple[int, int, object]]:
    said = TextTicks(is_escaped=version >= 153).read(message_id, fields)
    return [(said.req_id, *tick) for tick in said.ticks]


def compare(version: int, message_id: int, *fields: object) -> None:
    encoded = [str(field).encode() for field in fields]
    expected = official(version, message_id, encoded)
    got = ours(version, message_id, encoded)
    assert [row[:2] for row in got] == [row[:2] for row in expected]
    for (_, tick_type, value), (_, _, wanted) in zip(got, expected, strict=True):
        if isinstance(wanted, Decimal):
            assert isinstance(value, str)
            assert Decimal(value) == pytest.approx(wanted, rel=Decimal("1e-17"))
            assert value == decimal_text(Decimal(value)), f"type {tick_type}: not the shortest notation"
        else:
            assert value == wanted


@pytest.mark.parametrize("version", [176, 200])
@given(st.tuples(req_ids, tick_types, prices, sizes, st.integers(0, 7)))
def test_price_ticks_equal_the_official_ones(version: int, fields: tuple[object, ...]) -> None:
    compare(version, 1, 6, *fields)


@pytest.mark.parametrize("version", [176, 200])
@given(req_ids, tick_types, sizes)
def test_size_ticks_equal_the_official_ones(version: int, req_id: int, tick_type: int, size: str) -> None:
    compare(version, 2, 6, req_id, tick_type, size)


@pytest.mark.parametrize("version", [176, 200])
@given(req_ids, tick_types, st.floats(allow_nan=False).map(repr))
def test_generic_ticks_equal_the_official_ones(version: int, req_id: int, tick_type: int, value: str) -> None:
    compare(version, 45, 6, req_id, tick_type, value)


@pytest.mark.parametrize("version", [150, 176, 200])
@given(req_ids, tick_types, texts)
def test_string_ticks_equal_the_official_ones(version: int, req_id: int, tick_type: int, value: str) -> None:
    compare(version, 46, 6, req_id, tick_type, value)


@pytest.mark.parametrize("value", ["caf\\u00e9", "a\\\\b", "a\\nb"])
def test_escaped_texts_equal_the_official_ones(value: str) -> None:
    compare(176, 46, 6, 1, 45, value)


def test_a_text_in_two_halves_can_be_encoded() -> None:
    said = ours(176, 46, [b"6", b"1", b"32", rb"\ud83d\ude80"])
    assert said == [(1, 32, "\U0001f680")]


@pytest.mark.parametrize(
    ("message_id", "fields"),
    [
        (1, (6, 1001, 1, "NOTANUMBER", 100, 0)),
        (1, (6, 1001, 1, 190.25, "many", 0)),
        (1, (6, 1001, 1, 190.25)),
        (2, (6, 1001, 0)),
        (2, (6, 1001, 0, "many")),
        (45, (6, 1001, 49)),
        (45, (6, 1001, 49, "")),
        (46, (6, "x", 45, "")),
        (46, (6, 1001, 45, "", "")),
    ],
)
def test_what_the_official_decoder_cannot_read_is_an_error_here(message_id: int, fields: tuple[object, ...]) -> None:
    encoded = [str(field).encode() for field in fields]
    with pytest.raises((ValueError, ArithmeticError)):
        ours(176, message_id, encoded)


@pytest.mark.parametrize("tick_type", [1, 2, 4, 66, 67, 68])
def test_minus_one_without_size_is_no_quote(tick_type: int) -> None:
    price, size = price_ticks(tick_type, -1.0, "0")
    assert (price.value, size.value) == (None, "0")


@pytest.mark.parametrize(("tick_type", "price", "size"), [(1, -1.0, "5"), (2, -0.95, "0"), (1, 0.0, "0")])
def test_other_prices_below_zero_are_real(tick_type: int, price: float, size: str) -> None:
    assert price_ticks(tick_type, price, size)[0].value == price


@pytest.mark.parametrize("tick_type", [6, 7, 9, 14, 37])
def test_a_price_that_never_has_a_size_may_be_minus_one(tick_type: int) -> None:
    assert price_ticks(tick_type, -1.0, "0") == (Tick(tick_type, -1.0),)


@pytest.mark.parametrize(
    ("text", "value"), [("100", "100"), ("0", "0"), ("100.50", "100.5"), ("", None), ("1E+3", "1000")]
)
def test_a_size_is_in_the_shortest_notation(text: str, value: str | None) -> None:
    assert size_value(text) == value


def test_ticks_of_a_line_are_joined_and_overtake_nothing_else() -> None:
    a, b, c = Tick(1, 1.0), Tick(2, 2.0), Tick(4, 3.0)
    turns = [Ticks(1, (a,)), Ticks(2, (a,)), Ticks(1, (b, c)), Ticks(2, (b,))]
    said = [*turns, CurrentTime(5), CurrentTime(6), Ticks(2, (b,)), Ticks(1, (a,))]
    lines = [Ticks(1, (a, b, c)), Ticks(2, (a, b))]
    assert joined(said) == [*lines, CurrentTime(5), CurrentTime(6), Ticks(2, (b,)), Ticks(1, (a,))]
