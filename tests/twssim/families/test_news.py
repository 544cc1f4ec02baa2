"""Providers, headlines and articles."""

from __future__ import annotations

import pytest

from tests.twssim.official import VERSIONS, OfficialClient, errors, gateway, of

AAPL, EUR_USD = 265598, 12087792
ALL = "BRFG+BRFUPDN+DJNL"


@pytest.fixture(params=VERSIONS)
def client(request: pytest.FixtureRequest) -> OfficialClient:
    """A client at each kind of server version."""
    made = OfficialClient(gateway(), version=request.param)
    made.after(1.0)
    return made


def test_the_providers_have_code_and_name(client: OfficialClient) -> None:
    client.reqNewsProviders()
    ((providers,),) = of(client.take(), "newsProviders")
    assert [each.code for each in providers] == ["BRFG", "BRFUPDN", "DJNL"]
    assert providers[2].name == "Dow Jones Newsletters"


def test_headlines_come_newest_first_with_an_end(client: OfficialClient) -> None:
    client.reqHistoricalNews(7, AAPL, ALL, "", "", 5, [])
    events = client.after(1.0)
    rows = of(events, "historicalNews")
    times = [row[1] for row in rows]
    assert len(rows) == 5 and times == sorted(times, reverse=True) and times[0] < "2026-11-24 12:00:00.0"
    assert all(row[0] == 7 and row[3].startswith(row[2] + "$") for row in rows)
    assert events[-1] == ("historicalNewsEnd", (7, True))


def test_a_headline_leads_to_its_article(client: OfficialClient) -> None:
    client.reqHistoricalNews(7, AAPL, "DJNL", "", "", 1, [])
    ((_, _, provider, article_id, headline),) = of(client.after(1.0), "historicalNews")
    assert provider == "DJNL"
    client.reqNewsArticle(8, provider, article_id, [])
    ((req_id, kind, text),) = of(client.after(1.0), "newsArticle")
    assert (req_id, kind) == (8, 0) and headline in text


def test_times_bound_the_headlines(client: OfficialClient) -> None:
    client.reqHistoricalNews(7, AAPL, ALL, "2026-11-23 00:00:00", "2026-11-24 00:00:00.0", 300, [])
    events = client.after(1.0)
    assert len(of(events, "historicalNews")) == 24
    assert all(row[1].startswith("2026-11-23 ") for row in of(events, "historicalNews"))
    assert of(events, "historicalNewsEnd") == [(7, False)]


def test_three_hundred_is_the_most(client: OfficialClient) -> None:
    client.reqHistoricalNews(7, AAPL, ALL, "", "", 1000, [])
    events = client.after(1.0)
    assert len(of(events, "historicalNews")) == 300 and of(events, "historicalNewsEnd") == [(7, True)]


def test_nobody_writes_about_currencies(client: OfficialClient) -> None:
    client.reqHistoricalNews(7, EUR_USD, ALL, "", "", 10, [])
    assert client.after(1.0) == [("historicalNewsEnd", (7, False))]


def test_what_is_not_allowed_or_unknown_is_refused(client: OfficialClient) -> None:
    client.reqHistoricalNews(1, AAPL, "FLY", "", "", 10, [])
    client.reqHistoricalNews(2, 1, ALL, "", "", 10, [])
    client.reqHistoricalNews(3, AAPL, ALL, "yesterday", "", 10, [])
    client.reqNewsArticle(4, "FLY", "FLY$1", [])
    client.reqNewsArticle(5, "DJNL", "DJNL$nothing", [])
    client.reqNewsArticle(6, "DJNL", "", [])
    found = errors(client.after(1.0))
    assert found == [(1, 10277), (2, 10173), (3, 10173), (4, 10276), (5, 10172), (6, 10172)]
