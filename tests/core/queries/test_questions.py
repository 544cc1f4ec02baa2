from __future__ import annotations

import inspect
from typing import get_args

from twsbridge_server.core.queries import questions


def test_every_question_is_frozen_and_in_the_union() -> None:
    bases = {questions.Question, questions.IdlessQuestion}
    declared = {kind for _, kind in inspect.getmembers(questions, inspect.isclass) if issubclass(kind, tuple(bases))}
    assert declared - bases == set(get_args(questions.AnyQuestion))
    assert all(kind.__dataclass_params__.frozen for kind in declared)  # type: ignore[attr-defined]


def test_the_subject_tells_questions_without_an_id_apart() -> None:
    assert questions.MarketRule(26).subject != questions.MarketRule(27).subject
    assert questions.RequestFa(1).subject != questions.RequestFa(3).subject
    plain = [
        kind
        for kind in get_args(questions.UnnumberedQuestion)
        if kind not in (questions.MarketRule, questions.RequestFa)
    ]
    assert len({kind().subject for kind in plain}) == len(plain)
