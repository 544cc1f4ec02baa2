from __future__ import annotations

import inspect
from typing import get_args

from twsbridge_server.core import inputs, stream_inputs
from twsbridge_server.core.queries.answers import Answered

ANSWERS = get_args(Answered)
PARTS = {inputs.Client, inputs.Source, stream_inputs.BarRow}


def test_every_input_is_a_frozen_value_and_in_the_union() -> None:
    declared = {
        kind
        for module in (inputs, stream_inputs)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if kind.__module__ == module.__name__
    }
    assert (declared - PARTS) | set(ANSWERS) == set(get_args(inputs.Input))
    assert all(issubclass(kind, tuple) or kind.__dataclass_params__.frozen for kind in get_args(inputs.Input))
