"""`twsbridge serve`: run the bridge."""

from __future__ import annotations

import inspect
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from twsbridge.cli.exit_codes import ExitCode
from twsbridge.cli.failures import Failure


@dataclass(frozen=True, slots=True)
class Flag:
    """An option that may also be given as TWSBRIDGE_NAME in the environment."""

    name: str
    kind: Any
    help: str
    metavar: str | None = None

    def parameter(self) -> inspect.Parameter:
        """The option as a parameter that typer understands; None when it is not given."""
        text = f"{self.help} (env TWSBRIDGE_{self.name.upper()})"
        option = typer.Option(None, f"--{self.name.replace('_', '-')}", help=text, metavar=self.metavar)
        return inspect.Parameter(self.name, inspect.Parameter.KEYWORD_ONLY, default=option, annotation=self.kind | None)


FLAGS = (
    Flag("tws", str, "TWS or IB Gateway: 7496, 7497 (TWS live, paper), 4001, 4002 (Gateway). Default 127.0.0.1:7497",
         "HOST:PORT"),
    Flag("client_id", int, "API client id; orders stay bound to it. Default 1"),
    Flag("home", Path, "Keys, journal and connection files. Default ~/.twsbridge"),
    Flag("bind", str, "Address to listen on. Default 127.0.0.1", "ADDRESS"),
    Flag("cmd_port", int, "Port for commands, 0 for any. Default 7600"),
    Flag("evt_port", int, "Port for events, 0 for any. Default 7601"),
    Flag("md_port", int, "Port for market data, 0 for any. Default 7602"),
    Flag("allow_wildcard", bool, "Permit --bind 0.0.0.0, as in a container"),
    Flag("allow_live", list[str], "A live account that may be traded; repeatable. Default: paper only", "ACCOUNT"),
    Flag("market_data_type", int, "1 live, 2 frozen, 3 delayed, 4 delayed and frozen. Default 1"),
    Flag("commands_per_second", int, "Most commands a second of one connection, after a burst. Default 50", "N"),
    Flag("low_disk_mib", int, "Warn when the journal's disk has less room than this. Default 512", "MIB"),
    Flag("stale_seconds", float, "Quiet for so long in an open market, market data is stale; 0 for never. Default 60.0",
         "SECONDS"),
    Flag("tws_restart", str, "When TWS restarts itself each day: no new order from 30 s before to 60 s after",
         "'HH:MM ZONE'"),
    Flag("drain_seconds", float, "When told to stop: how long TWS may take to answer what was sent. Default 3.0",
         "SECONDS"),
    Flag("most_poison", int, "Halt at so many unreadable messages about orders in a minute; 0: never. Default 3", "N"),
    Flag("max_server_version", int, "Highest protocol version to offer TWS; below 201 the wire is readable text"),
    Flag("bars_mib", int, "MiB that the cache of bars may take; what was not used for longest goes. Default 2048"),
    Flag("record", Path, "Record every byte to and from TWS in files here; account numbers are in them", "DIR"),
    Flag("record_mib", int, "MiB that all files of a recording may take; the oldest go first. Default 1024"),
)  # fmt: skip

Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Log more.")]


def serve(verbose: Verbose = False, **flags: Any) -> None:
    """Run the bridge: one login at TWS, shared with every program that has a key. Ctrl-C stops it."""
    try:
        from twsbridge_server import app, logs, settings
        from twsbridge_server.errors import CannotStart, CoreFailed, JournalFailed
        from twsbridge_server.stop_signals import StopSignals
    except ImportError as error:
        sentence = f"`serve` needs more than is installed ({error}). Install it with: pip install 'twsbridge[bridge]'"
        raise Failure(sentence, ExitCode.USAGE) from error
    logs.start(verbose=verbose)
    for sentence in settings.unknown_variables(os.environ):
        typer.echo(f"twsbridge: {sentence}", err=True)
    with StopSignals() as wishes:
        try:
            app.serve(settings.load(flags, os.environ), wishes)
        except settings.WrongSetting as error:
            raise Failure(str(error), ExitCode.USAGE) from error
        except CannotStart as error:
            raise Failure(str(error), ExitCode.CANNOT_START) from error
        except JournalFailed as error:
            raise Failure(str(error), ExitCode.JOURNAL) from error
        except CoreFailed as error:
            raise Failure(str(error), ExitCode.DEFECT) from error
        if wishes.count > 1:
            raise typer.Exit(128 + wishes.last)


def _signature() -> inspect.Signature:
    """That of `serve`, with one keyword for each flag."""
    own = inspect.signature(serve, eval_str=True)
    return own.replace(parameters=[own.parameters["verbose"], *(flag.parameter() for flag in FLAGS)])


vars(serve)["__signature__"] = _signature()
