import csv
import signal
from pathlib import Path

from tests.cli.running import CommandLine, process


def buy(cli: CommandLine, count: int = 1) -> None:
    for _ in range(count):
        assert cli("order", "place", "BUY", "1", "NVDA", "--wait", "filled")[0] == 0


def booked(cli: CommandLine, count: int) -> list[dict[str, str]]:
    """So many fills, once TWS has told the commission of each: it comes a moment after the fill."""
    return cli.eventually_rows(
        lambda rows: len(rows) == count and all(row["commission"] for row in rows), "fills", "--since", "all"
    )


def test_the_cursor_goes_on_where_it_was(cli: CommandLine) -> None:
    buy(cli, 2)
    booked(cli, 2)
    code, out, err = cli("fills", "-o", "csv")
    assert code == 0 and len(out.splitlines()) == 3
    cursor = err.removeprefix("cursor ").strip()
    assert cli.rows("fills", "--since", cursor) == []
    buy(cli)
    everything = booked(cli, 3)
    (new,) = cli.rows("fills", "--since", cursor)
    assert everything[-1] == new and len({row["exec_id"] for row in everything}) == 3
    assert cli.rows("fills", "--since", "2030-01-01") == []
    assert "BUY" in cli("fills", "-o", "table")[1]
    assert cli("fills", "--since", "yesterday")[0] == 2


def test_a_file_has_each_fill_once_however_often_it_is_killed(cli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "fills.csv"
    command = ("fills", "--follow", "--csv", str(file), "-o", "jsonl")
    buy(cli)
    for expected in (1, 3):
        with process(*command, TWSBRIDGE_CONNECTION=str(cli.bridge.connection_file)) as logger:
            assert logger.stdout is not None
            if expected > 1:
                logger.stdout.readline()
            buy(cli)
            logger.stdout.readline()
            logger.send_signal(signal.SIGKILL)
        buy(cli)
    assert cli("fills", "--csv", str(file))[0] == 0
    logged = [row["exec_id"] for row in csv.DictReader(file.read_text().splitlines())]
    assert logged == [row["exec_id"] for row in cli.rows("fills", "--since", "all")] and len(logged) == 5
    assert cli("fills", "--csv", __file__)[0] == 2
