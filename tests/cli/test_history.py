from __future__ import annotations

import csv
import json
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.cli.running import CommandLine, process
from tests.waiting import PATIENCE
from twsbridge.cli.history import _tell
from twsbridge.protocol.replies import BarsProgress
from twssim.runner import SimulatedTws


def asked(simulator: SimulatedTws) -> list[dict[str, Any]]:
    return simulator.ledger.of("request")


def test_history(cli: CommandLine, tmp_path: Path) -> None:
    file, picture = tmp_path / "bars.csv", tmp_path / "bars.png"
    command = ("history", "AAPL", "-d", "2 D", "-b", "1 hour")
    code, out, err = cli(*command, "--csv", str(file), "--plot", str(picture))
    assert (code, out) == (0, "") and f"bars written to {file}" in err
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert rows == cli.rows(*command) and len(rows) > 20
    assert all(float(row["low"]) <= float(row["close"]) <= float(row["high"]) for row in rows)
    assert picture.read_bytes().startswith(b"\x89PNG")
    code, table, err = cli(*command, "-o", "table")
    assert len(table.splitlines()) == 21 and f"{len(rows)} bars, the first and last 10" in err
    assert [row["time"] for row in cli.rows("history", "CSH2@LSE/GBP", "-d", "5 D")][0].count("-") == 2
    assert cli.rows("history", "EUR.USD", "-d", "1 D", "-b", "1 hour")[0]["volume"] == ""
    assert cli("history", "AAPL", "-b", "7 mins")[0] == 2
    assert cli("history", "XXXX")[0] == 1
    assert cli(*command, "--csv", str(tmp_path))[0] == 2


def test_a_range_in_any_zone(cli: CommandLine, tmp_path: Path) -> None:
    days = cli.rows("history", "AAPL", "--from", "2025-03-04", "--to", "2025-03-06")
    assert (days[0]["time"], days[-1]["time"]) == ("2025-03-04", "2025-03-06")
    command = ("history", "AAPL", "-b", "1h", "--from", "2025-03-04 12:00", "--to", "2025-03-05 12:00")
    hours = cli.rows(*command)
    assert hours[0]["time"].startswith("2025-03-04T12:00:00-05:00")
    assert hours[-1]["time"].startswith("2025-03-05T11:00:00-05:00")
    file = tmp_path / "bars.json"
    assert cli(*command, "--tz", "UTC", "--json", str(file))[0] == 0
    assert json.loads(file.read_text())[0]["time"] == "2025-03-04T12:00:00+00:00"


def test_nonsense_is_refused_with_what_there_is(cli: CommandLine, simulator: SimulatedTws) -> None:
    for words, hint in (
        (("-b", "7 mins"), "5m (5 mins)"),
        (("-d", "30"), "such as '30 D'"),
        (("-d", "30 D", "--from", "2026-01-01"), "not both"),
        (("--from", "soon"), "2026-03-01T14:30Z"),
        (("-b", "1h", "-d", "60 S"), "bars of 1 min at most"),
    ):
        code, _, err = cli("history", "AAPL", *words)
        assert code in (1, 2) and hint in err, err
    assert "RequestHistoricalBars" not in {each["name"] for each in asked(simulator)}


def test_ctrl_c_cancels(cli: CommandLine, simulator: SimulatedTws) -> None:
    start = f"{datetime.now(UTC).date() - timedelta(days=5)}"
    words = ("history", "AAPL", "-b", "5s", "--from", start, "--all-hours", "-o", "csv")
    with process(*words, TWSBRIDGE_CONNECTION=str(cli.bridge.connection_file)) as running:
        simulator.wait_for(
            lambda gateway: any(r["name"] == "RequestHistoricalBars" for r in simulator.ledger.of("request"))
        )
        running.send_signal(signal.SIGINT)
        assert running.wait(10) in (0, 130)


def test_progress_in_words() -> None:
    said: list[tuple[float, str]] = []
    _tell(lambda share, words: said.append((share, words)), BarsProgress(done=0.5, requests=3, left_us=40_000_000))
    assert said == [(0.5, "about 40 s left, 3 requests to TWS")]


def test_bars_that_go_on(cli: CommandLine) -> None:
    connection = str(cli.bridge.connection_file)
    words = ("history", "AAPL", "-d", "600 S", "--bar", "1 min", "--follow", "--all-hours", "-o", "jsonl")
    with process(*words, TWSBRIDGE_CONNECTION=connection) as watch:
        assert watch.stdout is not None and watch.stderr is not None
        first, second = (json.loads(watch.stdout.readline()) for _ in range(2))
        assert first["time"] < second["time"]
        watch.send_signal(signal.SIGINT)
        assert (watch.wait(PATIENCE), watch.stderr.read()) == (130, "")
    assert cli("history", "AAPL", "--follow", "--from", "2026-01-05")[0] == 2
    assert cli("history", "AAPL", "--follow", "--what", "BID_ASK")[0] == 2
