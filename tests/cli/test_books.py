from tests.cli.running import CommandLine


def test_books_of_clients_and_what_is_nobodys(cli: CommandLine) -> None:
    assert cli("books", "-o", "table")[1:] == ("", "No books: nothing was traded through this bridge.\n")
    assert cli("order", "place", "SELL", "3", "NVDA", "--wait", "filled", "--strategy", "fade")[0] == 0
    cli.eventually_rows(lambda rows: len(rows) == 1 and "USD" in rows[0]["commissions"], "books")
    (row,) = cli.rows("books")
    assert (row["owner"], row["strategy"], row["contract"], row["position"]) == ("default", "fade", "NVDA", "-3")
    assert cli("books", "--owner", "bob")[0] == 1
