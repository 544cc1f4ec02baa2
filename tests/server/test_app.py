import re
import resource
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zmq

from tests.bridge_process import BridgeProcess
from tests.waiting import PATIENCE, eventually
from twsbridge.protocol import envelope
from twsbridge.protocol.commands import Command, GetReplay, GetStatus, Hello
from twsbridge.protocol.envelope import CommandHeader, encode_command
from twsbridge.protocol.replies import Status, Welcome
from twssim.runner import SimulatedTws


class Speaker:
    """A client in a few lines: asks and waits for the answer."""

    def __init__(self, connection: dict[str, Any]) -> None:
        self.connection = connection
        self.context = zmq.Context()
        self.cmd = self.socket(zmq.DEALER, "cmd")
        self.sid = ""

    def socket(self, kind: int, which: str) -> zmq.Socket[bytes]:
        socket = self.context.socket(kind)
        socket.linger = 0
        socket.curve_serverkey = self.connection["server_key"].encode()
        socket.curve_publickey = self.connection["public_key"].encode()
        socket.curve_secretkey = self.connection["secret_key"].encode()
        socket.connect(self.connection[which])
        return socket

    def ask(self, command: Command) -> dict[str, Any]:
        """The answer; a command that came too fast is sent again."""
        header = CommandHeader(t=command.name, id="1", sid=self.sid)
        reply = eventually(lambda: self._answer(encode_command(command, header)), f"an answer to {command.name}")
        assert reply.ok, reply.body
        return reply.body

    def _answer(self, frames: list[bytes]) -> envelope.Reply | None:
        self.cmd.send_multipart(frames)
        assert self.cmd.poll(PATIENCE * 1000), "no answer"
        reply = envelope.decode_reply(self.cmd.recv_multipart())
        return None if reply.body.get("code") == "req.rate" else reply

    def greet(self) -> Welcome:
        welcome = Welcome.model_validate(self.ask(Hello(protocol=[1, 1])))
        self.sid = welcome.sid
        return welcome

    def status(self) -> Status:
        return Status.model_validate(self.ask(GetStatus()))

    def wait_ready(self) -> None:
        eventually(lambda: self.status().state == "READY", "READY")

    def close(self) -> None:
        self.cmd.close()
        self.context.destroy(linger=0)


@pytest.fixture
def speaker(bridge: BridgeProcess) -> Iterator[Speaker]:
    speaker = Speaker(bridge.connection)
    yield speaker
    speaker.close()


def test_a_client_reaches_tws_through_it(bridge: BridgeProcess, speaker: Speaker) -> None:
    welcome = speaker.greet()
    assert (welcome.name, welcome.role) == ("default", "trader")
    speaker.wait_ready()
    assert speaker.status().accounts == ["DU1234567"]


def test_it_serves_before_tws_is_there(tmp_path: Path) -> None:
    with BridgeProcess(tmp_path / "b") as bridge:
        speaker = Speaker(bridge.connection)
        speaker.greet()
        assert speaker.status().state != "READY"
        bridge.wait_logged("Nothing listens at 127.0.0.1:1")
        speaker.close()


def test_the_ready_line_says_where_everything_is(simulator: SimulatedTws, tmp_path: Path) -> None:
    bridge = BridgeProcess(tmp_path / "b", f"127.0.0.1:{simulator.port}")
    try:
        line = bridge.wait_ready()
        found = re.fullmatch(r"twsbridge ready: cmd (\S+), TWS (\S+), connection file (\S+)\n", line)
        assert found is not None
        assert found[1] == bridge.connection["cmd"]
        assert found[2] == f"127.0.0.1:{simulator.port}"
        assert found[3] == str(bridge.connection_file)
    finally:
        bridge.__exit__(None, None, None)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_a_goodbye(bridge: BridgeProcess, speaker: Speaker, number: signal.Signals) -> None:
    events = speaker.socket(zmq.SUB, "evt")
    for topic in (b"sys|", b"sync|1|"):
        events.subscribe(topic)
    types: list[str] = []
    while "sync" not in types:
        assert events.poll(PATIENCE * 1000)
        types.append(envelope.decode_event(events.recv_multipart()).type)
    assert bridge.stop(number) == 0
    while events.poll(500):
        types.append(envelope.decode_event(events.recv_multipart()).type)
    events.close()
    assert types[-1] == "bye"


