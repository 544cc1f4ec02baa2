"""The composition root of `twsbridge serve`: builds core and shells, runs the loop, closes in order. No logic."""

from __future__ import annotations

import logging
import os
import resource
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib import metadata
from pathlib import Path

from twsbridge_server.bar_cache import BarCache
from twsbridge_server.clock import Clock
from twsbridge_server.core.degraded import DegradingBridge
from twsbridge_server.core.notices import Meanings
from twsbridge_server.core.rights import is_paper
from twsbridge_server.core.settings import CoreSettings
from twsbridge_server.disk_watch import DiskWatch
from twsbridge_server.halt_watch import HaltFile, HaltSignal
from twsbridge_server.home import Home
from twsbridge_server.journal_file import Journal
from twsbridge_server.limits_file import LimitsFile
from twsbridge_server.loop import Loop, StopWishes
from twsbridge_server.mq import keyring
from twsbridge_server.mq.binding import BindSettings
from twsbridge_server.mq.sockets import Sockets
from twsbridge_server.notices_file import read_notices
from twsbridge_server.perform import Shells
from twsbridge_server.quarantine import Quarantine
from twsbridge_server.recorder import record_to
from twsbridge_server.settings import ServeSettings
from twsbridge_server.tws.connection import TwsConnection, TwsSettings

log = logging.getLogger(__name__)

LINGER_MS = 1_000
SHORT_LINGER_MS = 100
"""When the operator insists: what is said last still reaches whoever listens."""

OPEN_FILES = 16_384


def serve(settings: ServeSettings, wishes: StopWishes) -> None:
    """Run the bridge until it is told to stop. Raises CannotStart or JournalFailed, for the operator to read."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # an image of this memory would show the secret keys
    _allow_many_connections()
    home = Home(settings.home)
    pair = keyring.prepare(home)
    limits, meanings = LimitsFile(home), read_notices(home.notices)
    with _journal(home) as journal, HaltSignal() as halt_signal, closing(_bars(settings, home)) as bars:
        sockets = Sockets(home, pair, _bind_settings(settings))
        recorder = record_to(settings.record, settings.record_mib << 20) if settings.record else None
        tws = TwsConnection(_tws_settings(settings), Quarantine(home.quarantine), recorder)
        try:
            _warn_of_unused(settings.allow_live, home)
            _announce(settings, sockets, keyring.write_connection_file(home, sockets.endpoints))
            core = DegradingBridge(_core_settings(settings, meanings), DiskWatch(journal).restore())
            shells = Shells(sockets, tws, journal, bars, (limits, HaltFile(home), halt_signal))
            Loop(core, shells, wishes, Clock()).run(settings.drain_seconds)
        finally:
            tws.close()
            if recorder is not None:
                recorder.close()
            sockets.close(SHORT_LINGER_MS if wishes.count > 1 else LINGER_MS)
            log.info("Stopped.")


@contextmanager
def _journal(home: Home) -> Iterator[Journal]:
    journal = Journal(home.journal)
    try:
        yield journal
    finally:
        journal.close()


def _bars(settings: ServeSettings, home: Home) -> BarCache:
    return BarCache(home.bars, settings.bars_mib << 20)


def _announce(settings: ServeSettings, sockets: Sockets, connection_file: Path | None) -> None:
    """The one line on stdout that says: clients may come now."""
    file = connection_file or "none, since the client 'default' was revoked"
    line = f"twsbridge ready: cmd {sockets.endpoints.cmd}, TWS {settings.tws}, connection file {file}"
    print(line, flush=True)


def _warn_of_unused(live_accounts: frozenset[str], home: Home) -> None:
    """A live account has to be named twice: for the bridge, and for the keys that may use it."""
    named = {account for client in keyring.registered(home) for account in client.accounts}
    for account in sorted(live_accounts - named):
        if not is_paper(account):
            log.warning("No key may use %s: `twsbridge keys change NAME --accounts %s`.", account, account)


def _bind_settings(settings: ServeSettings) -> BindSettings:
    ports = settings.cmd_port, settings.evt_port, settings.md_port
    return BindSettings(settings.bind, *ports, settings.allow_wildcard, settings.commands_per_second)


def _tws_settings(settings: ServeSettings) -> TwsSettings:
    return TwsSettings(settings.tws.host, settings.tws.port, max_server_version=settings.max_server_version)


def _core_settings(settings: ServeSettings, meanings: Meanings) -> CoreSettings:
    return CoreSettings(
        sid=secrets.token_hex(8),
        version=metadata.version("twsbridge"),
        tws_endpoint=str(settings.tws),
        client_id=settings.client_id,
        live_accounts=settings.allow_live,
        market_data_type=settings.market_data_type,
        daily_restart=settings.tws_restart,
        meanings=meanings,
        stale_us=round(settings.stale_seconds * 1e6),
        drain_us=round(settings.drain_seconds * 1e6),
        low_disk_bytes=settings.low_disk_mib * 2**20,
        most_poison=settings.most_poison,
    )


def _allow_many_connections() -> None:
    """Each client takes a few descriptors; the usual soft limit of 256 or 1024 would be the end of the newcomers."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
