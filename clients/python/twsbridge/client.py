"""The client: one object for everything that a program wants of a bridge."""

from __future__ import annotations

import weakref
from types import TracebackType
from typing import Self, Unpack

from twsbridge.asking import AskingTws, Looking, ReadingNews
from twsbridge.bookkeeping import Bookkeeping
from twsbridge.callbacks import Callbacks
from twsbridge.channel import Channel
from twsbridge.connection import ConnectionSource
from twsbridge.death import DeathOptions, greeting, say_goodbye
from twsbridge.download.asking import Downloading
from twsbridge.following import Following
from twsbridge.groups import Groups
from twsbridge.past import LookingBack
from twsbridge.protocol.models import OnDeath
from twsbridge.protocol.replies import Welcome
from twsbridge.reading import Reading
from twsbridge.stopping import Stopping
from twsbridge.trades import Trades
from twsbridge.trading import Trading


class Client(
    Reading,
    Bookkeeping,
    Downloading,
    Looking,
    LookingBack,
    ReadingNews,
    AskingTws,
    Trading,
    Groups,
    Stopping,
    Following,
):
    """A connection to a running bridge: `with Client() as client: ...`. All calls may come from any thread.

    `connection` is the path of a connection file (default: the one that `twsbridge serve` wrote for this user),
    `timeout` the seconds that a call may take where it does not say otherwise. Raises AuthError when the bridge
    refuses the key, Unreachable when no bridge answers. After a fork, make a new one.

    `on_death` is a dead-man switch, see `DeathOptions`: what becomes of this client's orders when its process dies.
    """

    def __init__(
        self, connection: ConnectionSource = None, *, timeout: float = 10.0, **death: Unpack[DeathOptions]
    ) -> None:
        self._channel = Channel(connection, timeout, greeting(death))
        self._trades = Trades(self._channel)
        self._callbacks = Callbacks(self._channel)
        self._close = weakref.finalize(self, Channel.close, self._channel)
        try:
            self._welcome = self._channel.wait_welcome()
        except BaseException:
            self._close()
            raise

    @property
    def welcome(self) -> Welcome:
        """What the bridge said when it greeted us last: its version, our name and role, the accounts."""
        return self._channel.welcome or self._welcome

    @property
    def accounts(self) -> list[str]:
        """The accounts of this login; none as long as the bridge has not heard of them from TWS."""
        return self.welcome.accounts or self.status().accounts

    @property
    def state(self) -> str:
        """The connection to the bridge: up, suspected (its heartbeats do not come), connecting, refused or closed."""
        return self._channel.state

    def close(self, orders: OnDeath = "keep") -> None:
        """Leave the bridge; loops over streams of this client end. Orders keep working, whatever `on_death` says.

        With `on_death`, `orders` may say otherwise: "cancel" or "reduce_only", at once. Only this call and a `with`
        that ends without an exception are a goodbye; a program that ends in any other way has died.
        """
        if self._close.alive:
            say_goodbye(self._channel, orders)
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._close()

    def __repr__(self) -> str:
        welcome = self.welcome
        return (
            f"Client({welcome.name} ({welcome.role}) at {self._channel.endpoint}, bridge {welcome.version}, "
            f"accounts {', '.join(welcome.accounts) or 'none yet'}, {self.state})"
        )
