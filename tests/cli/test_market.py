import signal

from tests.cli.running import CommandLine, process
from tests.waiting import PATIENCE


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
