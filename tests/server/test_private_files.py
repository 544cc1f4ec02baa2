import stat
import threading
from pathlib import Path

import pytest

from tests.waiting import PATIENCE
from twsbridge_server.errors import CannotStart
from twsbridge_server.private_files import CHANGEABLE_BY_OTHERS, locked, read_json, write_json


def test_what_is_written_is_read_and_private(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, {"x": 1})
    write_json(path, {"x": 2})
    assert read_json(path) == {"x": 2}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["a.json"]


def test_a_value_that_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, 1)
    with pytest.raises(TypeError):
        write_json(path, object())
    assert read_json(path) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o666])
def test_secrets_that_others_can_read_or_change_are_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "a.json"
    write_json(path, "secret!")
    path.chmod(mode)
    with pytest.raises(CannotStart, match=f"mode {mode:04o}.*chmod 600") as refused:
        read_json(path)
    assert "secret!" not in str(refused.value)


def test_a_public_file_may_be_read_but_not_changed_by_others(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, 1)
    path.chmod(0o644)
    assert read_json(path, forbidden=CHANGEABLE_BY_OTHERS) == 1
    path.chmod(0o664)
    with pytest.raises(CannotStart):
        read_json(path, forbidden=CHANGEABLE_BY_OTHERS)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff"])
def test_what_is_no_json_is_refused_with_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.json"
    write_json(path, 1)
    path.write_bytes(content)
    with pytest.raises(CannotStart, match=r"a\.json is not (readable JSON|text)"):
        read_json(path)


def test_a_missing_file_is_just_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_json(tmp_path / "a.json")


def test_the_lock_lets_one_in_at_a_time(tmp_path: Path) -> None:
    inside = threading.Event()

    def enter() -> None:
        with locked(tmp_path):
            inside.set()

    other = threading.Thread(target=enter)
    with locked(tmp_path):
        other.start()
        assert not inside.wait(0.1)
    assert inside.wait(PATIENCE)
    other.join()
