"""What a simulator can be told, and what it refuses to be told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from twssim.settings import Settings


def test_the_default_is_a_paper_account_in_pounds_at_server_version_200() -> None:
    settings = Settings()
    assert (settings.accounts, settings.currency, settings.cash) == (("DU1234567",), "GBP", Decimal(100_000))
    assert settings.server_version == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"server_version": 156},
        {"server_version": 226},
        {"speed": -1.0},
        {"commission_plan": "free"},
        {"tick_interval": -1.0},
        {"accounts": ()},
        {"currency": "POUNDS"},
    ],
)
def test_impossible_settings_are_refused_in_one_sentence(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        Settings(**wrong)


@pytest.mark.parametrize(("speed", "seconds"), [(0.0, 0.25), (1.0, 0.25), (12.5, 0.25), (1440.0, 28.8)])
def test_a_fast_simulator_looks_at_its_orders_less_often(speed: float, seconds: float) -> None:
    assert Settings(speed=speed).look_interval == pytest.approx(seconds)
