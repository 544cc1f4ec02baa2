"""`twsbridge status`: the bridge and TWS at a glance."""

from __future__ import annotations

from typing import Annotated

import typer

from twsbridge.cli.asking import Asking, asks
from twsbridge.cli.exit_codes import ExitCode
from twsbridge.cli.output import Format, note

READY = "READY"


@asks
def status(
    asking: Asking,
    alive: Annotated[bool, typer.Option("--alive", help="Exit with 0 whenever the bridge answers.")] = False,
) -> None:
    """Show the bridge and TWS at a glance.

    Exit code 0: ready, 3: no bridge answers, 4: TWS is away.
    Prints a few lines of text, or JSON with -o json.
    """
    state = asking.client.status()
    if asking.printer.format is Format.JSON:
        print(state.model_dump_json(indent=2))
    elif asking.printer.format is Format.JSONL:
        print(state.model_dump_json())
    else:
        print(state)
    if state.state != READY and not alive:
        note(f"TWS cannot be used now: {state.reason}. `twsbridge doctor` says what to do.")
        raise typer.Exit(ExitCode.TWS_DOWN)
