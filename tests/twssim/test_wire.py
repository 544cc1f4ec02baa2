"""Frames, fields and number formats of the text profile."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twssim.wire import (
    Fields,
    Framer,
    FrameTooLong,
    UnreadableRequest,
    double,
    escape,
    frame,
    message,
    money,
    number,
    shortest,
    text,
)

decimals = st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**9), max_value=10**9)


@given(st.lists(st.binary(max_size=200), max_size=20), st.data())
def test_frames_survive_any_cutting(payloads: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(frame(payload) for payload in payloads)
    framer, received = Framer(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        received += framer.feed(stream[:size])
        stream = stream[size:]
    assert received == payloads


def test_a_frame_longer_than_tws_accepts_is_refused() -> None:
    with pytest.raises(FrameTooLong):
        list(Framer().feed(b"\x01\x00\x00\x00"))


def test_a_message_is_a_frame_of_terminated_fields() -> None:
    assert message(9, 1, "x", None, True, Decimal("2.50")) == b"\0\0\0\x0d9\x001\0x\0\x001\x002.5\0"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("257.950"), "257.95"),
        (Decimal("100"), "100"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-7"), "0.0000001"),
        (Decimal("-0.00"), "0"),
        (True, "1"),
        (False, "0"),
        (None, ""),
        (0.1, "0.1"),
        (-5, "-5"),
    ],
)
def test_values_are_written_shortest(value: Decimal | float | int | bool | None, written: str) -> None:
    assert text(value) == written


@given(decimals)
def test_the_shortest_form_loses_nothing(value: Decimal) -> None:
    assert Decimal(shortest(value)) == value
    assert Decimal(double(value)) == value
    assert "." in double(value)


@pytest.mark.parametrize(("value", "written"), [("68000", "68000.00"), ("0.005", "0.00"), ("-0.001", "0.00")])
def test_money_has_two_decimals_and_no_negative_zero(value: str, written: str) -> None:
    assert money(Decimal(value)) == written


@given(st.text())
def test_escaped_text_is_ascii_and_comes_back(content: str) -> None:
    escaped = escape(content)
    assert escaped.isascii()
    if all(ord(letter) < 0xD800 for letter in content):
        assert escaped.encode().decode("unicode-escape") == content


def test_fields_are_read_in_order() -> None:
    fields = Fields(b"5\0\0name\x001\0\x002.5\0")
    read = (fields.integer(), fields.integer(), fields.text(), fields.flag(), fields.flag(), fields.decimal())
    assert read == (5, 0, "name", True, False, Decimal("2.5"))
    assert fields.left == 0


@pytest.mark.parametrize("read", [Fields.text, Fields.integer, Fields.flag, Fields.decimal])
def test_reading_past_the_end_is_an_error(read: object) -> None:
    assert callable(read)
    with pytest.raises(UnreadableRequest):
        read(Fields(b""))


@pytest.mark.parametrize("written", ["x", "1,5", "NaN", "Infinity"])
def test_what_is_no_number_is_an_error(written: str) -> None:
    with pytest.raises(UnreadableRequest):
        number(written)


@pytest.mark.parametrize("marker", ["", "2147483647", "1.7976931348623157e+308", "1.7976931348623157E308"])
def test_the_markers_for_no_value_are_understood(marker: str) -> None:
    assert number(marker) is None
