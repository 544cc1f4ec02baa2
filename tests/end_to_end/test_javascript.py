"""The JavaScript client against a real bridge and a simulated TWS; the simulator's ledger is the judge."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.bridge_process import BridgeProcess
from tests.source_tree import ROOT
from tests.waiting import PATIENCE, eventually
from twsbridge import Client, Stock, Trade
from twsbridge.protocol.commands import COMMANDS
from twsbridge.protocol.envelope import CommandHeader, decode_command
from twsbridge_server.home import Home
from twsbridge_server.mq import keyring
from twssim.runner import SimulatedTws

PACKAGE = ROOT / "clients" / "javascript"
VECTORS = ROOT / "clients" / "protocol" / "vectors"


@pytest.fixture(scope="module")
def node() -> str:
    """The node to run, with the packages of the client installed."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node or npm is missing on this machine: the JavaScript client is not tested")
    if not (PACKAGE / "node_modules" / ".package-lock.json").exists():
        done = subprocess.run([npm, "ci", "--silent"], cwd=PACKAGE, capture_output=True, text=True, timeout=PATIENCE)
        if done.returncode:
            pytest.skip(f"`npm ci` failed, the JavaScript client is not tested: {done.stderr[-300:]}")
    return node


def trade(client: Client) -> list[Trade]:
    """In and out again, each filled bit by bit within half a second."""
    return [client.buy(Stock("AAPL"), 320), client.sell(Stock("AAPL"), 320)]


def finish(trades: list[Trade]) -> None:
    for each in trades:
        each.wait(timeout=PATIENCE)


@contextmanager
def trading(bridge: BridgeProcess) -> Iterator[Client]:
    """A client, as soon as orders can be placed."""
    with Client(bridge.connection_file) as client:
        eventually(lambda: client.status().state == "READY", "the bridge to be ready")
        yield client


@contextmanager
def fills_logger(node: str, bridge: BridgeProcess, path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The logger as a process; it is killed on leaving if it still runs."""
    command = [node, str(PACKAGE / "bin" / "log-fills.js"), str(path), "--connection", str(bridge.connection_file)]
    with path.with_suffix(".log").open("ab") as said, subprocess.Popen(command, stdout=said, stderr=said) as process:
        try:
            yield process
        finally:
            process.kill()


def logged(path: Path) -> list[str]:
    """The exec ids in the file, in its order; a line that is being written does not count."""
    text = path.read_text() if path.exists() else ""
    return [json.loads(line)["exec_id"] for line in text.splitlines(keepends=True) if line.endswith("\n")]


def has_fills(path: Path, number: int) -> bool:
    return len(logged(path)) >= number


def executed(simulator: SimulatedTws) -> list[str]:
    return [row["exec_id"] for row in simulator.ledger.of("execution")]


def test_what_it_encodes_is_what_python_decodes(node: str) -> None:
    done = subprocess.run([node, PACKAGE / "test" / "encode.js"], capture_output=True, text=True, check=True)
    encoded = [[bytes.fromhex(frame) for frame in json.loads(line)] for line in done.stdout.splitlines()]
    vectors = json.loads((VECTORS / "commands.json").read_text())
    assert len(encoded) == len(vectors) >= len(COMMANDS)
    for frames, vector in zip(encoded, vectors, strict=True):
        header, body = vector["value"]["header"], vector["value"]["body"]
        expected = COMMANDS[header["t"]].model_validate(body)
        assert decode_command(frames) == (CommandHeader.model_validate(header), expected, False)


def test_its_own_tests_against_a_real_bridge(node: str, bridge: BridgeProcess) -> None:
    environment = {**os.environ, "TWSBRIDGE_CONNECTION": str(bridge.connection_file)}
    done = subprocess.run(
        [node, "--test", "test/integration.test.js"], cwd=PACKAGE, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr + bridge.log
    assert "# skipped 0" in done.stdout


def test_orders_of_a_process_that_is_killed_are_cancelled(
    node: str, bridge: BridgeProcess, simulator: SimulatedTws
) -> None:
    command = [node, str(PACKAGE / "test" / "death.js"), str(bridge.connection_file)]
    with trading(bridge) as client, subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "placed\n"
        eventually(lambda: client.status().owners[0].silent_ms > 200, "some silence")
        eventually(lambda: client.status().owners[0].silent_ms < 100, "a life sign")
        process.kill()
        eventually(lambda: client.orders() == [], "the order to be cancelled")
    assert [row["status"] for row in simulator.ledger.of("status")][-1] == "Cancelled"


def test_a_topic_that_the_key_may_not_have_is_an_error_and_the_others_go_on(node: str, bridge: BridgeProcess) -> None:
    far = keyring.add(Home(bridge.home), "far", "observer", accounts=["DU9999999"])
    script = """
        import { Client } from './src/index.js'
        const tws = await Client.connect({ connection: process.argv[1], timeout: 20000 })
        for (const topics of [['sys|', process.argv[2]], ['sys|']]) {
          try {
            for await (const event of tws.events({ topics, live: false })) { console.log(event.topic); break }
          } catch (error) {
            console.log(error.code)
          }
        }
        tws.close()
    """
    with trading(bridge) as client:
        command = [node, "--input-type=module", "-e", script, str(far), f"ord|{client.accounts[0]}|"]
        done = subprocess.run(command, cwd=PACKAGE, capture_output=True, text=True, timeout=PATIENCE)
    assert done.stdout.split() == ["auth.topic", "sys|"], done.stderr


def test_a_fills_logger_that_is_killed_has_every_fill_once(
    node: str, simulator: SimulatedTws, bridge: BridgeProcess, tmp_path: Path
) -> None:
    path = tmp_path / "fills.jsonl"
    with trading(bridge) as client:
        for size in (1, 5, 9):
            with fills_logger(node, bridge, path) as logger:
                trades = trade(client)
                eventually(partial(has_fills, path, size), "some fills in the file")
                logger.kill()
            finish([*trades, *trade(client)])
        with fills_logger(node, bridge, path) as logger:
            eventually(lambda: logged(path) == executed(simulator), "every fill in the file")
            logger.send_signal(signal.SIGTERM)
            assert logger.wait(PATIENCE) == 0
    assert len(logged(path)) >= 18


def test_a_fills_logger_goes_on_when_the_bridge_is_killed(
    node: str, simulator: SimulatedTws, bridge: BridgeProcess, tmp_path: Path
) -> None:
    path = tmp_path / "fills.jsonl"
    with fills_logger(node, bridge, path):
        with trading(bridge) as client:
            finish(trade(client))
        eventually(lambda: logged(path) == executed(simulator), "the first fills")
        ports = [
            word
            for name in ("cmd", "evt", "md")
            for word in (f"--{name}-port", bridge.connection[name].rpartition(":")[2])
        ]
        bridge.kill()
        with BridgeProcess(bridge.home, f"127.0.0.1:{simulator.port}", *ports) as again:
            with trading(again) as client:
                finish(trade(client))
            eventually(lambda: logged(path) == executed(simulator), "the fills after the restart")
    assert len(executed(simulator)) >= 3
