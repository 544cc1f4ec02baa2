"""Window groups of the TWS screen."""

from __future__ import annotations

import pytest

from tests.twssim.official import VERSIONS, OfficialClient, errors, gateway, of


@pytest.fixture(params=VERSIONS)
def pair(request: pytest.FixtureRequest) -> tuple[OfficialClient, OfficialClient]:
    """Two clients of one TWS."""
    tws = gateway()
    clients = OfficialClient(tws, 1, request.param), OfficialClient(tws, 2, request.param)
    for client in clients:
        client.after(1.0)
    return clients


def test_the_groups_are_listed(pair: tuple[OfficialClient, OfficialClient]) -> None:
    pair[0].queryDisplayGroups(5)
    assert pair[0].take() == [("displayGroupList", (5, "1|2|3|4|5|6|7"))]


def test_everybody_in_a_group_sees_what_it_shows(pair: tuple[OfficialClient, OfficialClient]) -> None:
    first, second = pair
    first.subscribeToGroupEvents(5, 2)
    second.subscribeToGroupEvents(6, 2)
    second.subscribeToGroupEvents(7, 3)
    assert of(first.take(), "displayGroupUpdated") == [(5, "none")]
    assert of(second.take(), "displayGroupUpdated") == [(6, "none"), (7, "none")]
    second.updateDisplayGroup(6, "265598@SMART")
    assert of(first.take(), "displayGroupUpdated") == [(5, "265598@SMART")]
    assert of(second.take(), "displayGroupUpdated") == [(6, "265598@SMART")]
    first.unsubscribeFromGroupEvents(5)
    second.updateDisplayGroup(6, "combo")
    assert first.take() == [] and of(second.take(), "displayGroupUpdated") == [(6, "combo")]
    first.subscribeToGroupEvents(5, 2)
    assert of(first.take(), "displayGroupUpdated") == [(5, "combo")]


def test_what_cannot_be_is_refused(pair: tuple[OfficialClient, OfficialClient]) -> None:
    client, _ = pair
    client.subscribeToGroupEvents(5, 8)
    client.updateDisplayGroup(5, "none")
    client.subscribeToGroupEvents(5, 1)
    client.subscribeToGroupEvents(5, 2)
    for contract in ("265598", "265598@LSE", "1@SMART", "everything"):
        client.updateDisplayGroup(5, contract)
    client.unsubscribeFromGroupEvents(99)
    assert errors(client.take()) == [(5, 321), (5, 321), (5, 322), (5, 321), (5, 321), (5, 321), (5, 321)]
