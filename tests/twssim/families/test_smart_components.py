"""reqSmartComponents as the official client sees it."""

from __future__ import annotations

import pytest

from tests.twssim.families.rig import ready
from tests.twssim.official import errors, of, stock
from twssim.families.smart_components import LETTERS

pytestmark = pytest.mark.usefixtures("every_profile")


def test_the_letters_of_the_map_that_market_data_names() -> None:
    client = ready()
    client.reqMktData(5, stock(), "", False, False, [])
    ((_, _, bbo_exchange, _),) = of(client.after(0.1), "tickReqParams")
    client.cancelMktData(5)
    client.reqSmartComponents(9, bbo_exchange)
    ((req_id, components),) = of(client.take(), "smartComponents")
    if isinstance(components, dict):  # what the official decoder makes of protobuf
        told = {exchange: letter for exchange, letter in components.values()}
    else:
        told = {each.exchange: each.exchangeLetter for each in components}
        assert [each.bitNumber for each in components] == list(range(len(LETTERS)))
    assert (req_id, told) == (9, LETTERS)


def test_an_unknown_map_is_refused() -> None:
    client = ready()
    client.reqSmartComponents(9, "zz")
    assert errors(client.take()) == [(9, 321)]
