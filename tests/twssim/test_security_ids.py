from __future__ import annotations

import pytest

from tests.twssim.official import OfficialClient, gateway, of, stock
from twssim.contracts import default_universe
from twssim.security_ids import security_ids

pytestmark = pytest.mark.usefixtures("every_profile")


def test_contract_details_tell_the_isin() -> None:
    client = OfficialClient(gateway())
    client.reqContractDetails(1, stock("SPY"))
    details = of(client.after(1.0), "contractDetails")[0][1]
    assert [(each.tag, each.value) for each in details.secIdList] == [("ISIN", "US78462F1030")]


def test_every_stock_has_one_and_its_check_digit_is_right() -> None:
    for share in (each for each in default_universe() if each.sec_type == "STK"):
        isin = security_ids(share)["ISIN"]
        digits = "".join(str(int(letter, 36)) for letter in isin)
        doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
        assert sum(sum(divmod(each, 10)) for each in doubled) % 10 == 0, isin


def test_a_currency_pair_has_none() -> None:
    pair = default_universe().by_con_id(12087792)
    assert pair is not None and security_ids(pair) == {}
