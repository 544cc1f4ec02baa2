"""Answers are plain values, each of a kind of its own."""

from __future__ import annotations

import dataclasses

from tests.twssim.declared import ANSWERS


def test_every_answer_is_a_frozen_value() -> None:
    for kind in ANSWERS:
        assert dataclasses.is_dataclass(kind) and kind.__hash__ is not None, kind
