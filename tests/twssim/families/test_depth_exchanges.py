"""Which exchanges have depth, and that reqMktDepth keeps to it."""

from __future__ import annotations

import pytest

from tests.twssim.families.rig import ready
from tests.twssim.market_rig import UNIVERSE
from tests.twssim.official import of
from twssim.families.depth_exchanges import ROWS

pytestmark = pytest.mark.usefixtures("every_profile")


def test_every_row_arrives_with_its_kind() -> None:
    client = ready()
    client.reqMktDepthExchanges()
    ((rows,),) = of(client.take(), "mktDepthExchanges")
    assert [(row.exchange, row.secType, row.serviceDataType) for row in rows] == [
        (row.exchange, row.sec_type, row.service) for row in ROWS
    ]
    assert {(row.listingExch, row.aggGroup) for row in rows} == {("", 2147483647)}


def test_every_kind_of_instrument_that_is_quoted_has_depth_somewhere() -> None:
    quoted = {each.sec_type for each in UNIVERSE} - {"IND", "BOND"}
    assert quoted == {row.sec_type for row in ROWS}
