import csv
import signal
from pathlib import Path

from tests.cli.running import CommandLine, process
from tests.waiting import PATIENCE


def test_history(cli: CommandLine, tmp_path: Path) -> None:
    file, picture = tmp_path / "bars.csv", tmp_path / "bars.png"
    command = ("history", "AAPL", "-d", "2 D", "-s", "1 hour")
    code, out, err = cli(*command, "--csv", str(file), "--plot", str(picture))
    assert (code, out) == (0, "") and f"bars written to {file}" in err
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert rows == cli.rows(*command) and len(rows) > 20
    assert all(float(row["low"]) <= float(row["close"]) <= float(row["high"]) for row in rows)
    assert picture.read_bytes().startswith(b"\x89PNG")
    code, table, err = cli(*command, "-o", "table")
    assert len(table.splitlines()) == 21 and f"{len(rows)} bars, the first and last 10" in err
    assert [row["time"] for row in cli.rows("history", "CSH2@LSE/GBP", "-d", "5 D")][0].count("-") == 2
    assert cli.rows("history", "EUR.USD", "-d", "1 D", "-s", "1 hour")[0]["volume"] == ""
    assert cli("history", "AAPL", "-s", "7 mins")[0] == 2
    assert cli("history", "XXXX")[0] == 1
    assert cli(*command, "--csv", str(tmp_path))[0] == 2


def test_quotes(cli: CommandLine) -> None:
    rows = cli.rows("quote", "AAPL", "EUR.USD")
    assert [row["contract"] for row in rows] == ["AAPL", "EUR.USD"]
    assert all(0 < float(row["bid"]) <= float(row["ask"]) for row in rows)
    code, out, err = cli("quote", "XXXX", "AAPL", "-o", "csv")
    assert code == 1 and out.splitlines()[1].startswith("AAPL,") and "tws.not_found" in err
    assert cli("quote", "@")[0] == 2


def test_quotes_that_go_on(cli: CommandLine) -> None:
    connection = str(cli.bridge.connection_file)
    with process("quote", "AAPL", "--follow", "-o", "jsonl", TWSBRIDGE_CONNECTION=connection) as watch:
        assert watch.stdout is not None and watch.stderr is not None
        assert all('"contract": "AAPL"' in watch.stdout.readline() for _ in range(3))
        watch.send_signal(signal.SIGINT)
        assert watch.wait(PATIENCE) == 130
        assert watch.stderr.read() == ""
