"""Ports that no other program of this machine gets while a test needs them: tests run side by side."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count

SHARE = 1_000
SHARES = 12
"""Each worker of pytest-xdist has a share of the ports from 20,000 on, below those that systems give out themselves."""

_numbers = count(secrets.randbelow(SHARE))


def kept_port() -> int:
    """A port for a listener that goes away and comes back: nothing else takes it while it is away."""
    share = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % SHARES
    while True:
        port = 20_000 + share * SHARE + next(_numbers) % SHARE
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


@contextmanager
def deserted_port() -> Iterator[int]:
    """A port at which nothing listens."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]
