"""The command: prepares the stage, lets the play run, prints the proof."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Annotated

import typer

from twsbridge.cli.asking import as_failures
from twsbridge.cli.exit_codes import ExitCode
from twsbridge.cli.failures import Failure
from twsbridge.cli.output import note

NEEDED = ("twssim", "twsbridge_server", "ibapi")

Folder = Annotated[Path, typer.Option(help="Where chart, fills and ledger are left.", metavar="DIR")]


def demo(folder: Folder = Path("demo-output")) -> None:
    """See it work: a simulated TWS, the bridge and nine programs that share it.

    Takes some seconds, needs no account and touches nothing of yours.
    Exit code 0: what the programs saw is what the simulator's ledger says.
    """
    try:
        for name in NEEDED:
            importlib.import_module(name)
    except ImportError as error:
        sentence = f"`demo` needs more than is installed ({error}). Install it with: pip install 'twsbridge[bridge]'"
        raise Failure(sentence, ExitCode.USAGE) from error
    from twsbridge.cli.demo.play import play
    from twsbridge.cli.demo.screen import screen
    from twsbridge.cli.demo.stage import Stage
    from twsbridge.cli.demo.summary import print_summary

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"{folder} cannot be made: {error.strerror}. Choose another --folder.", ExitCode.USAGE) from error
    try:
        with as_failures(), screen() as shown, Stage(shown) as stage:
            findings = play(stage, folder.absolute())
    except KeyboardInterrupt:
        note("Stopped: every process of the demo has ended.")
        raise
    print_summary(findings, folder, shown.seconds)
    if not all(finding.holds for finding in findings):
        raise Failure("the demo's proof does not hold: see above", ExitCode.DEFECT)
