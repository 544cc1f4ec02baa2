from __future__ import annotations

import gc
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.client.fake_bridge import FakeBridge, Keys, running
from tests.client.test_status import status
from tests.waiting import PATIENCE, eventually
from twsbridge import AuthError, Client, Unreachable, greeters


def io_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("twsbridge")]


def test_it_says_who_it_is_and_where(client: Client) -> None:
    assert "tester (trader) at tcp://127.0.0.1:" in repr(client)
    assert (client.accounts, client.state, client.welcome.version) == (["DU1234567"], "up", "0.1.0")


def test_accounts_that_were_not_known_at_first_are_asked_for(fake: FakeBridge) -> None:
    fake.accounts = []
    fake.answers["status"] = lambda command: status()
    with Client(fake.connection) as client:
        assert client.accounts == ["DU1234567"]


def test_the_connection_file_is_enough(fake: FakeBridge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "connection.json"
    path.write_text(json.dumps(fake.connection))
    monkeypatch.setenv("TWSBRIDGE_CONNECTION", str(path))
    with Client() as client:
        assert client.state == "up"


def test_leaving_says_goodbye_and_leaves_no_thread(fake: FakeBridge) -> None:
    with Client(fake.connection) as client:
        pass
    assert client.state == "closed"
    assert not io_threads()
    eventually(lambda: any(command.name == "bye" for command in fake.received))
    client.close()


def test_a_client_that_is_dropped_ends_by_itself(fake: FakeBridge) -> None:
    client = Client(fake.connection)
    client.on("fill", print)
    del client

    def ended() -> bool:
        gc.collect()
        return not io_threads()

    eventually(ended)


def test_a_refused_key_leaves_nothing_running(fake: FakeBridge) -> None:
    public, secret = (key.decode() for key in Keys().client)
    with pytest.raises(AuthError):
        Client({**fake.connection, "public_key": public, "secret_key": secret})
    assert not io_threads()


def test_nobody_there_leaves_nothing_running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(greeters, "PATIENCE_S", 0.1)
    with running() as fake:
        connection = fake.connection
    with pytest.raises(Unreachable, match=connection["cmd"]):
        Client(connection)
    assert not io_threads()


def test_a_restart_of_the_bridge_is_survived(fake: FakeBridge, client: Client) -> None:
    again = fake.restarted("run-2")
    eventually(lambda: client.welcome.sid == "run-2" and client.state == "up")
    again.close()


def test_a_script_that_never_closes_ends_all_the_same(fake: FakeBridge, tmp_path: Path) -> None:
    path = tmp_path / "connection.json"
    path.write_text(json.dumps(fake.connection))
    code = f"from twsbridge import Client\nc = Client({str(path)!r})\nc.on('fill', print)\nprint(c.state)"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=PATIENCE)
    assert (done.returncode, done.stdout, done.stderr) == (0, "up\n", "")


def test_several_clients_in_one_process(fake: FakeBridge) -> None:
    with Client(fake.connection) as one, Client(fake.connection) as two:
        assert one.state == two.state == "up"
        one.close()
        assert two.state == "up"
