"""Price increments by the rule ids of contract details."""

from __future__ import annotations

import pytest

from tests.twssim.market_rig import UNIVERSE
from tests.twssim.official import VERSIONS, OfficialClient, errors, gateway, of
from twssim.families.market_rules import RULES


def asked(rule_id: int, version: int) -> OfficialClient:
    client = OfficialClient(gateway(), version=version)
    client.after(1.0)
    client.reqMarketRule(rule_id)
    return client


@pytest.mark.parametrize("version", VERSIONS)
def test_a_rule_has_its_edges_and_increments(version: int) -> None:
    ((rule_id, increments),) = of(asked(32, version).take(), "marketRule")
    assert rule_id == 32
    assert [(each.lowEdge, each.increment) for each in increments] == [(0.0, 0.01), (3.0, 0.05)]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_unknown_rule_is_refused(version: int) -> None:
    assert errors(asked(7, version).take()) == [(-1, 321)]


def test_every_rule_begins_at_zero_and_grows() -> None:
    for rule in RULES.values():
        edges = [float(edge) for edge in rule]
        assert edges[0] == 0 and edges == sorted(edges)


def test_every_instrument_has_a_rule_with_its_tick() -> None:
    for instrument in UNIVERSE:
        rules = set(instrument.market_rule_ids.split(","))
        assert [RULES[int(rule)]["0"] for rule in rules] == [str(instrument.min_tick)]
