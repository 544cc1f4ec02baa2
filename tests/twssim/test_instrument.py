from dataclasses import FrozenInstanceError
from decimal import Decimal

import pytest

from twssim.instrument import Behaviour, Instrument


def test_an_instrument_needs_six_fields_and_never_changes() -> None:
    instrument = Instrument(1, "ABC", "STK", "USD", "SMART", Decimal(10))

    assert (instrument.min_tick, instrument.behaviour) == (Decimal("0.01"), Behaviour())
    with pytest.raises(FrozenInstanceError):
        instrument.price = Decimal(11)
