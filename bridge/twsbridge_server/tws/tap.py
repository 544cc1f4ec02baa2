"""Who listens in on the bytes of the TWS session: a recording, or nobody."""

from __future__ import annotations

from typing import Protocol

LEFT = "closed by the bridge"
"""The reason of an end that TWS has no part in."""


class Tap(Protocol):
    """Told of every byte in the moment it has passed the socket. Must not block and must not raise."""

    def opened(self, endpoint: str) -> None:
        """A connection is made; what follows is about it."""

    def sent(self, content: bytes) -> None:
        """The operating system has taken these bytes for TWS."""

    def received(self, content: bytes) -> None:
        """These bytes came from TWS."""

    def closed(self, reason: str) -> None:
        """The connection has ended; the reason in words."""


class Nobody:
    """Does not listen."""

    def opened(self, endpoint: str) -> None:
        """See Tap."""

    def sent(self, content: bytes) -> None:
        """See Tap."""

    def received(self, content: bytes) -> None:
        """See Tap."""

    def closed(self, reason: str) -> None:
        """See Tap."""
