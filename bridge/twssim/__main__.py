"""`python -m twssim`: a simulated TWS as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from twssim.choices import chosen
from twssim.control import Control
from twssim.replay.replay import PACES
from twssim.replay.summary import summary
from twssim.runner import LOOPBACK
from twssim.server import Server
from twssim.settings import PAPER_ACCOUNT, Settings
from twssim.tools import TOOLS

BAD_USAGE = 2
HIGHEST_PORT = 65535


def main(arguments: list[str] | None = None, program: str = "python -m twssim") -> int:
    """Serve until SIGINT or SIGTERM, or run a tool; 2 when the options or the port cannot be used."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] and given[0] in TOOLS:
        return TOOLS[given[0]](given[1:], f"{program} {given[0]}")
    options = _parser(program).parse_args(given)
    try:
        asyncio.run(_serve(_settings(options), options))
    except ValueError as reason:
        return _refuse(str(reason))
    except OSError as reason:
        return _refuse(_what_failed(options, reason))
    except KeyboardInterrupt:
        return 0
    return 0


def _what_failed(options: argparse.Namespace, reason: OSError) -> str:
    number = reason.errno or 0
    why = os.strerror(number) if number > 0 else reason.strerror
    if reason.filename:
        return f"cannot use the ledger {reason.filename} ({why})"
    return f"cannot listen on {options.host}:{options.port} ({why}): choose another --port"


def _refuse(why: str) -> int:
    print(f"twssim: {why}", file=sys.stderr)
    return BAD_USAGE


async def _serve(settings: Settings, options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows has no such handlers; there Ctrl-C interrupts
            loop.add_signal_handler(number, stop.set)
    server = Server(settings)
    control = Control(server)
    try:
        bound = await server.listen(options.host, options.port)
        print(f"twssim listening on {options.host}:{bound}", flush=True)
        if options.control is not None:
            print(f"twssim control on {LOOPBACK}:{await _control(control, options.control)}", flush=True)
        await stop.wait()
    finally:
        control.close()
        await server.close()
        for line in summary(server.gateway.ledger):
            print(f"twssim {line}", flush=True)


async def _control(control: Control, port: int) -> int:
    try:
        return await control.listen(port)
    except OSError as reason:
        why = os.strerror(reason.errno or 0)
        raise ValueError(f"cannot listen for control on port {port} ({why}): choose another --control") from None


def _settings(options: argparse.Namespace) -> Settings:
    if not 0 <= options.port <= HIGHEST_PORT:
        raise ValueError(f"--port must be from 0 to {HIGHEST_PORT}, not {options.port}")
    if not 0 <= (options.control or 0) <= HIGHEST_PORT:
        raise ValueError(f"--control must be from 0 to {HIGHEST_PORT}, not {options.control}")
    settings = {
        "server_version": options.server_version,
        "seed": options.seed,
        "accounts": tuple(options.account or [PAPER_ACCOUNT]),
        "currency": options.currency,
        "cash": _number(options.cash),
        "ledger": options.ledger,
        "scenario": options.scenario,
        "replay": options.replay,
        "pace": options.pace,
        "speed": options.speed,
        "start": _moment(options.start),
        "calendar": options.calendar,
        "market_data": options.market_data,
        "tick_interval": options.tick_interval,
        "flood": options.flood,
    }
    return Settings(**settings, **chosen(options.set, frozenset(settings)))


def _number(written: str) -> Decimal:
    try:
        return Decimal(written)
    except InvalidOperation:
        raise ValueError(f"--cash needs a number, not '{written}'") from None


def _moment(written: str) -> float | None:
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise ValueError(f"--start needs an ISO date and time, not '{written}'") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program,
        description="A simulated TWS that speaks the real wire protocol.",
        epilog=f"Tools: {', '.join(TOOLS)}; each tells its own --help. Documentation: bridge/twssim/README.md",
    )
    add = parser.add_argument
    add("--host", default=LOOPBACK, help="address to listen on (default %(default)s)")
    add("--port", type=int, default=7497, help="0 takes a free port (default %(default)s)")
    add("--seed", type=int, default=1, help="same seed, same market (default %(default)s)")
    add(
        "--server-version",
        type=int,
        default=200,
        help="highest protocol version to speak, 157 to 225 (default %(default)s)",
    )
    add("--ledger", default="", metavar="FILE", help="record of orders and fills; kept and reread")
    add("--scenario", default="", metavar="FILE", help="what goes wrong and when, as TOML (see twssim/scenario.py)")
    add("--replay", default="", metavar="FILE", help="serve a recorded session; a file, or a directory of parts")
    add("--pace", choices=PACES, default="recorded", help="of a replay: with its silences, or as fast as possible")
    add("--control", type=int, metavar="PORT", help="take commands for faults on this loopback port; 0 for a free one")
    add(
        "--speed",
        type=float,
        default=1.0,
        help="simulated seconds per real second: 1440 is a day in a minute, 0 stands still (see --control)",
    )
    add("--start", default="", metavar="ISO", help="simulated time to begin at (default: now)")
    add("--calendar", choices=("always", "regular"), default="always", help="trading hours")
    add("--account", action="append", metavar="NAME", help="repeat for several accounts")
    add("--currency", default="GBP", help="base currency of the accounts")
    add("--cash", default="100000", help="cash of each account at the beginning")
    add("--tick-interval", type=float, default=0.25, help="seconds between ticks of a line")
    allowed = ("live", "delayed", "none")
    add("--market-data", choices=allowed, default="live", help="what the login may see (default %(default)s)")
    add("--flood", action="store_true", help="send ticks as fast as clients take them")
    add("--set", action="append", default=[], metavar="NAME=VALUE", help="any other setting; repeat for several")
    return parser


if __name__ == "__main__":
    sys.exit(main())
