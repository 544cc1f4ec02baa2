import socket
from pathlib import Path

import pytest

from tests.ports import kept_port
from twsbridge.cli import doctor_checks
from twsbridge.cli.asking import Asking
from twsbridge.cli.doctor_checks import Verdict, examine
from twsbridge.cli.exit_codes import ExitCode
from twsbridge.protocol.replies import JournalStatus, Status, TwsStatus


def status(**tws: object) -> Status:
    return Status.model_validate(
        {
            **{"state": "READY", "reason": "", "version": "1", "uptime_s": 1, "accounts": ["DU1234567"], "heads": {}},
            **{"lines": [], "working_orders": 0, "unknown_orders": 2, "notices": []},
            "tws": TwsStatus.model_validate({"endpoint": "127.0.0.1:4002", "client_id": 7, **tws}),
        }
    )


def test_without_a_bridge_it_looks_for_tws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = kept_port()
    with socket.create_server(("127.0.0.1", port)):
        monkeypatch.setattr(doctor_checks, "TWS_PORTS", {port: "TWS, paper"})
        no_file, found = examine(Asking(tmp_path / "none.json", 1.0, None), "AAPL")
    assert (no_file.verdict, no_file.code) == (Verdict.BAD, ExitCode.UNREACHABLE)
    assert found.to_do == f"Start the bridge: twsbridge serve --tws 127.0.0.1:{port}"
    _, nothing = examine(Asking(tmp_path / "none.json", 1.0, None), "AAPL")
    assert "nothing listens" in nothing.seen and "twsbridge sim" in nothing.to_do


def test_what_is_worth_knowing_is_noted() -> None:
    checks = {
        check.subject: check
        for check in doctor_checks._tws(status(mode="live", read_only=True, farms={"usfarm": "broken"}))
    }
    assert {name for name, check in checks.items() if check.verdict is Verdict.NOTE} == {"accounts", "orders", "farms"}
    assert "real money" in checks["accounts"].seen


@pytest.mark.parametrize(
    ("state", "cure"),
    [("LINK_DOWN", "TWS's own window"), ("REFUSED", "--allow-live"), ("CONNECTING", "API client id 7 free")],
)
def test_a_trouble_comes_with_its_cure(state: str, cure: str) -> None:
    (check,) = doctor_checks._tws(status().model_copy(update={"state": state}))
    assert check.code is ExitCode.TWS_DOWN and cure in check.to_do


def test_a_clock_that_is_wrong() -> None:
    assert doctor_checks._clock(100.0, 99.9, 100.1).verdict is Verdict.OK
    assert doctor_checks._clock(90.0, 99.9, 100.1).verdict is Verdict.NOTE
    assert "NTP" in doctor_checks._clock(110.0, 99.9, 100.1).to_do


@pytest.mark.parametrize(
    ("state", "verdict", "seen"), [("works", "ok", "7 MiB"), ("low", "note", "only 7 MiB"), ("failed", "bad", "full")]
)
def test_the_journal_is_looked_at(state: str, verdict: str, seen: str) -> None:
    journal = JournalStatus(state=state, reason="full" if state == "failed" else "", free_bytes=7 * 2**20)
    check = doctor_checks._journal(Status.model_construct(journal=journal))
    assert (check.verdict, seen in check.seen) == (verdict, True)
