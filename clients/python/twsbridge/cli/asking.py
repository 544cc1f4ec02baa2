"""What all commands have in common that ask a running bridge: three options, one client, errors as exit codes."""

from __future__ import annotations

import functools
import inspect
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import typer

from twsbridge.cli.exit_codes import ExitCode
from twsbridge.cli.failures import Failure
from twsbridge.cli.options import written_out
from twsbridge.cli.output import Format, Printer

if TYPE_CHECKING:
    from twsbridge.client import Client

TIMEOUT = 10.0
BROKEN_PIPE = 141


class Common(TypedDict):
    """Options of every command that asks a bridge."""

    connection: Annotated[
        Path | None,
        typer.Option("--connection", help="Connection file. Default: the one that `serve` wrote.", metavar="FILE"),
    ]
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", help=f"How long to wait. Default {TIMEOUT:g}", min=0.001, metavar="SECONDS"),
    ]
    output: Annotated[
        Format | None, typer.Option("--output", "-o", help="Default: table on a terminal, csv elsewhere.")
    ]


class Asking:
    """What a command works with: the client (connected when first used), the printer, the time it has."""

    def __init__(self, connection: Path | None, timeout: float | None, output: Format | None) -> None:
        self.connection = connection
        self.given_timeout = timeout
        self.timeout = timeout or TIMEOUT
        self.printer = Printer(output)

    @cached_property
    def client(self) -> Client:
        """Connected; raises the client's errors when there is no bridge to connect to."""
        from twsbridge.client import Client

        return Client(self.connection, timeout=self.timeout)

    def close(self) -> None:
        """Leave the bridge, if it was ever asked."""
        if "client" in self.__dict__:
            self.client.close()


def asks(function: Callable[..., None]) -> Callable[..., None]:
    """Make a command of a function that wants an `Asking` first; adds the options in Common."""

    @functools.wraps(function)
    def command(**given: Any) -> None:
        asking = Asking(given.pop("connection"), given.pop("timeout"), given.pop("output"))
        try:
            with as_failures():
                function(asking, **given)
        finally:
            asking.close()

    parameters = written_out(function, Common)[1:]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what typer reads
    return command


@contextmanager
def as_failures() -> Iterator[None]:
    """Turn what the client raises besides its own errors into a sentence and an exit code."""
    from twsbridge.errors import BridgeError, InvalidRequest, MissingExtra

    try:
        yield
    except InvalidRequest as error:
        raise Failure(str(error), ExitCode.USAGE) from error
    except BridgeError:
        raise
    except TimeoutError as error:
        raise Failure(str(error), ExitCode.UNKNOWN) from error
    except BrokenPipeError as error:
        # The reader of our output has gone, as `| head` does. Python would complain once more when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(BROKEN_PIPE) from error
    except (MissingExtra, ValueError, OSError) as error:
        raise Failure(str(error), ExitCode.USAGE) from error
