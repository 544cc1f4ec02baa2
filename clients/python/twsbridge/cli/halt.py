"""`twsbridge halt` and `twsbridge resume`: the kill switch."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, TypedDict, Unpack

import typer

from twsbridge.cli.asking import Asking, asks
from twsbridge.cli.exit_codes import ExitCode
from twsbridge.cli.failures import Failure
from twsbridge.cli.output import note

if TYPE_CHECKING:
    from twsbridge.protocol.replies import HaltReply

Reason = Annotated[str, typer.Option("--reason", help="For the others, who will ask.")]
Account = Annotated[str, typer.Option("--account", help="Only orders of this account.")]
OfClient = Annotated[str, typer.Option("--client", help="Only orders of this client.")]


class HaltOptions(TypedDict, total=False):
    """What is stopped, and how."""

    reason: Reason
    account: Account
    client: OfClient
    cancel: Annotated[bool, typer.Option("--cancel", help="Also cancel what is open, and check it with TWS.")]
    reduce: Annotated[bool, typer.Option("--reduce", help="Go on taking orders that reduce a position.")]
    flatten: Annotated[bool, typer.Option("--flatten", help="Cancel, then close every position; an admin's key alone.")]
    yes: Annotated[bool, typer.Option("--yes", help="Close the positions without asking.")]


@asks
def halt(asking: Asking, **options: Unpack[HaltOptions]) -> None:
    """Stop: no order and no change is sent until an admin resumes. Cancels pass.

    Without --account or --client everything is stopped. Exit code 1: with --cancel or --flatten, something is left or
    not verified.
    """
    reason, cancel = options["reason"], options["cancel"]
    account, client = options["account"], options["client"]
    if options["reduce"] and (cancel or options["flatten"]):
        raise Failure("--reduce keeps open orders: choose it or --cancel or --flatten", ExitCode.USAGE)
    if account and client:
        raise Failure("name an account or a client, not both", ExitCode.USAGE)
    if options["flatten"]:
        return _flatten(asking, options)
    if options["reduce"]:
        _show(asking.client.reduce(reason, account=account, client=client))
        return
    reply = asking.client.halt(reason, account=account, client=client, cancel=cancel, timeout=max(asking.timeout, 15.0))
    _show(reply)
    if cancel and (reply.left or not reply.verified):
        left = ", ".join(str(order.order_id) for order in reply.left) or "none known"
        raise Failure(f"Not verified as cancelled: {left}. See `twsbridge orders`, or TWS itself.", ExitCode.REJECTED)


def _flatten(asking: Asking, options: HaltOptions) -> None:
    """Positions are closed for good: the account, or `all`, has to be typed first."""
    account = options["account"]
    if options["client"]:
        raise Failure("positions belong to an account, not to a client: name --account or nothing", ExitCode.USAGE)
    _confirm(account or "all", options["yes"])
    reply = asking.client.flatten(options["reason"], account=account, timeout=max(asking.timeout, 40.0))
    _show(reply)
    for order in reply.closing:
        note(f"Order {order.order_id}: {order.order.action} {order.order.quantity} {order.contract} {order.status}")
    for each in reply.unclosed:
        note(f"Not closed: {each.position} {each.contract} in {each.account}: {each.reason}")
    if reply.left or reply.unclosed or not reply.verified:
        raise Failure("Not everything is closed yet; the bridge goes on. Say it again, or look at TWS.",
                      ExitCode.REJECTED)  # fmt: skip
    note("No position is left.")


def _confirm(what: str, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise Failure("closing positions has to be confirmed: --yes", ExitCode.USAGE)
    typed = typer.prompt(f"This cancels all orders and closes all positions of: {what}. Type {what} to do it")
    if typed.strip() != what:
        raise Failure(f"You typed {typed!r}. Nothing was done.", ExitCode.USAGE)


@asks
def resume(asking: Asking, reason: Reason = "", account: Account = "", client: OfClient = "") -> None:
    """Lift a halt; the key has to be an admin's, and the reason is required."""
    if not reason:
        raise Failure("say why: --reason TEXT", ExitCode.USAGE)
    if account and client:
        raise Failure("name an account or a client, not both", ExitCode.USAGE)
    _show(asking.client.resume(reason, account=account, client=client))


def _show(reply: HaltReply) -> None:
    for each in reply.halts:
        whose = f"{each.scope} {each.of}".rstrip()
        typer.echo(f"{whose} is {each.state}: {each.reason or 'no reason given'} ({each.by})")
    if not reply.halts:
        typer.echo("Nothing is halted.")
    if reply.cancelled:
        note(f"Cancelled: {', '.join(map(str, reply.cancelled))}")
