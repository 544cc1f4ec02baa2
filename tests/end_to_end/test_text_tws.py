"""Orders and fills against a TWS of the text era that has every bad habit at once."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.bridge_process import BridgeProcess
from tests.end_to_end.foreign_server import ForeignServer
from tests.end_to_end.text_tws import FIRST_ORDER_ID, TextTws
from tests.waiting import eventually
from twsbridge import Client, LimitOrder

ACCOUNT, OTHER = "DU7654321", "DU7654322"


@pytest.mark.parametrize(
    ("version", "chunk", "ends_all"),
    [(157, 1, False), (176, 7, True), (187, 1000, True), (200, 0, False)],
    ids=["157 by the byte", "176 by seven", "187", "200, lists without end"],
)
def test_every_order_and_fill_is_told_once(tmp_path: Path, version: int, chunk: int, ends_all: bool) -> None:
    playing = TextTws(version, ends_all)
    with (
        ForeignServer(playing.serve, chunk) as server,
        BridgeProcess(tmp_path / "bridge", f"127.0.0.1:{server.port}") as bridge,
        Client(bridge.connection_file) as client,
    ):
        client.wait_ready(20)
        assert client.accounts == [ACCOUNT, OTHER]
        assert [(p.account, p.position) for p in client.positions()] == [
            (ACCOUNT, Decimal("0.5")),
            (OTHER, Decimal("-110.25")),
        ]
        for size in (1, 2, 3):
            filled = client.buy("NVDA", size, account=ACCOUNT).wait("filled")
            assert (filled.order_id, filled.filled) == (FIRST_ORDER_ID + size - 1, size)
        rests_then_is_cancelled(client)
        server.wires[-1].reset()
        eventually(lambda: len(server.wires) == 2)
        client.wait_ready(20)
        fills = list(client.fills(None, follow=False))
        assert [(fill.account, fill.shares) for fill in fills] == [(ACCOUNT, 1), (ACCOUNT, 2), (ACCOUNT, 3)]
        assert [fill.commission and fill.commission.commission for fill in fills] == [Decimal("1.25")] * 3
        assert len(playing.placed) == len(set(playing.placed)) == 4


def rests_then_is_cancelled(client: Client) -> None:
    """A hundred repetitions are one event; the same order id of another client is another order."""
    with client.events("orders", since=None, follow=False) as before:
        seen = len(list(before))
    resting = client.place("NVDA", LimitOrder("BUY", 5, 100.0, account=ACCOUNT), wait="acknowledged")
    eventually(lambda: resting.perm_id == 99)
    assert resting.status == "Submitted"
    with client.events("orders", since=None, follow=False) as after:
        assert len(list(after)) - seen <= 4
    assert resting.cancel().wait().status == "Cancelled"
    assert not client.orders()
