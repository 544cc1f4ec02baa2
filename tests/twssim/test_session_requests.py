"""Greeting, client ids, times, and requests without content."""

from __future__ import annotations

import pytest

from tests.twssim.official import NOON, VERSIONS, OfficialClient, errors, gateway, names, of
from tests.twssim.test_text_requests import Encoder
from twssim.wire import message


@pytest.mark.parametrize("version", VERSIONS)
def test_the_greeting_has_the_order_of_a_real_tws(version: int) -> None:
    client = OfficialClient(gateway(accounts=("DU1234567", "DU1234568")), version=version)
    first = client.take()
    assert names(first) == ["managedAccounts", "nextValidId", "error", "error"]
    assert first[0][1] == ("DU1234567,DU1234568",) and first[1][1] == (1,)
    assert errors(first) == [(-1, 2104), (-1, 2106)]
    client.reqCurrentTime()
    assert names(client.take()) == ["currentTime"]
    assert errors(client.after(0.1)) == [(-1, 2158)]


def test_a_client_id_in_use_is_refused_after_start_api() -> None:
    tws = gateway()
    OfficialClient(tws, client_id=7)
    second = OfficialClient(tws, client_id=7)
    assert errors(second.take()) == [(-1, 326)]
    assert second.session.closed and len(tws.sessions) == 1


def test_a_client_id_is_free_again_after_its_session() -> None:
    tws = gateway()
    OfficialClient(tws, client_id=7).disconnect()
    assert names(OfficialClient(tws, client_id=7).take())[:2] == ["managedAccounts", "nextValidId"]


def test_a_second_start_api_changes_nothing() -> None:
    client = OfficialClient(gateway())
    client.take()
    client.startApi()
    assert client.take() == [] and client.session.started


def test_the_small_requests() -> None:
    client = OfficialClient(gateway())
    client.take()
    client.reqIds(-1)
    client.reqManagedAccts()
    client.reqCurrentTime()
    client.reqCurrentTimeInMillis()
    client.setServerLogLevel(5)
    assert client.take() == [
        ("nextValidId", (1,)),
        ("managedAccounts", ("DU1234567",)),
        ("currentTime", (int(NOON),)),
        ("currentTimeInMillis", (int(NOON) * 1000,)),
    ]


def test_every_request_of_the_official_client_is_known() -> None:
    """No plain method of the official client sends something that gets error 320."""
    client, encoder = OfficialClient(gateway()), Encoder(200)
    calls = {
        "reqMarketRule": (26,),
        "reqMatchingSymbols": (1, "AA"),
        "reqNewsProviders": (),
        "reqFamilyCodes": (),
        "reqScannerParameters": (),
        "reqMktDepthExchanges": (),
        "reqSoftDollarTiers": (1,),
        "requestFA": (1,),
        "reqUserInfo": (1,),
        "reqWshMetaData": (1,),
        "queryDisplayGroups": (1,),
        "cancelHistogramData": (1,),
        "reqNewsBulletins": (True,),
        "reqSecDefOptParams": (1, "AAPL", "", "STK", 265598),
    }
    client.after(1.0)
    for name, arguments in calls.items():
        getattr(encoder, name)(*arguments)
        client.session.receive(message(*encoder.sent.decode().split("\0")[:-1]))
    assert 320 not in [code for _, code in errors(client.take())]


def test_error_texts_of_validation_name_an_obfuscated_class() -> None:
    client = OfficialClient(gateway())
    client.take()
    client.reqMarketRule(7)
    ((_, _, code, text, _),) = of(client.take(), "error")
    assert (code, text) == (
        321,
        f"Error validating request.-'{client.tws.error_class}' : cause - Invalid market rule id: 7",
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_a_version_that_will_be_desupported_says_when(version: int) -> None:
    client = OfficialClient(gateway(desupport_date="2026-12-15"), version=version)
    found = [row for row in of(client.after(1.0), "error") if row[2] == 2172]
    assert [row[0] for row in found] == [-1] and "2026-12-15" in found[0][3]
