"""`python -m tests.benchmarks.flood [--version N] [--seconds S]`: how many ticks a second the simulator can send.

Starts `twssim --flood` as a process, opens lines with the official client's encoder, and divides the bytes that arrive
by the mean size of a frame: one tick, as a session's profile writes it. The blocks are precomputed, so this is how fast
they are moved. The simulator's own processor time is read too: ticks per second of it are what one core gives.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from ibapi.client import EClient
from ibapi.contract import Contract
from ibapi.wrapper import EWrapper

from twssim.wire import Framer, frame

SYMBOLS = ("AAPL", "MSFT", "NVDA", "TSLA", "AMZN")
CHUNK = 1 << 20
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class Wire:
    """What EClient takes for its connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))

    def sendMsg(self, sent: bytes) -> int:
        self.socket.sendall(sent)
        return len(sent)

    def isConnected(self) -> bool:
        return True


def subscribed(port: int, version: int) -> socket.socket:
    """A socket on which the ticks of five lines arrive."""
    wire, client = Wire(port), EClient(EWrapper())
    wire.sendMsg(b"API\0" + frame(f"v100..{version}".encode()))
    (hello,) = Framer().feed(wire.socket.recv(CHUNK))
    client.serverVersion_ = int(hello.split(b"\0")[0])
    client.conn, client.connState, client.clientId = wire, EClient.CONNECTED, 1
    client.startApi()
    for req_id, symbol in enumerate(SYMBOLS):
        contract = Contract()
        contract.symbol, contract.secType, contract.exchange, contract.currency = symbol, "STK", "SMART", "USD"
        client.reqMktData(req_id, contract, "", False, False, [])
    return wire.socket


def processor_seconds(process: int) -> float:
    """Processor time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def measure(version: int, seconds: float) -> tuple[float, float]:
    """Ticks per second of time, and of the simulator's processor time."""
    command = [sys.executable, "-m", "twssim", "--port", "0", "--flood", "--server-version", str(version)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as simulator:
        assert simulator.stdout is not None
        port = int(simulator.stdout.readline().rpartition(":")[2])
        ticks = subscribed(port, version)
        sample = _read(ticks, 16 * CHUNK)
        size = len(sample) / sum(1 for _ in Framer().feed(sample))
        began, used, received = time.perf_counter(), processor_seconds(simulator.pid), 0
        while time.perf_counter() < began + seconds or processor_seconds(simulator.pid) == used:
            received += len(ticks.recv(CHUNK))
        took, used = time.perf_counter() - began, processor_seconds(simulator.pid) - used
        simulator.terminate()
        ticks.close()
    return received / size / took, received / size / used


def _read(source: socket.socket, size: int) -> bytes:
    content = bytearray()
    while len(content) < size:
        content += source.recv(CHUNK)
    return bytes(content)


def main() -> None:
    """Measure and print, one line for each version."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--version", type=int, action="append", help="repeat for several (default: 176 and 225)")
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    for version in options.version or (176, 225):
        wall, core = measure(version, options.seconds)
        print(f"server version {version}: {wall:,.0f} ticks/s, {core:,.0f} ticks per second of its processor time")


if __name__ == "__main__":
    main()
