from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.twssim.official import OfficialClient, gateway, order, stock
from twssim import ledger_tables
from twssim.ledger import LedgerFile


@pytest.fixture
def written(tmp_path: Path) -> str:
    tws = gateway(server_version=200, fill_slices=1)
    client = OfficialClient(tws)
    client.placeOrder(1, stock(), order("MKT", "BUY", 5))
    client.placeOrder(2, stock(), order("LMT", "BUY", 3, limit=1.5))
    client.after(5.0)
    file = LedgerFile(tmp_path / "ledger.jsonl")
    file.write(tws.ledger.take_unwritten())
    file.close()
    return str(tmp_path / "ledger.jsonl")


def test_tables_for_people(written: str) -> None:
    text = ledger_tables.as_text(written)
    for part in ("orders: 2", "fills: 1", "positions: 1", "Filled", "Submitted", "265598", "AAPL", "GBP", "USD"):
        assert part in text
    assert "DIFFERENCE" not in text


def test_json_for_programs(written: str) -> None:
    content = json.loads(ledger_tables.as_json(written))
    first, second = content["orders"]
    assert (first["status"], first["filled"], second["status"], second["limit_price"]) == (
        "Filled",
        "5",
        "Submitted",
        "1.5",
    )
    [position] = content["positions"]
    assert (position["con_id"], position["quantity"]) == (265598, "5")
    assert content["fills"][0]["shares"] == "5" and content["differences"] == []
    assert {row["currency"] for row in content["cash"]} == {"GBP", "USD"}


def test_a_ledger_that_contradicts_itself_is_told(written: str) -> None:
    path = Path(written)
    lines = path.read_text().splitlines(keepends=True)
    at = next(at for at, line in enumerate(lines) if '"record":"position"' in line)
    lines[at] = lines[at].replace('"quantity":"5"', '"quantity":"6"')
    path.write_text("".join(lines))
    assert "DIFFERENCE: record" in ledger_tables.as_text(written)
