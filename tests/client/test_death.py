from __future__ import annotations

from typing import Any

import pytest

from twsbridge.death import greeting
from twsbridge.dialogue import GREETING
from twsbridge.errors import InvalidRequest


def test_without_a_choice_the_hello_is_the_usual_one() -> None:
    assert greeting({}) == GREETING
    assert set(greeting({}).wire()) == {"protocol", "library"}


def test_every_process_has_a_lease_of_its_own() -> None:
    one, two = greeting({"on_death": "cancel", "grace": 2.5}), greeting({"on_death": "cancel"})
    assert (one.on_death, one.grace_ms, two.grace_ms) == ("cancel", 2500, 5000)
    assert one.lease != two.lease
    assert greeting({"on_death": "cancel", "lease": "mine"}).lease == "mine"


@pytest.mark.parametrize("wrong", [{"on_death": "panic"}, {"grace": 0.1}, {"lease": "a b", "on_death": "cancel"}])
def test_nonsense_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidRequest):
        greeting(wrong)


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(TypeError, match="on_dead"):
        greeting({"on_dead": "cancel"})  # type: ignore[typeddict-unknown-key]
