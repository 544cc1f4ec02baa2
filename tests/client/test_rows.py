from __future__ import annotations

from decimal import Decimal

from twsbridge.contracts import Stock
from twsbridge.protocol.models import AccountValue, Position
from twsbridge.rows import AccountSummary, Rows, html_table, text_table


def position(symbol: str, size: str = "10") -> Position:
    return Position(account="DU1234567", contract=Stock(symbol), position=size, avg_cost=190.25)


def value(tag: str, text: str, currency: str = "", account: str = "DU1234567") -> AccountValue:
    return AccountValue(account=account, tag=tag, value=text, currency=currency)


def test_rows_are_a_sequence() -> None:
    rows = Rows([position("AAPL"), position("MSFT"), position("NVDA")])
    assert (len(rows), rows[0].contract.symbol, rows[-1].contract.symbol) == (3, "AAPL", "NVDA")
    assert isinstance(rows[1:], Rows) and len(rows[1:]) == 2
    assert rows == list(rows) and rows != rows[1:] and hash(rows) == hash(rows[:])
    assert position("MSFT") in rows


def test_rows_show_themselves_as_a_table() -> None:
    text = repr(Rows([position("AAPL"), position("A", "-1000")]))
    assert text.splitlines() == [
        "account    contract  position  avg_cost",
        "DU1234567  AAPL            10    190.25",
        "DU1234567  A            -1000    190.25",
    ]


def test_no_rows_say_so() -> None:
    assert repr(Rows([])) == "(no rows)"
    assert "(no rows)" in Rows([])._repr_html_()


def test_long_tables_are_cut_and_say_by_how_much() -> None:
    lines = repr(Rows(position("AAPL") for _ in range(100))).splitlines()
    assert (len(lines), lines[-1]) == (22, "... 80 more")


def test_html_cannot_be_smuggled_in() -> None:
    html = Rows([value("<script>", "&")])._repr_html_()
    assert "<script>" not in html and "&lt;script&gt;" in html and "&amp;" in html


def test_a_table_needs_no_rows() -> None:
    assert text_table(["a"], [], count=0) == "a"
    assert html_table(["a"], [], count=0).count("<tr>") == 1


def test_an_account_summary_gives_numbers() -> None:
    summary = AccountSummary(
        [
            value("AccountType", "INDIVIDUAL"),
            value("NetLiquidation", "1000000.50", "GBP"),
            value("NetLiquidation", "7", "USD"),
            value("NetLiquidation", "8", "GBP", account="DU7654321"),
        ]
    )
    assert summary.value("NetLiquidation") == Decimal("1000000.50")
    assert summary.value("NetLiquidation", currency="USD") == 7
    assert summary.value("NetLiquidation", account="DU7654321") == 8
    assert summary.value("AccountType") is None
    assert summary.value("Cushion") is None


def test_records_are_flat() -> None:
    assert Rows([position("AAPL")]).records[0]["symbol"] == "AAPL"


def test_rows_become_a_frame() -> None:
    frame = Rows([position("AAPL"), position("MSFT", "0.5")]).df
    assert list(frame["symbol"]) == ["AAPL", "MSFT"]
    assert list(frame["position"]) == [10.0, 0.5]
