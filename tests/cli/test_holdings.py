import json

from tests.cli.running import CommandLine


def test_account_and_positions(cli: CommandLine) -> None:
    rows = cli.rows("account", "NetLiquidation", "BuyingPower")
    assert {(row["tag"], row["currency"]) for row in rows} == {("NetLiquidation", "GBP"), ("BuyingPower", "GBP")}
    assert {"AvailableFunds", "TotalCashValue"} <= {row["tag"] for row in cli.rows("account")}
    assert cli("account", "--account", "DU7654321")[0] == 1
    assert cli("positions", "-o", "table")[1:] == ("", "No positions.\n")
    assert cli("order", "place", "SELL", "3", "NVDA", "--wait", "filled")[0] == 0
    cli.eventually_rows(lambda rows: [row["position"] for row in rows] == ["-3"], "positions")
    (position,) = json.loads(cli("positions", "-o", "json")[1])
    assert (position["symbol"], position["position"], position["account"]) == ("NVDA", "-3", "DU1234567")
