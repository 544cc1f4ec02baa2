"""The part of the client that stops and resumes: the kill switch, and the end of the bridge itself."""

from __future__ import annotations

from twsbridge.channel import Channel, build
from twsbridge.protocol import commands, replies
from twsbridge.protocol.drain import DrainReply


class Stopping:
    """HALTED sends no order and no change, REDUCING only orders that reduce a position; cancels always pass.

    Everything is meant, unless `account` or `client` names one.
    """

    _channel: Channel

    def halt(
        self,
        reason: str = "",
        *,
        account: str = "",
        client: str = "",
        cancel: bool = False,
        timeout: float | None = None,
    ) -> replies.HaltReply:
        """Stop. With `cancel` also cancel the orders of the scope; `.left` are those that TWS still has."""
        scope, of = _scope(account, client)
        command = build(commands.Halt, scope=scope, of=of, reason=reason, cancel=cancel)
        return self._channel.ask(command, replies.HaltReply, timeout)

    def flatten(self, reason: str, *, account: str = "", timeout: float = 40.0) -> replies.HaltReply:
        """Stop, cancel everything, and close every position, of `account` or of all accounts: an admin's key alone.

        `.unclosed` are the positions that are still there, each with why; the bridge goes on closing them.
        """
        scope, of = _scope(account, "")
        command = build(commands.Halt, scope=scope, of=of, reason=reason, flatten=True)
        return self._channel.ask(command, replies.HaltReply, timeout)

    def reduce(
        self, reason: str = "", *, account: str = "", client: str = "", timeout: float | None = None
    ) -> replies.HaltReply:
        """From now on only orders that reduce a position."""
        scope, of = _scope(account, client)
        command = build(commands.Halt, scope=scope, of=of, state="REDUCING", reason=reason)
        return self._channel.ask(command, replies.HaltReply, timeout)

    def resume(
        self, reason: str, *, account: str = "", client: str = "", timeout: float | None = None
    ) -> replies.HaltReply:
        """Lift a halt; only an admin's key may, and says why."""
        scope, of = _scope(account, client)
        command = build(commands.Resume, scope=scope, of=of, reason=reason)
        return self._channel.ask(command, replies.HaltReply, timeout)

    def drain(
        self,
        reason: str = "",
        *,
        seconds: float | None = None,
        expect_back_s: int | None = None,
        timeout: float | None = None,
    ) -> DrainReply:
        """Let the bridge go down as SIGTERM does; an admin's key alone. Returns at once, when it is DRAINING.

        TWS gets `seconds` (None: as the bridge was started) to answer what was sent; orders at TWS keep working.
        """
        window_ms = None if seconds is None else round(seconds * 1000)
        command = build(commands.Drain, reason=reason, window_ms=window_ms, expect_back_s=expect_back_s)
        return self._channel.ask(command, DrainReply, timeout)


def _scope(account: str, client: str) -> tuple[str, str]:
    if account and client:
        raise ValueError("name an account or a client, not both")
    return ("account", account) if account else ("client", client) if client else ("global", "")
