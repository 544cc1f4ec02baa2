import json
from pathlib import Path

import pytest

from tests.bridge_process import BridgeProcess
from tests.cli.running import CommandLine


def test_when_all_is_well(cli: CommandLine) -> None:
    code, out, _ = cli("doctor")
    assert code == 0
    subjects = [
        "connection file",
        "bridge",
        "key",
        "clock",
        "journal",
        "TWS",
        "next order id",
        "accounts",
        "orders",
        "farms",
        "ticks",
    ]
    assert [line[5:21].strip() for line in out.splitlines()] == subjects
    checks = json.loads(cli("doctor", "-o", "json")[1])
    assert [check["check"] for check in checks] == subjects and {check["verdict"] for check in checks} == {"ok"}
    code, out, _ = cli("doctor", "--symbol", "XXXX")
    assert code == 0 and "note ticks" in out and "-> Is the market open" in out


def test_when_tws_is_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with BridgeProcess(tmp_path / "b") as bridge:
        code, out, _ = CommandLine(bridge, capsys)("doctor")
    assert code == 4 and "BAD  TWS" in out and "Enable ActiveX and Socket Clients" in out and "not tried" in out


def test_when_the_key_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with BridgeProcess(tmp_path / "one") as bridge, BridgeProcess(tmp_path / "other") as other:
        mixed = bridge.connection | {name: other.connection[name] for name in ("public_key", "secret_key")}
        bridge.connection_file.write_text(json.dumps(mixed))
        code, out, _ = CommandLine(bridge, capsys)("doctor")
    assert code == 1 and "BAD  key" in out and "twsbridge keys add" in out
