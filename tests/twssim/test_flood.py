"""Precomputed ticks for benchmarks."""

from __future__ import annotations

from tests.twssim.official import OfficialClient, gateway, names, of, stock
from twssim.flood import FloodBlocks, flood_block


def flowing() -> OfficialClient:
    client = OfficialClient(gateway(flood=True))
    client.after(1.0)
    client.reqMktData(9, stock(), "", False, False, [])
    return client


def test_a_block_is_made_of_ticks_the_official_decoder_reads() -> None:
    client = flowing()
    client.after(0.1)
    client.session._output += flood_block(client.session, client.session.subscriptions.market[9])
    events = client.take()
    assert set(names(events)) == {"tickPrice", "tickSize", "tickString"} and len(events) > 400
    assert {arguments[0] for arguments in of(events, "tickPrice", "tickSize", "tickString")} == {9}


def test_only_lines_that_have_begun_flow_and_blocks_are_made_once() -> None:
    client, blocks = flowing(), FloodBlocks()
    assert blocks.of(client.session) == []
    client.after(0.1)
    first = blocks.of(client.session)
    assert len(first) == 1 and blocks.of(client.session)[0] is first[0]
    client.cancelMktData(9)
    assert blocks.of(client.session) == []


def test_the_usual_ticks_pause_while_the_flood_flows() -> None:
    client = flowing()
    client.after(0.1)
    assert client.after(5.0) == []
