"""What TWS tells about the login."""

from __future__ import annotations

import pytest

from tests.twssim.official import VERSIONS, OfficialClient, gateway, of
from twssim.families.login import SoftDollarTiers


def client_of(version: int, *accounts: str) -> OfficialClient:
    client = OfficialClient(gateway(accounts=accounts or ("DU1234567",)), version=version)
    client.after(1.0)
    return client


@pytest.mark.parametrize("version", VERSIONS)
def test_a_login_without_agreements_has_no_tiers_and_no_brand(version: int) -> None:
    client = client_of(version)
    client.reqSoftDollarTiers(7)
    client.reqUserInfo(8)
    assert client.take() == [("softDollarTiers", (7, [])), ("userInfo", (8, ""))]


@pytest.mark.parametrize("version", VERSIONS)
def test_several_accounts_are_one_family(version: int) -> None:
    client = client_of(version, "DU1234567", "DU1234568")
    client.reqFamilyCodes()
    ((codes,),) = of(client.take(), "familyCodes")
    assert [(each.accountID, each.familyCodeStr) for each in codes] == [
        ("DU1234567", "F1234567"),
        ("DU1234568", "F1234567"),
    ]


def test_one_account_has_no_family() -> None:
    client = client_of(200)
    client.reqFamilyCodes()
    ((codes,),) = of(client.take(), "familyCodes")
    assert [(each.accountID, each.familyCodeStr) for each in codes] == [("DU1234567", "")]


@pytest.mark.parametrize("version", VERSIONS)
def test_tiers_arrive_field_by_field(version: int) -> None:
    client = client_of(version)
    client.session.send(SoftDollarTiers(7, (("Maxrebate", "2", "Maximize rebate"), ("PrefRebate", "3", ""))))
    ((req_id, tiers),) = of(client.take(), "softDollarTiers")
    assert req_id == 7
    assert [(each.name, each.val, each.displayName) for each in tiers] == [
        ("Maxrebate", "2", "Maximize rebate"),
        ("PrefRebate", "3", ""),
    ]