def test_what_was_published_can_be_replayed_after_kill_9(simulator: SimulatedTws, tmp_path: Path) -> None:
    tws = f"127.0.0.1:{simulator.port}"
    replays, sids = [], []
    for _ in range(2):
        with BridgeProcess(tmp_path / "b", tws) as bridge:
            speaker = Speaker(bridge.connection)
            sids.append(speaker.greet().sid)
            speaker.wait_ready()
            head = speaker.status().heads["sys|"]
            replays.append(speaker.ask(GetReplay(stream="sys|", epoch=head.epoch, from_seq=1)))
            speaker.close()
            bridge.kill()
    first, second = (replay["events"] for replay in replays)
    assert second[: len(first)] == first
    assert len(second) > len(first)
    assert replays[0]["epoch"] == replays[1]["epoch"]
    assert sids[0] != sids[1]


def test_a_second_bridge_on_the_same_home_is_refused(bridge: BridgeProcess) -> None:
    second = BridgeProcess(bridge.home)
    assert second.wait() == 78
    assert f"Another bridge (process {bridge.process.pid})" in second.log
    assert "Traceback" not in second.log
    second.__exit__(None, None, None)


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        bridge = BridgeProcess(tmp_path / "b", "127.0.0.1:1", "--evt-port", str(port))
        assert bridge.wait() == 78
    assert f"Port {port} on 127.0.0.1 is in use" in bridge.log
    assert "Traceback" not in bridge.log
    bridge.__exit__(None, None, None)


def test_a_wildcard_is_refused_without_the_flag(tmp_path: Path) -> None:
    bridge = BridgeProcess(tmp_path / "b", "127.0.0.1:1", "--bind", "0.0.0.0")
    assert bridge.wait() == 78
    assert "--allow-wildcard" in bridge.log
    bridge.__exit__(None, None, None)


def test_a_damaged_journal_is_refused_with_what_to_do(tmp_path: Path) -> None:
    home = tmp_path / "b"
    with BridgeProcess(home):
        pass
    (home / "journal.db").write_bytes(b"x" * 5000)
    bridge = BridgeProcess(home)
    assert bridge.wait() == 78
    assert "Restore a copy of it" in bridge.log
    bridge.__exit__(None, None, None)


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="the limits of another process can be set on Linux only")
def test_a_disk_that_fails_is_waited_for(bridge: BridgeProcess, speaker: Speaker, simulator: SimulatedTws) -> None:
    speaker.greet()
    speaker.wait_ready()
    written = (bridge.home / "journal.db-wal").stat().st_size
    resource.prlimit(bridge.process.pid, resource.RLIMIT_FSIZE, (written, resource.RLIM_INFINITY))
    simulator.drop_connections()
    eventually(lambda: speaker.status().state == "DEGRADED", "DEGRADED")
    assert "cannot be written" in speaker.status().reason
    resource.prlimit(bridge.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    speaker.wait_ready()
    assert "The journal can be written again" in bridge.log
    assert "Traceback" not in bridge.log


def test_no_secret_is_ever_printed(simulator: SimulatedTws, tmp_path: Path) -> None:
    bridge = BridgeProcess(tmp_path / "b", f"127.0.0.1:{simulator.port}", "-v")
    try:
        said = bridge.wait_ready()
        speaker = Speaker(bridge.connection)
        speaker.greet()
        stranger = Speaker({**bridge.connection, "public_key": speaker.connection["server_key"]})
        speaker.cmd.send_multipart([b"junk", speaker.connection["secret_key"].encode()])
        bridge.wait_logged("was refused")
        stranger.close()
        speaker.close()
        bridge.stop()
        secrets = [bridge.connection["secret_key"]]
        secrets.append(re.findall(r'"secret_key": "(.+)"', (bridge.home / "keys" / "bridge.json").read_text())[0])
        assert not [secret for secret in secrets if secret in said + bridge.log]
        written = [path for path in bridge.home.rglob("*") if path.is_file() and path.suffix in (".db", ".lock", "")]
        assert not [path for path in written if any(secret.encode() in path.read_bytes() for secret in secrets)]
    finally:
        bridge.__exit__(None, None, None)
