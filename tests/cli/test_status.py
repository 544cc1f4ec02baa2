import json
from pathlib import Path

import pytest

from tests.bridge_process import BridgeProcess
from tests.cli.running import CommandLine


def test_when_all_is_well(cli: CommandLine) -> None:
    code, out, err = cli("status")
    assert (code, err) == (0, "")
    assert "READY" in out and "DU1234567" in out
    for form in ("json", "jsonl"):
        told = json.loads(cli("status", "-o", form)[1])
        assert (told["state"], told["accounts"], told["tws"]["mode"]) == ("READY", ["DU1234567"], "paper")


def test_when_tws_is_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with BridgeProcess(tmp_path / "b") as bridge:
        cli = CommandLine(bridge, capsys)
        code, out, err = cli("status")
        assert code == 4 and "127.0.0.1:1" in out and "twsbridge doctor" in err
        assert cli("status", "--alive")[0] == 0
