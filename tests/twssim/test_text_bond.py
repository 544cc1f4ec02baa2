from __future__ import annotations

from dataclasses import replace

import pytest

from tests.twssim.official import OfficialClient, gateway, names, of
from tests.twssim.test_bonds import bond
from twssim.answers import ContractDetails
from twssim.bonds import TREASURY, bonds
from twssim.text_bond import bond_details


@pytest.mark.parametrize("version", [157, 163, 164, 187, 188, 200])
def test_the_official_decoder_reads_all_of_it_at_every_layout(version: int) -> None:
    client = OfficialClient(gateway(server_version=version), version=version)
    client.after(1.0)
    client.reqContractDetails(5, bond())
    events = client.after(1.0)
    assert names(events) == ["bondContractDetails", "contractDetailsEnd"]
    ((_, told),) = of(events, "bondContractDetails")
    assert (told.cusip, told.marketRuleIds, bool(told.timeZoneId)) == (TREASURY.cusip, "26", version >= 188)


def test_a_text_that_could_end_a_field_is_escaped() -> None:
    instrument = replace(next(bonds()), long_name="A\u00e9B")
    written = bond_details(ContractDetails(5, instrument, "", "", False), TREASURY, 200)
    assert written[4:].isascii()
