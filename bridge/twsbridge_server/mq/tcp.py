"""What the kernel knows of a TCP connection, by the number of its socket. libzmq owns these sockets: they are borrowed.

The number may have passed to something else since it was told: so only sockets of the bridge's own ports are touched.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import NamedTuple

_BYTES = struct.Struct("=QQ8xI")
_BYTES_AT = 120
"""Where Linux has the bytes acknowledged by the other side, received from it, and not sent yet, in its `tcp_info`."""


class Bytes(NamedTuple):
    """What has gone over a connection since it began, and what the kernel has still to send."""

    sent: int
    received: int
    unsent: int


def bytes_of(number: int) -> Bytes | None:
    """How much was sent and received; None when this is no TCP connection, or where nobody counts (not Linux)."""
    if sys.platform != "linux":
        return None
    with _borrowed(number) as connection:
        if connection is None:
            return None
        try:
            info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _BYTES_AT + _BYTES.size)
        except OSError:
            return None
        return Bytes(*_BYTES.unpack_from(info, _BYTES_AT)) if len(info) >= _BYTES_AT + _BYTES.size else None


def address_of(number: int) -> str:
    """The address of the other side; empty when it is gone."""
    with _borrowed(number) as connection:
        try:
            return str(connection.getpeername()[0]) if connection else ""
        except (OSError, IndexError):
            return ""


def shut_down(number: int, ports: Collection[int]) -> bool:
    """End this connection, if it is one to these ports; True when it was."""
    with _borrowed(number) as connection:
        try:
            if connection is None or connection.getsockname()[1] not in ports:
                return False
            connection.shutdown(socket.SHUT_RDWR)
        except (OSError, IndexError):
            return False
        return True


@contextmanager
def _borrowed(number: int) -> Iterator[socket.socket | None]:
    try:
        copy = os.dup(number)
    except OSError:
        yield None
        return
    try:
        connection = socket.socket(fileno=copy)
    except OSError:
        os.close(copy)
        yield None
        return
    with connection:
        yield connection
