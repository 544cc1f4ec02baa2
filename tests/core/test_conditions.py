from __future__ import annotations

from tests.core.rig import of
from twsbridge_server.core import effects as fx
from twsbridge_server.core.conditions import MEANINGS, OF_CODE, OVER_WHEN_READY, Conditions
from twsbridge_server.core.sequencer import Sequencer


def events(effects: list[fx.Effect]) -> list[tuple[str, bool]]:
    return [(e.body["code"], e.body["active"]) for e in of(fx.PublishEvent, effects)]


def test_a_condition_is_published_when_it_begins_and_when_it_ends() -> None:
    conditions = Conditions(Sequencer("e" * 16, {}))
    assert events(conditions.begin("link_down", "1100", 7)) == [("link_down", True)]
    assert conditions.begin("link_down", "1100", 8) == []
    assert events(conditions.begin("link_down", "2110", 9)) == [("link_down", True)]
    (row,) = conditions.rows()
    assert (row.text, row.since_us) == ("2110", 7) and row.does and row.do
    assert events(conditions.end(OVER_WHEN_READY, 10)) == [("link_down", False)]
    assert conditions.rows() == [] and conditions.end(OVER_WHEN_READY, 11) == []


def test_farms_are_one_condition_that_names_those_that_are_broken() -> None:
    conditions = Conditions(Sequencer("e" * 16, {}))
    conditions.farms({"usfarm": "broken", "ushmds": "broken", "eufarm": "ok"}, 1)
    assert conditions.rows()[0].text == "TWS has lost its connection to usfarm, ushmds"
    assert events(conditions.farms({"usfarm": "ok", "ushmds": "inactive"}, 2)) == [("farm_broken", False)]


def test_every_condition_has_a_meaning() -> None:
    assert {*OF_CODE.values(), *OVER_WHEN_READY} <= MEANINGS.keys()
    assert all(meaning.does for meaning in MEANINGS.values())


def test_clients_that_are_shut_out_are_named_until_they_may_come_back() -> None:
    conditions = Conditions(Sequencer("e" * 16, {}))
    conditions.banned(["'a' floods", "'b' floods"], 1)
    assert conditions.rows()[0].text == "Client 'a' floods; Client 'b' floods"
    assert events(conditions.banned([], 2)) == [("client_banned", False)]
