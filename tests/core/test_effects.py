from __future__ import annotations

import dataclasses
import inspect
from typing import get_args

from twsbridge_server.core import effects


def test_every_effect_is_a_frozen_value_and_in_the_union() -> None:
    rows = set(get_args(effects.JournalRow))
    declared = {kind for _, kind in inspect.getmembers(effects, inspect.isclass) if kind.__module__ == effects.__name__}
    assert declared - rows == set(get_args(effects.Effect))
    assert all(kind.__dataclass_params__.frozen for kind in declared if dataclasses.is_dataclass(kind))
