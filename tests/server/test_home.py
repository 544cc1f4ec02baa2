from pathlib import Path

import pytest

from twsbridge_server.errors import CannotStart
from twsbridge_server.home import Home, home_of


def test_the_flag_wins_over_the_environment_over_the_default(tmp_path: Path) -> None:
    env = {"TWSBRIDGE_HOME": "/from/env"}
    assert home_of(tmp_path, env).path == tmp_path
    assert home_of(None, env).path == Path("/from/env")
    assert home_of(None, {}).path == Path.home() / ".twsbridge"
    assert home_of(None, {"TWSBRIDGE_HOME": ""}).path == Path.home() / ".twsbridge"


def test_the_default_clients_file_has_its_own_place(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert home.bundle("default") == tmp_path / "connection.json"
    assert home.bundle("alice") == tmp_path / "clients" / "alice.json"


def test_directories_are_made_for_the_owner_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "deep" / "home")
    home.create()
    home.create()
    for path in (home.path, home.path / "keys", home.path / "clients", home.quarantine):
        assert path.stat().st_mode & 0o777 == 0o700


def test_a_home_that_others_can_change_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    home.path.chmod(0o777)
    with pytest.raises(CannotStart, match="may be changed by others.*chmod 700"):
        home.create()


def test_a_home_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match="cannot be made.*--home"):
        Home(tmp_path / "file" / "home").create()
