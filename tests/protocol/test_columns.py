from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twsbridge.protocol.columns import columns_to_lists, pack_floats, pack_ints, unpack_floats, unpack_ints

int64s = st.integers(-(2**63), 2**63 - 1)


@given(st.lists(st.floats(allow_nan=False)))
def test_floats_are_little_endian_float64(column: list[float]) -> None:
    packed = pack_floats(column)
    assert packed == struct.pack(f"<{len(column)}d", *column)
    assert unpack_floats(packed) == column


@given(st.lists(int64s))
def test_ints_are_little_endian_int64(column: list[int]) -> None:
    packed = pack_ints(column)
    assert packed == struct.pack(f"<{len(column)}q", *column)
    assert unpack_ints(packed) == column


def test_lists_from_json_are_columns_too() -> None:
    assert unpack_ints([1, 2]) == [1, 2]
    assert unpack_floats([1.5, 2.0]) == [1.5, 2.0]
    assert math.isnan(unpack_floats([None])[0])


@pytest.mark.parametrize("length", [1, 7, 9])
def test_a_broken_column_is_a_value_error(length: int) -> None:
    for unpack in (unpack_floats, unpack_ints):
        with pytest.raises(ValueError, match="multiple of item size"):
            unpack(b"x" * length)


def test_columns_become_lists_in_json_and_nothing_else_is_touched() -> None:
    body = {
        "count": 2,
        "dates": None,
        "i64": {"time_us": pack_ints([1, 2])},
        "f64": {"close": pack_floats([1.5, math.nan]), "wap": [1.0, 2.0]},
    }
    assert columns_to_lists(body) == {
        "count": 2,
        "dates": None,
        "i64": {"time_us": [1, 2]},
        "f64": {"close": [1.5, None], "wap": [1.0, 2.0]},
    }


@pytest.mark.parametrize("body", [{}, {"rows": []}, {"i64": {}}, {"f64": 3, "i64": {}}])
def test_bodies_without_columns_are_returned_as_they_are(body: dict[str, object]) -> None:
    assert columns_to_lists(body) is body
