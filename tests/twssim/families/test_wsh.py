"""The calendar of corporate events."""

from __future__ import annotations

import json

import pytest
from ibapi.common import WshEventData

from tests.twssim.official import VERSIONS, OfficialClient, errors, gateway, of, order, stock


def wanted(con_id: int = 265598, **fields: object) -> WshEventData:
    made = WshEventData()
    made.conId = con_id
    for name, value in fields.items():
        setattr(made, name, value)
    return made


@pytest.fixture(params=(161, 171, *VERSIONS))
def client(request: pytest.FixtureRequest) -> OfficialClient:
    """A client at each kind of server version, and at those where fields were added."""
    made = OfficialClient(gateway(), version=request.param)
    made.after(1.0)
    return made


def described(client: OfficialClient) -> OfficialClient:
    client.reqWshMetaData(1)
    ((req_id, written),) = of(client.after(1.0), "wshMetaData")
    assert req_id == 1 and json.loads(written)["data"]["meta_data"]["event_types"]
    return client


def test_events_need_the_meta_data_first(client: OfficialClient) -> None:
    client.reqWshEventData(2, wanted())
    assert errors(client.take()) == [(2, 10282)]
    described(client).reqWshEventData(3, wanted())
    ((req_id, written),) = of(client.after(1.0), "wshEventData")
    events = json.loads(written)
    assert req_id == 3 and {each["conids"][0] for each in events} == {"265598"}
    assert min(each["index_date"] for each in events) >= "20261124"


def test_one_of_each_at_a_time(client: OfficialClient) -> None:
    client.reqWshMetaData(1)
    client.reqWshMetaData(2)
    assert errors(client.take()) == [(2, 10278)]
    client.after(1.0)
    client.reqWshEventData(3, wanted())
    client.reqWshEventData(4, wanted())
    assert errors(client.take()) == [(4, 10281)]


def test_a_cancelled_request_is_not_answered(client: OfficialClient) -> None:
    described(client)
    client.reqWshMetaData(1)
    client.cancelWshMetaData(1)
    client.reqWshEventData(2, wanted())
    client.cancelWshEventData(2)
    assert client.after(1.0) == []
    client.cancelWshMetaData(1)
    client.cancelWshEventData(2)
    assert errors(client.take()) == [(1, 10280), (2, 10284)]


@pytest.mark.parametrize("version", [173, *VERSIONS])
def test_dates_limit_and_filter_choose(version: int) -> None:
    client = OfficialClient(gateway(), version=version)
    client.after(1.0)
    described(client)
    client.reqWshEventData(2, wanted(startDate="20260101", endDate="20260401", totalLimit=2))
    ((_, written),) = of(client.after(1.0), "wshEventData")
    dates = [each["index_date"] for each in json.loads(written)]
    assert len(dates) == 2 and dates == sorted(dates) and dates[0] >= "20260101" and dates[1] <= "20260401"
    chosen = json.dumps({"watchlist": ["8314"], "wshe_ed": "true"})
    client.reqWshEventData(3, wanted(2**31 - 1, filter=chosen))
    ((_, written),) = of(client.after(1.0), "wshEventData")
    events = json.loads(written)
    assert events and {(each["event_type"], *each["conids"]) for each in events} == {("wshe_ed", "8314")}
    client.reqWshEventData(4, wanted(2**31 - 1, filter="[not json"))
    assert errors(client.take()) == [(4, 10283)]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_portfolio_can_be_asked_for(version: int) -> None:
    client = OfficialClient(gateway(), version=version)
    client.after(1.0)
    client.placeOrder(1, stock("MSFT"), order("MKT", "BUY", 1))
    client.after(3.0)
    described(client)
    client.reqWshEventData(2, wanted(2**31 - 1, fillPortfolio=True))
    ((_, written),) = of(client.after(1.0), "wshEventData")
    assert {each["data"]["symbol"] for each in json.loads(written)} == {"MSFT"}
