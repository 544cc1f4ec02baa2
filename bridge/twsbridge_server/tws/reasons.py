"""Why there is no connection to TWS, as sentences for the operator: what happened and what to look at. Pure."""

from __future__ import annotations

import errno
import os

PORTS = "TWS uses 7496 (live) and 7497 (paper), IB Gateway 4001 and 4002"

_UNREACHABLE = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ETIMEDOUT, errno.EHOSTDOWN})


def unknown_host(host: str, fault: str) -> str:
    """The name has no address."""
    return f"The host {host!r} has no address ({fault}). Check the name, or give its IP address."


def cannot_connect(endpoint: str, error: int) -> str:
    """TCP could not connect; `error` is an errno."""
    fault = os.strerror(error)
    if error == errno.ECONNREFUSED:
        return (
            f"Nothing listens at {endpoint} ({fault}). Is TWS or IB Gateway running and logged in, is its API "
            f"enabled ('Enable ActiveX and Socket Clients'), and is this its socket port? {PORTS}."
        )
    if error in _UNREACHABLE:
        return f"{endpoint} cannot be reached ({fault}). Is the host on, and does no firewall stand between?"
    return f"Cannot connect to {endpoint}: {fault}."


def no_tcp_answer(endpoint: str, seconds: float) -> str:
    """Not even a refusal came within the deadline."""
    return (
        f"No answer at all from {endpoint} within {seconds:g} s. Is the host on, and does a firewall drop the packets?"
    )


def no_lookup(host: str, seconds: float) -> str:
    """The name server did not answer within the deadline."""
    return f"The address of the host {host!r} was not found within {seconds:g} s. Check the name server."


def no_greeting(endpoint: str, seconds: float) -> str:
    """TCP connected, then silence."""
    return (
        f"TCP accepted by {endpoint}, but no answer to the API handshake within {seconds:g} s: TWS may be showing a "
        "dialog or waiting for login; if it is not, restart it."
    )


def closed_in_handshake(endpoint: str, fault: str) -> str:
    """TCP connected, then closed before the greeting."""
    return (
        f"{endpoint} closed the connection during the API handshake ({fault}). Is TWS behind it and logged in, is "
        "this host among its trusted IPs, and are fewer than 32 API clients connected?"
    )


def bad_greeting(endpoint: str, fault: str) -> str:
    """Something answered, but not as TWS does."""
    return f"{endpoint} does not answer as TWS does: {fault}. Is this the API socket port? {PORTS}."


def closed(endpoint: str, fault: str) -> str:
    """An established connection is gone."""
    return f"The connection to TWS at {endpoint} is gone: {fault}."


def out_of_step(endpoint: str, fault: str) -> str:
    """The stream of messages makes no sense any more."""
    return f"TWS at {endpoint} sent what cannot be a message ({fault}); the connection was closed."


def not_reading(waiting: int) -> str:
    """TWS does not take what it is sent."""
    return f"TWS has stopped reading: {waiting} bytes wait for it; nothing more is sent"
