"""Answers are plain values, each of a kind of its own."""

from __future__ import annotations

import dataclasses

from twssim import answers as ans


def test_every_answer_class_is_one_of_the_answers() -> None:
    classes = {each for each in vars(ans).values() if isinstance(each, type) and each.__module__ == ans.__name__}
    assert classes - {ans.HistoricalBar} == set(ans.Answer.__args__)
    assert all(dataclasses.is_dataclass(each) for each in classes)
