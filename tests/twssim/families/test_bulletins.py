"""Bulletins of IB."""

from __future__ import annotations

import pytest

from tests.twssim.official import NOON, VERSIONS, OfficialClient, gateway, of

HOUR = 3600.0


def client_of(version: int) -> OfficialClient:
    client = OfficialClient(gateway(), version=version)
    client.after(1.0)
    return client


@pytest.mark.parametrize("version", VERSIONS)
def test_bulletins_come_when_they_are_written_until_cancelled(version: int) -> None:
    client = client_of(version)
    client.reqNewsBulletins(False)
    assert client.after(1.0) == []
    (first,) = of(client.after(2.1 * HOUR), "updateNewsBulletin")
    assert first[1:3] == (2, "Trading is interrupted for technical reasons.") and first[3]
    (second,) = of(client.after(HOUR), "updateNewsBulletin")
    assert second[0] == first[0] + 1 and second[1] == 3 and second[3] == first[3]
    client.cancelNewsBulletins()
    assert client.after(30 * HOUR) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_those_of_today_can_be_had_again(version: int) -> None:
    client = client_of(version)
    client.reqNewsBulletins(True)
    ((number, kind, text, exchange),) = of(client.after(1.0), "updateNewsBulletin")
    assert (kind, exchange) == (1, "") and "maintenance" in text
    assert number == NOON // 86400 * 3


def test_a_second_subscription_replaces_the_first() -> None:
    client = client_of(200)
    client.reqNewsBulletins(False)
    client.reqNewsBulletins(False)
    assert len(of(client.after(2.1 * HOUR), "updateNewsBulletin")) == 1


def test_nothing_comes_after_the_connection() -> None:
    client = client_of(200)
    client.reqNewsBulletins(True)
    client.session.close()
    assert client.after(48 * HOUR) == []
