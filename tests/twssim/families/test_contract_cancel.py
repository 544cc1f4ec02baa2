"""cancelContractData, which only server versions from 215 on know."""

from __future__ import annotations

from tests.twssim.official import OfficialClient, errors, gateway, names, stock


def test_what_is_under_way_can_be_cancelled_once() -> None:
    client = OfficialClient(gateway(), version=225)
    client.after(1.0)
    client.reqContractDetails(9, stock())
    client.cancelContractData(9)
    assert client.after(1.0) == []
    client.cancelContractData(9)
    assert errors(client.take()) == [(9, 300)]
    client.reqContractDetails(9, stock())
    client.reqContractDetails(9, stock())
    assert names(client.after(1.0)) == ["contractDetails", "contractDetailsEnd"] * 2
