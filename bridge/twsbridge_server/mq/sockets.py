"""The three sockets of the bridge, opened together, polled together with other descriptors, closed together."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from contextlib import suppress

import zmq

from twsbridge_server.core.inputs import ClientInput, ClientsBanned
from twsbridge_server.home import Home
from twsbridge_server.mq import command_socket, event_socket, market_data_socket
from twsbridge_server.mq.allowance import Allowance
from twsbridge_server.mq.binding import BindSettings, Context, bind, check_address, check_libzmq, ports_of
from twsbridge_server.mq.command_socket import CommandSocket
from twsbridge_server.mq.connections import Connections
from twsbridge_server.mq.event_socket import EventSocket
from twsbridge_server.mq.keys import Endpoints, KeyPair
from twsbridge_server.mq.market_data_socket import MarketDataSocket
from twsbridge_server.mq.monitors import Monitor, monitored
from twsbridge_server.mq.peers import Peers
from twsbridge_server.mq.registry import Registry
from twsbridge_server.mq.strikes import BAN_S, ENDLESS, Strikes
from twsbridge_server.mq.zap import Zap

log = logging.getLogger(__name__)

READ = int(zmq.POLLIN)
WRITE = int(zmq.POLLOUT)

COMMANDS_A_TURN = 64
SUBSCRIPTIONS_A_TURN = 1_024
NEWCOMERS_A_TURN = 32


class Sockets:
    """`cmd`, `evt` and `md`, with CURVE and ZAP on all of them. Raises CannotStart when they cannot be opened."""

    def __init__(self, home: Home, pair: KeyPair, settings: BindSettings) -> None:
        check_libzmq()
        check_address(settings)
        registry = Registry(home)
        self._context = zmq.Context()
        self._ready: Collection[object] = ()
        self._strikes = Strikes()
        self._peers = Peers(self._strikes)
        self._connections = Connections()
        self._banned = ClientsBanned()
        try:
            self._open(pair, settings, registry)
        except BaseException:
            self._context.destroy(linger=0)
            raise

    def poll(self, descriptors: list[tuple[int, int]], timeout_ms: int) -> dict[int, int]:
        """Wait until a socket, or one of these (descriptor, READ | WRITE), is ready; returns the latter.

        A descriptor in error is ready for both.
        """
        found: dict[object, int] = dict(zmq.zmq_poll([*self._watched, *descriptors], timeout_ms))
        self._ready = found.keys()
        self._registry.refresh()
        if keys := self._registry.take_cut():
            log.info(
                "Cut %d connections of keys that were revoked, have expired or may do less.", self._peers.cut(keys)
            )
        return {
            number: READ | WRITE if found[number] & zmq.POLLERR else found[number]
            for number, _ in descriptors
            if number in found
        }

    def receive(self) -> list[ClientInput]:
        """What clients want, commands first; bounded, so that a flood from them cannot stop everything else."""
        self._hear_of_connections()
        inputs: list[ClientInput] = [*self._registry.take_changes(), *self._bans()]
        if self._zap.zap_socket in self._ready:
            self._zap.answer(NEWCOMERS_A_TURN)
        if self.cmd.socket in self._ready:
            inputs += self.cmd.receive(COMMANDS_A_TURN)
        if self.evt.socket in self._ready:
            inputs += self.evt.receive(SUBSCRIPTIONS_A_TURN)
        if self.md.socket in self._ready:
            inputs += self.md.receive(SUBSCRIPTIONS_A_TURN)
        return inputs

    def close(self, linger_ms: int = 0) -> None:
        """Close everything; what was sent last may take `linger_ms` to get out."""
        self._peers.intake.close()
        with suppress(zmq.ZMQError):
            self._zap.stop()
        self._context.destroy(linger=linger_ms)

    def _bans(self) -> list[ClientsBanned]:
        """Who is banned, when that has changed."""
        known = [(self._registry.by_key(key), offence) for key, offence in self._strikes.bans().items()]
        said = ClientsBanned(tuple(f"'{client.name}' {offence.words}" for client, offence in known if client))
        if said == self._banned:
            return []
        self._banned = said
        return [said]

    def _hear_of_connections(self) -> None:
        for monitor in self._monitors:
            monitor.read()
        self._connections.hear()
        for keys in self._peers.take_endless():
            self._ban_endless(keys)
        for key in self._peers.cut_stalled():
            log.warning("A connection of client '%s' was cut: it does not read what is sent to it.", self._name(key))

    def _ban_endless(self, keys: set[str]) -> None:
        """Ban whoever it was, if that is certain."""
        if len(keys) > 1:
            names = sorted(f"'{self._name(key)}'" for key in keys)
            log.warning("One of %s was cut off: it %s.", ", ".join(names), ENDLESS.words)
            return
        for key in keys:
            self._strikes.ban(key, ENDLESS)
            log.warning("Client '%s' was cut off and is banned for %d s: it %s.", self._name(key), BAN_S, ENDLESS.words)

    def _name(self, key: str) -> str:
        client = self._registry.by_key(key)
        return client.name if client else "unknown"

    def _open(self, pair: KeyPair, settings: BindSettings, registry: Registry) -> None:
        self._registry = registry
        cmd, evt, md = (make(self._context, pair) for make in _MAKERS)
        news = [monitored(socket) for socket in (cmd, evt, md)]
        self._zap = Zap(self._context, registry, self._strikes, self._connections, self._peers)
        self.endpoints = Endpoints(
            bind(cmd, settings, settings.cmd_port, "--cmd-port"),
            bind(evt, settings, settings.evt_port, "--evt-port"),
            bind(md, settings, settings.md_port, "--md-port"),
        )
        self._peers.serve(ports_of(self.endpoints))
        unread = (command_socket.UNREAD_BYTES, event_socket.UNREAD_BYTES, event_socket.UNREAD_BYTES)
        *self._monitors, of_md = (
            Monitor(each, where, limit, self._peers)
            for each, where, limit in zip(news, Endpoints._fields, unread, strict=True)
        )
        self._connections.hear_from(of_md.read)
        self.cmd = CommandSocket(cmd, registry, self._peers, Allowance(settings.commands_per_second))
        self.evt = EventSocket(evt, registry, self._peers)
        self.md = MarketDataSocket(md, registry, self._peers, self._connections)
        self._watched = [(socket, READ) for socket in (self._zap.zap_socket, cmd, evt, md, *news)]


_MAKERS: tuple[Callable[[Context, KeyPair], zmq.Socket[bytes]], ...] = (
    command_socket.command_socket,
    event_socket.event_socket,
    market_data_socket.market_data_socket,
)
