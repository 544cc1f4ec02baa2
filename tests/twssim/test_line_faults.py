"""What the official client hears of a stream that has died."""

from __future__ import annotations

import pytest

from tests.twssim.fault_rig import FaultRig
from tests.twssim.official import names, of, stock


def ticking(rig: FaultRig) -> set[int]:
    return {tick[0] for tick in of(rig.client.after(5.0), "tickPrice")}


@pytest.mark.parametrize("heals", [True, False])
def test_one_instrument_is_silent_and_the_others_go_on(heals: bool) -> None:
    rig = FaultRig()
    for req_id, symbol in ((5, "AAPL"), (6, "NVDA")):
        rig.client.reqMktData(req_id, stock(symbol), "", False, False, [])
    rig.client.after(2.0)
    rig.faults.apply("silent_line", symbol="AAPL", heals=heals)
    assert ticking(rig) == {6}
    rig.client.cancelMktData(5)
    rig.client.reqMktData(7, stock("AAPL"), "", False, False, [])
    assert ticking(rig) == ({6, 7} if heals else {6})
    rig.faults.clear()
    assert ticking(rig) == {6, 7}


def test_without_a_symbol_every_stream_is_silent() -> None:
    rig = FaultRig()
    rig.client.reqMktData(5, stock(), "", False, False, [])
    rig.client.reqTickByTickData(6, stock(), "BidAsk", 0, False)
    rig.client.after(2.0)
    rig.faults.apply("silent_line")
    assert names(rig.client.after(5.0)) == []
