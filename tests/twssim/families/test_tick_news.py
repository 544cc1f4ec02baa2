"""Headlines as ticks."""

from __future__ import annotations

import pytest
from ibapi.contract import Contract

from tests.twssim.official import NOON, VERSIONS, OfficialClient, errors, gateway, names, of, stock

HOUR = 3600.0


@pytest.fixture(params=VERSIONS)
def client(request: pytest.FixtureRequest) -> OfficialClient:
    """A client at each kind of server version, of a market that ticks rarely."""
    made = OfficialClient(gateway(tick_interval=600.0), version=request.param)
    made.after(1.0)
    return made


def tape(provider: str, symbol: str = "") -> Contract:
    made = Contract()
    made.symbol, made.secType, made.exchange = symbol or f"{provider}:{provider}_ALL", "NEWS", provider
    return made


def test_headlines_of_a_line_come_when_they_are_written(client: OfficialClient) -> None:
    client.reqMktData(7, stock(), "mdoff,292", False, False, [])
    rows = of(client.after(5 * HOUR), "tickNews")
    assert len(rows) == 5 and {row[0] for row in rows} == {7}
    times = [row[1] for row in rows]
    assert times == sorted(times) and NOON * 1000 < times[0] < (NOON + HOUR) * 1000
    req_id, _, provider, article_id, headline, extra = rows[0]
    assert headline and extra
    client.reqNewsArticle(8, provider, article_id, [])
    assert headline in of(client.after(1.0), "newsArticle")[0][2]
    client.cancelMktData(7)
    assert of(client.after(5 * HOUR), "tickNews") == []


def test_providers_can_be_chosen(client: OfficialClient) -> None:
    client.reqMktData(7, stock(), "292:DJNL", False, False, [])
    client.reqMktData(8, stock("MSFT"), "292:FLY", False, False, [])
    rows = of(client.after(24 * HOUR), "tickNews")
    assert {(row[0], row[2]) for row in rows} == {(7, "DJNL")}


def test_a_tape_has_every_headline_of_its_provider_and_nothing_else(client: OfficialClient) -> None:
    client.reqMktData(7, tape("BRFG"), "mdoff,292", False, False, [])
    events = client.after(2 * HOUR)
    assert set(names(events)) == {"tickNews"} and {row[2] for row in of(events, "tickNews")} == {"BRFG"}
    client.cancelMktData(7)
    assert client.after(2 * HOUR) == []
    client.cancelMktData(7)
    assert errors(client.take()) == [(7, 300)]


def test_other_tapes_do_not_exist(client: OfficialClient) -> None:
    client.reqMktData(1, tape("FLY"), "mdoff,292", False, False, [])
    client.reqMktData(2, tape("BRFG", "BRFG"), "mdoff,292", False, False, [])
    client.reqMktData(3, tape("BRFG"), "mdoff,292", False, False, [])
    client.reqMktData(3, tape("BRFG"), "mdoff,292", False, False, [])
    assert errors(client.take()) == [(1, 200), (2, 200), (3, 322)]
