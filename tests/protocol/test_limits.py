from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.protocol.strategies import ascii_texts, safe_ints
from twsbridge.protocol.limits import MAX_DEPTH, MAX_NODES, MAX_TEXT, UnfitValue, check_shape, no_duplicate_keys

leaves = st.none() | st.booleans() | safe_ints | st.floats(allow_nan=False, allow_infinity=False) | ascii_texts


@given(st.dictionaries(ascii_texts, leaves | st.lists(leaves, max_size=4) | st.dictionaries(ascii_texts, leaves)))
def test_what_a_command_may_look_like(value: dict[str, Any]) -> None:
    check_shape(value)


@pytest.mark.parametrize(
    "unfit",
    [
        float("nan"), float("inf"), float("-inf"), 2**53, -(2**53), 10**30, b"bytes", (1,), {1}, "\x00", "a\nb",
        "\x1b[31m",
        "\x7f", "caf\u00e9", "\u202e", "\ud800", "x" * (MAX_TEXT + 1),
    ],
    ids=lambda value: ascii(value)[:12],
)  # fmt: skip
@pytest.mark.parametrize("field", ["order.price", "order.legs.1", "x"])
def test_unfit_values_are_refused_by_the_name_of_their_field(unfit: Any, field: str) -> None:
    value: Any = unfit
    for part in reversed(field.split(".")):
        value = ["first", value] if part == "1" else {"fine": 1, part: value, "last": "z"}
    with pytest.raises(UnfitValue) as caught:
        check_shape(value)
    assert caught.value.field == field


def test_the_field_of_an_unfit_key_is_printable() -> None:
    with pytest.raises(UnfitValue) as caught:
        check_shape({"order": {"pri\x00ce": 1}})
    assert caught.value.field == r"order.pri\x00ce"


@pytest.mark.parametrize("empty", [{}, [], "leaf"])
def test_depth(empty: Any) -> None:
    def nested(depth: int) -> Any:
        value = empty
        for _ in range(depth - 1):
            value = [value]
        return value

    check_shape(nested(MAX_DEPTH))
    with pytest.raises(ValueError, match="deeper than 8"):
        check_shape(nested(MAX_DEPTH + 1))
    with pytest.raises(ValueError, match="deeper than 8"):
        check_shape(nested(900))


def test_a_fault_below_a_deep_branch_is_still_found() -> None:
    deep: Any = 1
    for _ in range(900):
        deep = [deep]
    with pytest.raises(UnfitValue, match="finite"):
        check_shape([deep, float("nan")])


def test_number_of_values() -> None:
    check_shape([1] * (MAX_NODES - 1))
    with pytest.raises(ValueError, match="more than 4096"):
        check_shape([1] * MAX_NODES)
    with pytest.raises(ValueError, match="more than 4096"):
        check_shape({"a": [[]] * MAX_NODES})


def test_text_of_the_greatest_length() -> None:
    check_shape({"k" * MAX_TEXT: "v" * MAX_TEXT})


@given(st.lists(st.tuples(ascii_texts, safe_ints), unique_by=lambda pair: pair[0]))
def test_pairs_with_different_keys_are_a_map(pairs: list[tuple[str, int]]) -> None:
    assert no_duplicate_keys(pairs) == dict(pairs)


@given(st.lists(ascii_texts, min_size=1), st.data())
def test_a_key_that_comes_twice_is_refused(keys: list[str], data: st.DataObject) -> None:
    keys.insert(data.draw(st.integers(0, len(keys))), data.draw(st.sampled_from(keys)))
    with pytest.raises(ValueError, match="comes twice"):
        no_duplicate_keys([(key, 1) for key in keys])


def test_keys_must_be_strings() -> None:
    with pytest.raises(ValueError, match="strings"):
        no_duplicate_keys([(b"bytes", 1)])


def test_refusing_a_map_of_many_keys_takes_no_quadratic_time() -> None:
    pairs = [(str(n), n) for n in range(20_000)]
    start = time.process_time()
    with pytest.raises(ValueError, match="comes twice"):
        no_duplicate_keys([*pairs, ("19999", 1)])
    assert time.process_time() - start < 1
