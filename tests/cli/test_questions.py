from __future__ import annotations

from tests.cli.running import CommandLine


def test_search_and_chains(cli: CommandLine) -> None:
    assert "AAPL" in [row["symbol"] for row in cli.rows("search", "AA")]
    assert cli("search", "zzzz", "-o", "table")[2] == "Nothing begins like that.\n"
    chain = cli.rows("chains", "AAPL")[0]
    assert int(chain["expirations"]) > 0 and float(chain["from"]) < float(chain["to"])
    assert chain["first"] <= chain["last"]


def test_news_and_hours(cli: CommandLine) -> None:
    assert [bool(row["headline"]) for row in cli.rows("news", "AAPL", "--limit", "2")] == [True, True]
    sessions = cli.rows("hours", "AAPL")
    assert 8 <= len(sessions) <= 11 and all(row["open"] < row["close"] for row in sessions)


def test_a_what_if_places_nothing(cli: CommandLine) -> None:
    (told,) = cli.rows("whatif", "BUY", "10", "AAPL", "--limit", "5")
    assert float(told["init_margin_change"]) > 0
    assert "margin change" in cli("whatif", "BUY", "10", "AAPL", "-o", "table")[1]
    assert cli("orders", "--all", "-o", "table")[2] == "No orders.\n"
    assert cli("whatif", "BUY", "-1", "AAPL")[0] == 2
