from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from twsbridge.connection import Connection, find_connection, usual_places
from twsbridge.errors import Unreachable

SECRET = "s" * 40


def bundle(**fields: Any) -> dict[str, Any]:
    defaults = {
        "version": 1,
        "name": "default",
        "cmd": "tcp://127.0.0.1:7600",
        "evt": "tcp://127.0.0.1:7601",
        "md": "ipc:///run/md",
        "server_key": "k" * 40,
        "public_key": "p" * 40,
        "secret_key": SECRET,
    }
    return {**defaults, **fields}


def written(path: Path, **fields: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(bundle(**fields)))
    return path


def test_a_file_a_map_and_a_connection_mean_the_same(tmp_path: Path) -> None:
    path = written(tmp_path / "connection.json")
    connection = find_connection(path)
    assert connection == find_connection(str(path)) == find_connection(bundle()) == find_connection(connection)
    assert connection.cmd == "tcp://127.0.0.1:7600"


def test_the_argument_comes_before_the_environment_and_that_before_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("TWSBRIDGE_HOME", raising=False)
    monkeypatch.delenv("TWSBRIDGE_CONNECTION", raising=False)
    written(tmp_path / ".twsbridge" / "connection.json", name="of the user")
    assert find_connection().name == "of the user"
    monkeypatch.setenv("TWSBRIDGE_HOME", str(tmp_path / "home"))
    written(tmp_path / "home" / "connection.json", name="of a home")
    assert find_connection().name == "of a home"
    monkeypatch.setenv("TWSBRIDGE_CONNECTION", str(written(tmp_path / "one.json", name="named")))
    assert find_connection().name == "named"
    assert find_connection(written(tmp_path / "two.json", name="given")).name == "given"


def test_a_missing_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match=r"none\.json.*twsbridge serve") as caught:
        find_connection(tmp_path / "none.json")
    assert caught.value.code == "client.no_connection_file"


def test_no_file_anywhere_names_the_usual_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWSBRIDGE_HOME", str(tmp_path))
    monkeypatch.delenv("TWSBRIDGE_CONNECTION", raising=False)
    assert usual_places() == [tmp_path / "connection.json"]
    with pytest.raises(Unreachable, match=str(tmp_path)):
        find_connection()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"cmd": "127.0.0.1:7600"}, "cmd"),
        ({"evt": "tcp://127.0.0.1"}, "evt"),
        ({"evt": "tcp://127.0.0.1:99999"}, "evt"),
        ({"md": "tcp://bad host:1"}, "md"),
        ({"md": "ipc://"}, "md"),
        ({"server_key": "short"}, "server_key"),
        ({"public_key": "~" * 40}, "public_key"),
        ({"version": 2}, "version"),
        ({"secret_key": SECRET + "x"}, "secret_key"),
    ],
)
def test_a_wrong_field_is_named_and_no_secret_is_shown(tmp_path: Path, fields: dict[str, Any], field: str) -> None:
    for source in (written(tmp_path / "c.json", **fields), bundle(**fields)):
        with pytest.raises(Unreachable, match=field) as caught:
            find_connection(source)
        assert SECRET not in str(caught.value)


@pytest.mark.parametrize("text", ["", "no json", "[]", "\x00"])
def test_a_file_that_is_no_connection_is_told_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "c.json").write_text(text)
    with pytest.raises(Unreachable, match=r"c\.json is not one"):
        find_connection(tmp_path / "c.json")


def test_a_file_that_cannot_be_read_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="cannot be read"):
        find_connection(tmp_path)


def test_the_secret_key_is_never_shown() -> None:
    assert SECRET not in repr(find_connection(bundle())) + str(find_connection(bundle()))


def test_unknown_fields_of_a_later_version_do_no_harm() -> None:
    assert isinstance(find_connection(bundle(comment="x")), Connection)
