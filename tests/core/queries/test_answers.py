from __future__ import annotations

import pytest

from twsbridge_server.core.queries.answers import AnswerEnd, AnswerPart, IdlessAnswer


@pytest.mark.parametrize("said", [AnswerPart(1, ("a",)), AnswerEnd(1), IdlessAnswer("time", ("a",))])
def test_answers_are_values(said: AnswerPart | AnswerEnd | IdlessAnswer) -> None:
    assert said == type(said)(*(getattr(said, name) for name in type(said).__slots__))
    assert hash(said)
