import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.waiting import PATIENCE
from twsbridge_server.home import Home
from twsbridge_server.mq import keyring
from twsbridge_server.mq.clients import read_clients
from twsbridge_server.mq.keys import Endpoints
from twsbridge_server.private_files import read_json

PLACE = Endpoints("tcp://127.0.0.1:1", "tcp://127.0.0.1:2", "tcp://127.0.0.1:3")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_the_first_run_makes_keys_and_a_default_client(home: Home) -> None:
    pair = keyring.prepare(home)
    (client,) = read_clients(home)
    bundle = read_json(home.connection)
    assert (client.name, client.role) == ("default", "trader")
    assert bundle["server_key"] == pair.public_key
    assert bundle["public_key"] == client.public_key
    assert {"version": 1, "name": "default", "cmd": "tcp://127.0.0.1:7600"}.items() <= bundle.items()
    assert keyring.prepare(home) == pair


def test_only_the_owner_can_read_anything(home: Home) -> None:
    keyring.add(home, "alice", "observer")
    for path in [home.path, *home.path.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path


def test_first_runs_at_the_same_time_make_one_key(home: Home) -> None:
    with ThreadPoolExecutor(8) as pool:
        pairs = list(pool.map(lambda _: keyring.prepare(home), range(8)))
    assert len({pair.secret_key for pair in pairs}) == 1
    assert len(read_clients(home)) == 1


def test_processes_that_add_at_the_same_time_lose_nobody(home: Home) -> None:
    code = "import sys; from pathlib import Path; from twsbridge_server.home import Home\n"
    code += "from twsbridge_server.mq import keyring; keyring.add(Home(Path(sys.argv[1])), sys.argv[2], 'trader')"
    adding = [subprocess.Popen([sys.executable, "-c", code, home.path, f"c{n}"]) for n in range(3)]
    assert [process.wait(PATIENCE) for process in adding] == [0, 0, 0]
    assert {client.name for client in read_clients(home)} == {"default", "c0", "c1", "c2"}


def test_add_writes_a_connection_file_with_the_known_endpoints(home: Home) -> None:
    keyring.prepare(home)
    keyring.write_connection_file(home, PLACE)
    bundle = read_json(keyring.add(home, "alice", "observer"))
    assert (bundle["cmd"], bundle["evt"], bundle["md"]) == PLACE
    assert {client.name: client.role for client in read_clients(home)}["alice"] == "observer"


@pytest.mark.parametrize("name", ["", "a b", "../x", "-x", "x" * 33, "ä"])
def test_names_that_are_none(home: Home, name: str) -> None:
    with pytest.raises(keyring.KeyringError, match="cannot be a client's name"):
        keyring.add(home, name, "trader")


def test_a_name_is_given_once(home: Home) -> None:
    keyring.add(home, "alice", "trader")
    with pytest.raises(keyring.KeyringError, match="already"):
        keyring.add(home, "alice", "admin")


def test_rotate_changes_the_key_and_keeps_the_role(home: Home) -> None:
    keyring.add(home, "alice", "observer")
    before = read_clients(home)[1]
    bundle = read_json(keyring.rotate(home, "alice"))
    after = read_clients(home)[1]
    assert (after.name, after.role) == ("alice", "observer")
    assert before.public_key != after.public_key == bundle["public_key"]


def test_revoke_forgets_the_client_and_deletes_its_file(home: Home) -> None:
    path = keyring.add(home, "alice", "trader")
    keyring.revoke(home, "alice")
    assert not path.exists()
    assert [client.name for client in keyring.registered(home)] == ["default"]
    with pytest.raises(keyring.KeyringError, match="no client 'alice'"):
        keyring.revoke(home, "alice")
    with pytest.raises(keyring.KeyringError, match="no client 'alice'"):
        keyring.rotate(home, "alice")


def test_nobody_is_registered_before_the_first_run(home: Home) -> None:
    assert keyring.registered(home) == []
    with pytest.raises(keyring.KeyringError):
        keyring.revoke(home, "default")


def test_a_start_keeps_the_default_clients_key(home: Home) -> None:
    keyring.prepare(home)
    before = read_json(home.connection)
    assert keyring.write_connection_file(home, PLACE) == home.connection
    assert read_json(home.connection) == {**before, **PLACE._asdict()}


def test_a_start_makes_a_lost_connection_file_anew(home: Home) -> None:
    keyring.prepare(home)
    home.connection.unlink()
    keyring.write_connection_file(home, PLACE)
    assert read_json(home.connection)["public_key"] == read_clients(home)[0].public_key


def test_a_revoked_default_client_stays_revoked(home: Home) -> None:
    keyring.prepare(home)
    keyring.revoke(home, "default")
    keyring.prepare(home)
    assert keyring.write_connection_file(home, PLACE) is None
    assert not home.connection.exists()
    assert read_clients(home) == []
