from pathlib import Path

import pytest
from typer.testing import CliRunner

from twsbridge.cli import main
from twsbridge.cli.keys import app
from twsbridge_server.private_files import read_json


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    monkeypatch.setenv("TWSBRIDGE_HOME", str(home))
    return home


def says(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_init_makes_keys_in_the_home_of_the_environment(home: Path) -> None:
    assert str(home / "connection.json") in says("init")
    assert (home / "keys" / "bridge.json").exists()


def test_add_prints_the_connection_file_alone_on_stdout(home: Path) -> None:
    path = Path(says("add", "alice", "--role", "observer").strip())
    assert path == home / "clients" / "alice.json"
    assert read_json(path)["name"] == "alice"


def test_list_shows_names_roles_and_public_keys_only(home: Path) -> None:
    bundle = read_json(Path(says("add", "alice", "--role", "observer").strip()))
    default, alice = says("list").splitlines()
    assert default.split()[:2] == ["default", "trader"]
    assert alice.split()[:2] == ["alice", "observer"]
    assert bundle["public_key"] in alice
    assert bundle["secret_key"] not in default + alice


def test_rotate_and_revoke(home: Path) -> None:
    before = read_json(Path(says("add", "alice").strip()))
    after = read_json(Path(says("rotate", "alice").strip()))
    assert before["public_key"] != after["public_key"]
    says("revoke", "alice")
    assert "alice" not in says("list")


def test_everything_a_client_may_do_is_an_option(home: Path) -> None:
    options = "--role admin --accounts paper,U1234567 --symbols aapl --sec-types STK --order-types LMT --lines 3"
    says("add", "ann", *options.split(), "--grants", "trade,cancel_any", "--expires", "2030-12-31")
    shown = says("show", "ann")
    for words in ("admin", "paper, U1234567", "AAPL", "STK", "LMT", "trade, cancel_any", "2030-12-31"):
        assert words in shown
    assert "symbols            all" in says("change", "ann", "--symbols", "", "--role", "observer")
    assert says("show", "ann").count("observer") == 1
    assert "until 2030-12-31" in says("list")


def test_a_key_may_overlap_with_its_successor(home: Path) -> None:
    says("add", "ann")
    assert "previous_key" not in says("show", "ann")
    says("rotate", "ann", "--overlap", "2h")
    assert "previous_key_until" in says("show", "ann")


def test_the_flag_wins_over_the_environment(home: Path, tmp_path: Path) -> None:
    says("init", "--home", str(tmp_path / "other"))
    assert (tmp_path / "other" / "keys").exists()
    assert not home.exists()


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["add", "a/b"], 1, "cannot be a client's name"),
        (["revoke", "nobody"], 1, "no client 'nobody'"),
        (["rotate", "nobody"], 1, "no client 'nobody'"),
        (["change", "nobody", "--lines", "1"], 1, "no client 'nobody'"),
        (["add", "ann", "--accounts", "live"], 1, "entry ann.accounts"),
        (["add", "ann", "--grants", "all"], 1, "entry ann.grants"),
        (["add", "ann", "--expires", "soon"], 2, "is no time"),
    ],
)
def test_wishes_that_cannot_be_met(
    home: Path, arguments: list[str], code: int, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["keys", *arguments]) == code
    assert complaint in capsys.readouterr().err


def test_a_key_file_that_others_can_read_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    says("init")
    (home / "keys" / "bridge.json").chmod(0o644)
    assert main(["keys", "add", "alice"]) == 78
    assert "chmod 600" in capsys.readouterr().err
