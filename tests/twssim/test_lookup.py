"""The one instrument that a request means."""

from __future__ import annotations

from tests.twssim.official import OfficialClient, errors, gateway, of
from twssim.contracts import ContractQuery
from twssim.lookup import the_instrument


def test_one_match_is_returned_and_anything_else_is_error_200() -> None:
    client = OfficialClient(gateway())
    client.after(1.0)
    found = the_instrument(client.session, 9, ContractQuery(symbol="AAPL", sec_type="STK", exchange="SMART"))
    assert found is not None and found.con_id == 265598
    assert the_instrument(client.session, 9, ContractQuery(con_id=1)) is None
    assert the_instrument(client.session, 9, ContractQuery(symbol="ES")) is None
    events = client.take()
    assert errors(events) == [(9, 200), (9, 200)]
    assert "ambiguous" in of(events, "error")[1][3]
