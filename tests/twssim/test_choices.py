from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import get_type_hints

import pytest

from twssim.choices import READERS, chosen
from twssim.settings import Settings


def test_every_setting_can_be_written() -> None:
    assert {str(kind) for kind in get_type_hints(Settings).values()} <= set(READERS)
    assert len(get_type_hints(Settings)) == len(fields(Settings))


def test_values_of_every_kind() -> None:
    written = [
        "commission_plan=tiered", "fill_slices=2", "locate_seconds=0.5", "read_only=yes", "cash=1.5",
        "master_client_id=0", "master_client_id=", "ack_delay=0.1,0.2", "hard_to_borrow=GME,AMC", "start=",
    ]  # fmt: skip
    settings = Settings(**chosen(written, frozenset()))
    assert (settings.commission_plan, settings.fill_slices, settings.locate_seconds) == ("tiered", 2, 0.5)
    assert (settings.read_only, settings.cash, settings.master_client_id) == (True, Decimal("1.5"), None)
    assert (settings.ack_delay, settings.hard_to_borrow, settings.start) == ((0.1, 0.2), ("GME", "AMC"), None)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("moon=1", "the names are"),
        ("read_only", "NAME=VALUE"),
        ("seed=2", "the names are"),
        ("read_only=maybe", "read_only needs yes or no, not 'maybe'"),
        ("fill_slices=x", "needs a whole number"),
        ("ack_delay=1", "needs two numbers with a comma"),
        ("cash=x", "needs a number"),
    ],
)
def test_what_cannot_be_is_refused(written: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        chosen([written], frozenset({"seed"}))
