"""A journal that is an older copy, or gone: a key used after the copy was made never becomes a second order."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.bridge_process import BridgeProcess
from tests.waiting import eventually
from twsbridge import Client, LimitOrder, MarketOrder
from twsbridge.errors import KeyConflict
from twssim.runner import SimulatedTws

FAR = LimitOrder("BUY", 5, 10.0)
ORDERS = {"rests": FAR, "fills": MarketOrder("BUY", 3), "is_cancelled": FAR}


@pytest.mark.parametrize("copied", [True, False])
def test_what_was_placed_after_the_copy_is_not_placed_again(
    copied: bool, simulator: SimulatedTws, tmp_path: Path
) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy.db"
    endpoint = f"127.0.0.1:{simulator.port}"
    with BridgeProcess(home, endpoint) as bridge, Client(bridge.connection_file) as tws:
        tws.wait_ready()
        tws.place("AAPL", FAR, "before", wait="acknowledged")
        assert bridge.stop() == 0
        shutil.copy(home / "journal.db", copy)
    with BridgeProcess(home, endpoint) as bridge, Client(bridge.connection_file) as tws:
        tws.wait_ready()
        for key, order in ORDERS.items():
            tws.place("AAPL", order, key, wait="filled" if key == "fills" else "acknowledged")
        tws.cancel(tws.find("is_cancelled").order_id or 0).wait("Cancelled")
        bridge.kill()
    for rest in home.glob("journal.*"):
        if rest.suffix != ".mark":
            rest.unlink()
    if copied:
        shutil.copy(copy, home / "journal.db")
    with BridgeProcess(home, endpoint) as bridge, Client(bridge.connection_file) as tws:
        tws.wait_ready()
        if copied:
            assert tws.place("AAPL", FAR, "before").status == "Submitted"
        for key, order in ORDERS.items():
            with pytest.raises(KeyConflict, match="perm id") as refused:
                tws.place("AAPL", order, key)
            assert (refused.value.code, refused.value.outcome) == ("idem.known_to_tws", "done")
        eventually(lambda: sum(fill.shares for fill in tws.executions()) == 3, "the fills are known")
    taken = [row["order_ref"] for row in simulator.ledger.of("order") if row["event"] == "accepted"]
    assert len(taken) == len(set(taken)) == 4
