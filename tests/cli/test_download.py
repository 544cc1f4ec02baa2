from __future__ import annotations

import signal
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas

from tests.cli.running import CommandLine, process
from tests.waiting import eventually
from twsbridge import Client
from twsbridge.cli.download import Teller
from twsbridge.download import DownloadProgress, load
from twssim.runner import SimulatedTws

TODAY = datetime.now(UTC).date()
START = (TODAY.replace(day=1) - timedelta(days=60)).replace(day=1)
FOLDER = "AAPL/1_hour_TRADES_rth"


def requests(simulator: SimulatedTws) -> int:
    return sum(record["name"] == "RequestHistoricalBars" for record in simulator.ledger.of("request"))


def test_download(cli: CommandLine, simulator: SimulatedTws, tmp_path: Path) -> None:
    command = ("download", "AAPL", "XXXX", "--bar", "1h", "--from", str(START), "--out", str(tmp_path))
    code, out, err = cli(*command, "-o", "csv")
    assert code == 1 and "At most about" in err and "1 of 2 failed" in err and "tws.not_found" in err
    lines = out.splitlines()
    assert lines[0] == "contract,bars,files,unfinished,folder,error" and len(lines) == 3
    bars = load(tmp_path / FOLDER)
    assert lines[1] == f"AAPL,{len(bars)},{len(list((tmp_path / FOLDER).glob('*.parquet')))},0,{tmp_path / FOLDER},"
    with Client(cli.bridge.connection_file) as client:
        begin = datetime.combine(START, time(), ZoneInfo("US/Eastern"))
        theirs = client.bars("AAPL", None, "1 hour", start=begin).df
    assert len(bars) > 200
    pandas.testing.assert_frame_equal(bars.df, theirs[theirs.index <= bars.df.index[-1]])
    assert set(theirs.index[theirs.index > bars.df.index[-1]].date) <= {theirs.index[-1].date()}
    asked = requests(simulator)
    assert cli.rows("download", *command[1:2], *command[3:])[0]["bars"] == "0"
    assert requests(simulator) == asked


def test_a_download_that_is_killed_goes_on(cli: CommandLine, simulator: SimulatedTws, tmp_path: Path) -> None:
    words = ("download", "AAPL", "--bar", "30m", "--from", str(START), "--out", str(tmp_path), "--format", "csv")
    folder = tmp_path / "AAPL/30_mins_TRADES_rth"
    connection = str(cli.bridge.connection_file)
    with process(*words, TWSBRIDGE_CONNECTION=connection) as running:
        eventually(lambda: list(folder.glob("*.csv")), "a first file")
        running.kill()
        assert running.wait(10) in (-signal.SIGKILL, 0)
    with process(*words, TWSBRIDGE_CONNECTION=connection) as running:
        assert running.stderr is not None and "At most about" in running.stderr.readline()
        running.send_signal(signal.SIGINT)
        assert running.wait(10) in (130, 0)
    assert cli.rows(*words)[0]["error"] == ""
    whole = load(folder)
    again = tmp_path / "again"
    assert cli.rows(*words[:-3], str(again), "--format", "csv")[0]["bars"] == str(len(whole))
    pandas.testing.assert_frame_equal(whole.df, load(again / "AAPL/30_mins_TRADES_rth").df)


def test_nonsense_is_refused(cli: CommandLine, tmp_path: Path) -> None:
    out = ("--out", str(tmp_path / "x"))
    assert "--from is missing" in cli("download", "AAPL", *out)[2]
    assert "1m (1 min)" in cli("download", "AAPL", "--from", "2024-01-01", "--bar", "7m", *out)[2]
    code, _, err = cli("download", "AAPL", "--from", "2024-01-01", "--to", "2023-01-01", *out)
    assert code == 2 and "does not come after" in err
    assert not (tmp_path / "x").exists()


def test_the_estimate_comes_first() -> None:
    said: list[tuple[float, str]] = []
    tell = Teller(lambda share, words: said.append((share, words)))
    tell(DownloadProgress(0.0, 10, 0, 0.0, 120.0, ""))
    tell(DownloadProgress(0.5, 10, 70, 60.0, 60.0, "AAPL 2024-01: 70 bars"))
    assert said == [(0.0, "about 2 min left, 0 bars  "), (0.5, "about 60 s left, 70 bars  AAPL 2024-01: 70 bars")]
