"""Documents of financial advisors."""

from __future__ import annotations

import pytest

from tests.twssim.official import VERSIONS, OfficialClient, errors, gateway, of

ACCOUNTS = ("DF1234566", "DU1234567", "DU1234568")
GROUPS, PROFILES, ALIASES = 1, 2, 3


def client_of(version: int, **settings: object) -> OfficialClient:
    client = OfficialClient(gateway(**settings), version=version)
    client.after(1.0)
    return client


def group(*accounts: str) -> str:
    listed = "".join(f"<String>{account}</String>" for account in accounts)
    return f"<ListOfGroups><Group><name>Two</name><ListOfAccts>{listed}</ListOfAccts></Group></ListOfGroups>"


@pytest.mark.parametrize("version", VERSIONS)
def test_other_customers_have_no_documents(version: int) -> None:
    client = client_of(version)
    client.requestFA(GROUPS)
    client.replaceFA(7, GROUPS, group())
    events = client.after(1.0)
    assert errors(events) == [(-1, 321), (7, 321)]
    assert all("non FA customers" in row[3] for row in of(events, "error"))


@pytest.mark.parametrize("version", VERSIONS)
def test_an_advisor_reads_and_replaces_documents(version: int) -> None:
    client = client_of(version, advisor=True, accounts=ACCOUNTS)
    client.requestFA(ALIASES)
    client.requestFA(GROUPS)
    (aliases, groups) = of(client.after(1.0), "receiveFA")
    assert aliases[0] == ALIASES and "<account>DU1234568</account>" in aliases[1]
    assert groups[0] == GROUPS and "<name>All</name>" in groups[1]
    client.replaceFA(7, GROUPS, group("DU1234567", "DU1234568"))
    assert client.after(1.0) == [("replaceFAEnd", (7, "success"))]
    client.requestFA(GROUPS)
    assert of(client.after(1.0), "receiveFA") == [(GROUPS, group("DU1234567", "DU1234568"))]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_bad_document_replaces_nothing(version: int) -> None:
    client = client_of(version, advisor=True, accounts=ACCOUNTS)
    client.replaceFA(1, GROUPS, group("DU9999999"))
    client.replaceFA(2, GROUPS, "<ListOfGroups>")
    client.replaceFA(3, ALIASES, group())
    client.replaceFA(4, 9, group())
    client.requestFA(GROUPS)
    client.requestFA(9)
    events = client.after(1.0)
    assert errors(events) == [(1, 10231), (2, 321), (3, 321), (4, 321), (-1, 321)]
    assert "<name>All</name>" in of(events, "receiveFA")[0][1]


def test_profiles_ended_with_server_version_177() -> None:
    """From then on the official client itself refuses to ask for them."""
    client = client_of(176, advisor=True, accounts=ACCOUNTS)
    client.requestFA(PROFILES)
    ((kind, xml),) = of(client.after(1.0), "receiveFA")
    assert kind == PROFILES and "ListOfAllocationProfiles" in xml
