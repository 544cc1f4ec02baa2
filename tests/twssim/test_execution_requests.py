"""reqExecutions and its filter."""

from __future__ import annotations

from typing import Any

import pytest
from ibapi.execution import ExecutionFilter

from tests.twssim.official import NOON, OfficialClient, errors, gateway, names, of, order, stock

pytestmark = pytest.mark.usefixtures("every_profile")

DAY = 86_400.0


def traded(**settings: Any) -> OfficialClient:
    """Client 1 bought AAPL and sold MSFT, client 2 bought CSH2 a minute later."""
    client = OfficialClient(gateway(**settings), 1)
    other = OfficialClient(client.tws, 2)
    client.after(1.0)
    client.placeOrder(1, stock("AAPL"), order("MKT", "BUY", 5))
    client.after(2.0)
    client.placeOrder(2, stock("MSFT"), order("MKT", "SELL", 5))
    client.after(60.0)
    other.placeOrder(1, stock("CSH2", "GBP", "LSE"), order("MKT", "BUY", 5))
    client.after(2.0)
    return client


def asked(client: OfficialClient, **wanted: Any) -> list[str]:
    chosen = ExecutionFilter()
    for name, value in wanted.items():
        setattr(chosen, name, value)
    client.reqExecutions(9, chosen)
    events = client.after(1.0)
    assert {arguments[0] for arguments in of(events, "execDetails")} <= {9}
    return [contract.symbol for _, contract, _ in of(events, "execDetails")]


def test_each_execution_is_followed_by_its_commission_then_comes_the_end() -> None:
    client = traded()
    client.reqExecutions(9, ExecutionFilter())
    events = client.after(1.0)
    assert names(events) == ["execDetails", "commissionAndFeesReport"] * 3 + ["execDetailsEnd"]
    fills = [execution.execId for _, _, execution in of(events, "execDetails")]
    assert [report.execId for (report,) in of(events, "commissionAndFeesReport")] == fills


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"clientId": 1}, ["AAPL", "MSFT"]),
        ({"clientId": 2}, ["CSH2"]),
        ({"symbol": "MSFT"}, ["MSFT"]),
        ({"side": "BUY"}, ["AAPL", "CSH2"]),
        ({"side": "SLD"}, ["MSFT"]),
        ({"secType": "OPT"}, []),
        ({"exchange": "LSE"}, ["CSH2"]),
        ({"acctCode": "DU1234567"}, ["AAPL", "MSFT", "CSH2"]),
        ({"acctCode": "DU9999999"}, []),
        ({"time": "20261124-12:01:00"}, ["CSH2"]),
        ({"time": "20261124 07:01:00 US/Eastern"}, ["CSH2"]),
        ({"time": "20261124 12:01:00"}, ["CSH2"]),
    ],
)
def test_the_filter(wanted: dict[str, Any], found: list[str]) -> None:
    assert asked(traded(), **wanted) == found


def test_a_time_that_cannot_be_read_is_refused() -> None:
    client, chosen = traded(), ExecutionFilter()
    chosen.time = "yesterday"
    client.reqExecutions(9, chosen)
    assert errors(client.take()) == [(9, 321)]


def test_yesterday_is_shown_only_when_it_is_asked_for(every_profile: int) -> None:
    client = traded()
    client.tws.advance(NOON + DAY)
    client.take()
    assert asked(client) == []
    if every_profile < 200:
        return
    assert asked(client, lastNDays=2) == ["AAPL", "MSFT", "CSH2"]
    assert asked(client, lastNDays=2**30) == ["AAPL", "MSFT", "CSH2"]
    assert asked(client, specificDates=[20261124]) == ["AAPL", "MSFT", "CSH2"]
    assert asked(client, specificDates=[20261125]) == []


@pytest.mark.parametrize(("end", "told"), [(True, ["execDetailsEnd"]), (False, [])])
def test_the_end_of_an_empty_answer_can_be_missing_as_recorded(end: bool, told: list[str]) -> None:
    client = OfficialClient(gateway(execution_end_when_empty=end))
    client.after(1.0)
    client.reqExecutions(9, ExecutionFilter())
    assert names(client.after(1.0)) == told
