"""The behaviours of order types."""

from __future__ import annotations

import pytest

from twssim.order_types import ORDER_TYPES, order_type, usual_spelling


@pytest.mark.parametrize(
    ("written", "meant"),
    [("STPLMT", "STP LMT"), ("STP LMT", "STP LMT"), ("MKT", "MKT"), ("TRAILLMT", "TRAIL LIMIT"), ("PEGMID", "PEG MID")],
)
def test_an_order_type_has_one_spelling(written: str, meant: str) -> None:
    assert usual_spelling(written) == meant
    assert order_type(written) is ORDER_TYPES[meant]


def test_an_unknown_type_has_no_behaviour() -> None:
    assert order_type("NO SUCH") is None


@pytest.mark.parametrize("name", sorted(ORDER_TYPES))
def test_every_behaviour_is_one_the_floor_knows(name: str) -> None:
    kind = ORDER_TYPES[name]
    assert kind.trigger in ("", "stop", "touched", "trail")
    assert kind.price in ("market", "limit", "first", "middle", "own", "opposite")
    assert set(kind.needs) <= {"limit_price", "aux_price"}
