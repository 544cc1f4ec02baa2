"""The secret keys of a whole session, failures included, are in the key files and nowhere else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import zmq

from tests.bridge_process import BridgeProcess
from tests.end_to_end.hostile import bundle, connected
from tests.waiting import PATIENCE, eventually
from twsbridge import Client
from twsbridge.errors import BridgeError
from twsbridge_server.home import Home
from twsbridge_server.private_files import read_json
from twssim.runner import SimulatedTws


@pytest.fixture
def session(simulator: SimulatedTws, tmp_path: Path) -> Iterator[BridgeProcess]:
    """Everything that a bridge can write is written: verbose log, recording, journal, quarantine."""
    flags = ("-v", "--record", str(tmp_path / "recording"))
    with BridgeProcess(tmp_path / "bridge", f"127.0.0.1:{simulator.port}", *flags) as running:
        yield running


def secrets_of(bridge: BridgeProcess, *bundles: dict[str, str]) -> list[bytes]:
    own: str = read_json(Home(bridge.home).bridge_key)["secret_key"]
    return [key.encode() for key in (own, *(each["secret_key"] for each in bundles))]


def cli(bridge: BridgeProcess, *words: str) -> bytes:
    command = [sys.executable, "-m", "twsbridge.cli", *words]
    home = ("--home", str(bridge.home)) if words[0] == "keys" else ("--connection", str(bridge.connection_file))
    done = subprocess.run([*command, *home], capture_output=True, timeout=PATIENCE, check=False)
    return done.stdout + done.stderr


def trouble(bridge: BridgeProcess, keys: dict[str, str]) -> bytes:
    """Refusals of many kinds; what they say."""
    with connected(keys, zmq.DEALER, "cmd") as junk, Client(bridge.connection_file) as client:
        eventually(lambda: client.status().state == "READY", "READY")
        client.buy("AAPL", 1)
        for text in (b"junk", keys["public_key"].encode()):
            junk.send_multipart([text, text, text])
            said = b"".join(junk.recv_multipart())
        with pytest.raises(BridgeError) as refused:
            client.positions("U1234567")
        return said + repr(refused.value).encode() + repr(client).encode() + str(client.status()).encode()


def test_secret_keys_are_in_the_key_files_only(session: BridgeProcess, tmp_path: Path) -> None:
    keys = bundle(session, "alice")
    secrets = secrets_of(session, keys, session.connection)
    process = Path(f"/proc/{session.process.pid}")
    told = [trouble(session, keys), (process / "cmdline").read_bytes(), (process / "environ").read_bytes()]
    told += [cli(session, *words) for words in (("status",), ("status", "--json"), ("doctor",), ("keys", "list"))]
    session.stop()
    home = Home(session.home)
    allowed = {home.bridge_key, home.connection, home.bundle("alice")}
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path not in allowed]
    assert len(written) >= 4 and any("recording" in str(path) for path in written)
    for secret in secrets:
        assert any(secret in path.read_bytes() for path in allowed), "the search would find it"
        assert [path for path in written if secret in path.read_bytes()] == []
        assert [text for text in told if secret in text] == []


def test_a_crash_leaves_no_memory_image(session: BridgeProcess) -> None:
    limits = Path(f"/proc/{session.process.pid}/limits").read_text()
    (line,) = [each for each in limits.splitlines() if each.startswith("Max core file size")]
    assert line.split()[4:6] == ["0", "0"]
