from __future__ import annotations

import pytest
from pydantic import ValidationError

from twsbridge.protocol.order_attributes import UP_TO_MID, Algo, Institutional, Pegged


def test_a_default_that_is_not_zero_is_left_out_and_zero_is_not() -> None:
    assert "exempt_code" not in Institutional().wire()
    assert Institutional(exempt_code=0).wire() == {"exempt_code": 0}


def test_legs_without_a_price_of_their_own() -> None:
    assert Algo(order_combo_legs=(1.5, None)).wire() == {"order_combo_legs": [1.5, None]}


def test_an_offset_is_a_price_or_up_to_the_mid_point() -> None:
    assert Pegged(compete_against_best_offset=UP_TO_MID).compete_against_best_offset == UP_TO_MID
    with pytest.raises(ValidationError):
        Pegged.model_validate({"compete_against_best_offset": "UP"})
