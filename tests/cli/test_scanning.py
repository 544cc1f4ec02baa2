from __future__ import annotations

from tests.cli.running import CommandLine


def test_a_scan_and_profit_and_loss(cli: CommandLine) -> None:
    found = cli.rows("scan", "TOP_PERC_GAIN", "--rows", "3")
    assert [row["rank"] for row in found] == ["0", "1", "2"] and all(row["contract"] for row in found)
    assert cli("scan", "TOP_PERC_GAIN", "--filter", "abovePrice")[0] == 2
    (now,) = cli.rows("pnl")
    assert (
        float(now["daily"]) is not None and cli.rows("pnl", now["account"], "-n", "1")[0]["account"] == now["account"]
    )
    code, _, err = cli("pnl", "U1234567")
    assert code == 1 and "auth.account" in err
