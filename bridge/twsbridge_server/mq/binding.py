"""Sockets with the bridge's security and limits set, bound where the operator allows it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

import zmq

from twsbridge_server.errors import CannotStart
from twsbridge_server.mq.keys import Endpoints, KeyPair

Socket = zmq.Socket[bytes]
Context = zmq.Context[Socket]

OLDEST_LIBZMQ = (4, 3, 5)
HANDSHAKE_MS = 2_000
KEEP_ALIVE_S = 2
KEEP_ALIVES = 3
"""A host that answers none of so many questions of the kernel is gone."""

UNTAKEN_MS = 15_000
"""So long may what was sent wait for the other side's kernel."""

BACKLOG = 1_024


@dataclass(frozen=True, slots=True)
class BindSettings:
    """Address and ports to bind, 0 for any free one; `allow_wildcard` permits 0.0.0.0 and ::. And a client's limit."""

    address: str = "127.0.0.1"
    cmd_port: int = 7600
    evt_port: int = 7601
    md_port: int = 7602
    allow_wildcard: bool = False
    commands_per_second: int = 50


def check_libzmq() -> None:
    """Raise CannotStart for a libzmq without encryption, or older than the last one with fixes."""
    if zmq.zmq_version_info() < OLDEST_LIBZMQ or not zmq.has("curve"):
        raise CannotStart(
            f"libzmq {zmq.zmq_version()} is too old or has no CURVE encryption. Nothing was started. "
            "Install pyzmq from its wheels: pip install --force-reinstall --only-binary pyzmq pyzmq"
        )


def check_address(settings: BindSettings) -> None:
    """Raise CannotStart for an address that is none, or that opens every interface without a clear wish."""
    try:
        address = ipaddress.ip_address(settings.address)
    except ValueError:
        raise CannotStart(
            f"'{settings.address}' is not an IP address to bind. Nothing was started. "
            "Use 127.0.0.1, or the address of one network interface."
        ) from None
    if address.is_unspecified and not settings.allow_wildcard:
        raise CannotStart(
            f"{settings.address} would open the bridge on every network of this machine. Nothing was started. "
            "Name one address, or add --allow-wildcard (inside a container, for example)."
        )


def secure_socket(context: Context, kind: int, pair: KeyPair, domain: str, max_frame_bytes: int) -> Socket:
    """A CURVE server socket with limits on size, handshake and silence of the other side. ZAP hears the domain.

    The kernel asks whether the other side is alive. ZMTP heartbeats must not: libzmq 4.3.5 aborts the process when one
    is due on a connection that ended while messages of it still waited to be read (`Assertion failed: !_io_error`).
    """
    socket = context.socket(kind)
    socket.curve_server = True
    socket.curve_secretkey = pair.secret_key.encode()
    socket.curve_publickey = pair.public_key.encode()
    socket.setsockopt_string(zmq.ZAP_DOMAIN, domain)
    socket.maxmsgsize = max_frame_bytes
    socket.handshake_ivl = HANDSHAKE_MS
    socket.tcp_keepalive = 1
    socket.tcp_keepalive_idle = socket.tcp_keepalive_intvl = KEEP_ALIVE_S
    socket.tcp_keepalive_cnt = KEEP_ALIVES
    socket.setsockopt(zmq.TCP_MAXRT, UNTAKEN_MS)
    socket.backlog = BACKLOG
    socket.linger = 0
    return socket


def bind(socket: Socket, settings: BindSettings, port: int, flag: str) -> str:
    """Bind; returns the endpoint for a client on this machine. A port in use raises CannotStart naming it."""
    version_6 = ":" in settings.address
    socket.ipv6 = version_6
    host = f"[{settings.address}]" if version_6 else settings.address
    try:
        socket.bind(f"tcp://{host}:{port or '*'}")
    except zmq.ZMQError as error:
        if error.errno == zmq.EADDRINUSE:
            raise CannotStart(
                f"Port {port} on {settings.address} is in use, perhaps by another twsbridge. Nothing was started. "
                f"Stop that one, or choose another port with {flag} (0 takes any free one)."
            ) from None
        raise CannotStart(
            f"Cannot bind {settings.address} port {port}: {error.strerror}. Nothing was started. "
            f"Check --bind and {flag}."
        ) from None
    bound = socket.getsockopt_string(zmq.LAST_ENDPOINT)
    return bound.replace("0.0.0.0", "127.0.0.1").replace("[::]", "[::1]")


def port_of(endpoint: str) -> int:
    """The TCP port of an endpoint."""
    return int(endpoint.rpartition(":")[2])


def ports_of(endpoints: Endpoints) -> set[int]:
    """The TCP ports of all three sockets."""
    return {port_of(endpoint) for endpoint in endpoints}
