from __future__ import annotations

import pytest

from twsbridge.protocol.fields import WireModel
from twsbridge.protocol.tick_values import COMPUTATIONS, EXCHANGES_FOR_PHYSICAL, NEWS, TICK_MODELS, HeadlineTick


@pytest.mark.parametrize("model", TICK_MODELS)
def test_the_maps_come_back_equal(model: type[WireModel]) -> None:
    needed = {"time_us": 1, "provider": "BRFG", "article_id": "a", "headline": "h"} if model is HeadlineTick else {}
    made = model.model_validate(needed)
    assert model.model_validate(made.wire()) == made


def test_types_are_apart() -> None:
    assert not COMPUTATIONS & EXCHANGES_FOR_PHYSICAL and NEWS not in COMPUTATIONS | EXCHANGES_FOR_PHYSICAL
