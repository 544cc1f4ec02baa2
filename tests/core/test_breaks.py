from __future__ import annotations

from decimal import Decimal

from tests.core.rig import of
from twsbridge.protocol.models import Break
from twsbridge_server.core import effects as fx
from twsbridge_server.core.breaks import Breaks
from twsbridge_server.core.sequencer import Sequencer

MISSING = Break(subject="fills", account="DU1234567", expected=Decimal(5), actual=Decimal(3), text="two are missing")


def events(effects: list[fx.Effect]) -> list[tuple[str, object]]:
    return [(e.type, e.body["resolved"]) for e in of(fx.PublishEvent, effects)]


def test_a_difference_is_published_once_and_stands_until_it_is_gone() -> None:
    breaks = Breaks(Sequencer("e" * 16, {}))
    assert events(breaks.found("b:1", MISSING, 7)) == [("recon.break", False)]
    assert breaks.found("b:1", MISSING, 8) == []
    assert [(row.text, row.since_us) for row in breaks.rows()] == [("two are missing", 7)]
    assert events(breaks.gone("b:1", 9)) == [("recon.break", True)]
    assert breaks.rows() == [] and breaks.gone("b:1", 10) == []


def test_other_figures_are_news_of_the_same_difference() -> None:
    breaks = Breaks(Sequencer("e" * 16, {}))
    breaks.found("b:1", MISSING, 7)
    worse = MISSING.model_copy(update={"actual": Decimal(2)})
    assert events(breaks.found("b:1", worse, 8)) == [("recon.break", False)]
    assert [row.since_us for row in breaks.rows()] == [7]


def test_a_difference_is_told_to_those_who_may_read_the_account() -> None:
    breaks = Breaks(Sequencer("e" * 16, {}))
    effects = [*breaks.found("b:1", MISSING, 7), *breaks.gone("b:1", 9)]
    assert [e.topic for e in of(fx.PublishEvent, effects)] == ["ord|DU1234567|"] * 2
