"""Market data lines from the inside: what the ledger knows, slow readers, frozen quotes."""

from __future__ import annotations

import pytest

from tests.twssim.official import OfficialClient, gateway, of, stock

pytestmark = pytest.mark.usefixtures("every_profile")

SATURDAY = 1_795_521_600.0 + 4 * 86_400


def lines(client: OfficialClient) -> list[tuple[int, int, int, str]]:
    records = client.tws.ledger.of("line")
    return [(each["client_id"], each["req_id"], each["con_id"], each["state"]) for each in records]


def test_the_ledger_counts_lines() -> None:
    client = OfficialClient(gateway())
    client.reqMktData(9, stock(), "", False, False, [])
    client.reqMktData(10, stock("MSFT"), "", False, False, [])
    client.cancelMktData(9)
    assert lines(client) == [(1, 9, 265598, "opened"), (1, 10, 272093, "opened"), (1, 9, 265598, "closed")]
    client.disconnect()
    assert lines(client)[-1] == (1, 10, 272093, "closed")


def test_a_client_that_does_not_read_gets_the_newest_state_later() -> None:
    client = OfficialClient(gateway())
    client.reqMktData(9, stock(), "", False, False, [])
    client.after(1.0)
    client.session.congested = True
    assert client.after(10.0) == []
    client.session.congested = False
    assert 1 <= len(client.after(0.25)) < 20


def test_frozen_data_are_marked_while_the_exchange_is_closed() -> None:
    client = OfficialClient(gateway(now=SATURDAY, calendar="regular"))
    client.reqMarketDataType(2)
    client.reqMktData(9, stock(), "", False, False, [])
    assert of(client.after(1.0), "marketDataType") == [(9, 2)]
