"""`twsbridge drain`: let the bridge go down, from wherever an admin's key is."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from twsbridge.cli.asking import Asking, asks


@asks
def drain(
    asking: Asking,
    reason: Annotated[str, typer.Option("--reason", help="For the others, who will ask.")] = "",
    seconds: Annotated[
        float | None, typer.Option("--seconds", help="How long TWS may take to answer what was sent.", min=0, max=600)
    ] = None,
    expect_back: Annotated[
        int | None, typer.Option("--expect-back", help="In how many seconds it will be back.", min=0, max=86_400)
    ] = None,
) -> None:
    """Let the bridge go down as Ctrl-C does: no new order, what was sent gets its time. Orders at TWS keep working.

    The key has to be an admin's. What started the bridge may start it again.
    """
    reply = asking.client.drain(reason, seconds=seconds, expect_back_s=expect_back)
    left = max(0.0, reply.ends_us / 1e6 - time.time())
    waits = f"; TWS has yet to answer about {reply.waits_for} orders" if reply.waits_for else ""
    typer.echo(f"The bridge is DRAINING and stops within {left:.1f} s{waits}")
