"""The client in a notebook: its thread beside the kernel's own loop, results as tables and pictures."""

from __future__ import annotations

import json
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.client.fake_bridge import ACCOUNT, ORDERS, FakeBridge, execution
from tests.client.test_dataframe import bars as bar_columns
from tests.waiting import PATIENCE
from twsbridge.contracts import Stock
from twsbridge.protocol.models import Position
from twsbridge.protocol.replies import Positions

CELLS = [
    "from twsbridge import Client, display\nclient = Client(connection)\nclient.state",
    "client.positions()",
    "client.bars('AAPL', '3 D', '1 day')",
    "display(client.bars('AAPL', '3 D', '1 day').df)",
    "client.bars('AAPL', '3 D', '1 day').plot('AAPL')",
    "[fill.exec_id for fill in client.fills(since=None, follow=False)]",
    "client.close()\nclient.state",
]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_everything_works_and_shows_itself(fake: FakeBridge) -> None:
    row = Position(account=ACCOUNT, contract=Stock("AAPL"), position="10", avg_cost=190.0)
    fake.answers["positions.list"] = lambda command: Positions(rows=[row])
    fake.answers["history.bars"] = lambda command: bar_columns(["2026-03-05", "2026-03-06"], bar_size="1 day")
    fake.publish(ORDERS, "execution", execution("e.1"))
    shown = run([f"connection = {json.dumps(fake.connection)}", *CELLS])
    assert shown[1]["text/plain"] == "'up'"
    assert "<td>AAPL</td>" in shown[2]["text/html"]
    assert "<td>2026-03-05</td>" in shown[3]["text/html"]
    assert "Close" in shown[4]["text/html"]
    assert shown[5]["image/png"]
    assert shown[6]["text/plain"] == "['e.1']"
    assert shown[7]["text/plain"] == "'closed'"


def run(cells: list[str]) -> list[dict[str, Any]]:
    """Execute cells in a fresh kernel; what each of them shows last."""
    notebook: Any = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])  # type: ignore[no-untyped-call]
    NotebookClient(notebook, timeout=int(PATIENCE), kernel_name="python3").execute()
    return [cell.outputs[-1].data if cell.outputs else {} for cell in notebook.cells]
