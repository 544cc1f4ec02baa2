from __future__ import annotations

import inspect
from typing import get_args

from twsbridge_server.core import calls, stream_calls
from twsbridge_server.core.pacing import LANES
from twsbridge_server.core.queries.questions import AnyQuestion, CancelQuestion


def test_every_call_is_frozen_in_the_union_and_has_its_lane() -> None:
    declared = {
        kind
        for module in (calls, stream_calls)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if kind.__module__ == module.__name__
    }
    questions = {*get_args(AnyQuestion), CancelQuestion}
    assert declared | questions == set(get_args(calls.TwsCall)) == set(LANES)
    assert all(kind.__dataclass_params__.frozen for kind in declared | questions)
