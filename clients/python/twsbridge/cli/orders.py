"""`twsbridge orders` and `twsbridge order place | modify | cancel`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal, TypedDict, Unpack

import typer

from twsbridge.cli.asking import Asking, asks
from twsbridge.cli.exit_codes import ExitCode
from twsbridge.cli.failures import Failure
from twsbridge.cli.market import CONTRACT
from twsbridge.cli.output import note

if TYPE_CHECKING:
    from twsbridge.protocol.models import Order
    from twsbridge.trade import Trade

app = typer.Typer(help="Place, modify and cancel orders.", no_args_is_help=True)

Action = Annotated[Literal["BUY", "SELL"], typer.Argument(help="BUY or SELL", case_sensitive=False)]
Quantity = Annotated[str, typer.Argument(help="Shares or contracts, such as 10 or 0.5")]
Symbol = Annotated[str, typer.Argument(help=CONTRACT)]
OrderId = Annotated[int, typer.Argument(help="As `twsbridge orders` shows it.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask, even on a live account.")]
Limit = Annotated[float | None, typer.Option("--limit", help="Limit price.", metavar="PRICE")]
Stop = Annotated[float | None, typer.Option("--stop", help="Stop price.", metavar="PRICE")]
Tif = Literal["DAY", "GTC", "IOC", "FOK", "OPG"]
WaitFor = Literal["durable", "acknowledged", "filled"]


class PlaceOptions(TypedDict, total=False):
    """What may be said of a new order; without a price it is a market order."""

    limit: Limit
    stop: Stop
    tif: Annotated[Tif | None, typer.Option("--tif", help="Time in force. Default DAY")]
    account: Annotated[str, typer.Option("--account", help="Needed when the login has several accounts.")]
    key: Annotated[
        str | None, typer.Option("--key", help="Your own client order id: the same key never makes two orders.")
    ]
    strategy: Annotated[str, typer.Option("--strategy", help="Book its fills under this name, see `twsbridge books`.")]
    outside_rth: Annotated[bool, typer.Option("--outside-rth", help="Also outside of regular trading hours.")]
    wait: Annotated[
        WaitFor | None,
        typer.Option("--wait", help="Return when it is in the journal, has reached TWS, or is filled. "
                     "Default acknowledged"),
    ]  # fmt: skip
    yes: Yes


class BracketOptions(TypedDict, total=False):
    """What is said of a bracket; without a limit the entry is a market order."""

    target: Annotated[float | None, typer.Option("--target", help="Limit that takes the profit.", metavar="PRICE")]
    stop: Annotated[float | None, typer.Option("--stop", help="Stop that ends the loss.", metavar="PRICE")]
    limit: Limit
    tif: Annotated[Tif | None, typer.Option("--tif", help="Time in force. Default DAY")]
    account: Annotated[str, typer.Option("--account", help="Needed when the login has several accounts.")]
    key: Annotated[
        str | None, typer.Option("--key", help="Your own key: KEY.entry, KEY.target, KEY.stop. It makes one bracket.")
    ]
    yes: Yes


class ModifyOptions(TypedDict, total=False):
    """What may be changed besides the quantity."""

    limit: Limit
    stop: Stop
    yes: Yes


@asks
def orders(
    asking: Asking,
    everything: Annotated[bool, typer.Option("--all", help="Also those that are done.")] = False,
) -> None:
    """Show the working orders of everybody."""
    rows = asking.client.orders(live=not everything)
    asking.printer.rows(rows, "OrderState", "No orders." if everything else "No working orders; --all shows the rest.")


@app.command()
@asks
def place(asking: Asking, action: Action, quantity: Quantity, symbol: Symbol, **options: Unpack[PlaceOptions]) -> None:
    """Place an order: `twsbridge order place BUY 10 AAPL --limit 190`.

    The order outlives this command; a dead-man switch is for programs that keep running: `Client(on_death="cancel")`.

    Exit code 0: accepted (or filled, with --wait filled), 1: refused,
    5: the outcome is not known, see `twsbridge orders --all`.
    """
    from twsbridge.orders import make_order

    order = make_order(
        action,
        quantity,
        options["limit"],
        options["stop"],
        tif=options["tif"] or "DAY",
        account=options["account"],
        outside_rth=options["outside_rth"],
    )
    _confirm(asking, f"{order.action} {quantity} {symbol} {_terms(order)}", options["yes"])
    wait = options["wait"] or "acknowledged"
    first: Literal["durable", "acknowledged"] = "durable" if wait == "durable" else "acknowledged"
    trade = asking.client.place(symbol, order, options["key"], first, strategy=options["strategy"])
    _show(asking, trade.wait(wait, asking.timeout) if wait == "filled" else trade)
    if trade.status == "Inactive":
        why = f": {trade.state.reason.text}" if trade.state.reason else ""
        raise Failure(
            f"TWS has order {trade.order_id} but does not work it (Inactive){why}. "
            f"Mend the cause in TWS, or run: twsbridge order cancel {trade.order_id}",
            ExitCode.REJECTED,
        )


@app.command()
@asks
def bracket(
    asking: Asking, action: Action, quantity: Quantity, symbol: Symbol, **options: Unpack[BracketOptions]
) -> None:
    """Place an entry with its target and its stop, as one: all three or none.

    Exit code 0: TWS has all three, 1: refused, or a part of it was (the others may work: see `twsbridge orders`).
    """
    from twsbridge.groups import BracketPrices
    from twsbridge.rows import Rows

    target, stop = options["target"], options["stop"]
    if target is None or stop is None:
        raise Failure("a bracket needs --target and --stop", ExitCode.USAGE)
    what = f"{action} {quantity} {symbol} with a target at {target:g} and a stop at {stop:g}"
    _confirm(asking, what, options["yes"])
    trades = asking.client.bracket(
        symbol,
        action,
        quantity,
        BracketPrices(target, stop),
        limit=options["limit"],
        tif=options["tif"] or "DAY",
        account=options["account"],
        client_order_id=options["key"],
        wait="acknowledged",
    )
    asking.printer.rows(Rows([trade.state for trade in trades]), "OrderState", "")


@app.command()
@asks
def resend(
    asking: Asking,
    key: Annotated[str, typer.Argument(help="The client order id of an order that is NOT_FOUND.")],
    yes: Yes = False,
) -> None:
    """Place an order again that TWS is proven not to have; any other is refused."""
    _confirm(asking, f"order {key} again", yes)
    _show(asking, asking.client.resend(key, wait="acknowledged"))


@app.command()
@asks
def modify(
    asking: Asking,
    order_id: OrderId,
    quantity: Annotated[str | None, typer.Option("--quantity", help="The new total, filled part included.")] = None,
    **options: Unpack[ModifyOptions],
) -> None:
    """Change size or price of a working order; its order id stays."""
    _confirm(asking, f"the change of order {order_id}", options["yes"])
    _show(asking, asking.client.modify(order_id, quantity, options["limit"], options["stop"]))


@app.command()
@asks
def cancel(
    asking: Asking,
    order_id: Annotated[int | None, typer.Argument(help="As `twsbridge orders` shows it.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every working order of this bridge.")] = False,
) -> None:
    """Cancel one order, or with --all every working order of this bridge."""
    if (order_id is None) != everything:
        raise Failure("give the id of an order, or --all", ExitCode.USAGE)
    if order_id is None:
        order_ids = asking.client.cancel_all()
        note(f"Asked TWS to cancel {len(order_ids)} orders. `twsbridge orders` shows those that still work.")
        return
    trade = asking.client.cancel(order_id)
    _show(asking, trade)
    if trade.status == "Filled":
        raise Failure(f"Order {order_id} was filled before it could be cancelled.", ExitCode.REJECTED)


@app.command()
@asks
def give(
    asking: Asking, order_id: OrderId, to: Annotated[str, typer.Argument(help="The client that owns it from now on.")]
) -> None:
    """Hand an order over to another client: `twsbridge order give 17 momentum`."""
    _show(asking, asking.client.give(order_id, to))


@app.command()
@asks
def take(asking: Asking, order_id: OrderId) -> None:
    """Take an order over from its owner, perhaps one that has died; the key needs the grant take_any."""
    _show(asking, asking.client.take(order_id))


def _terms(order: Order) -> str:
    """The type and the prices, in words."""
    limit = f" limit {order.limit_price:g}" if order.limit_price is not None else ""
    stop = f" stop {order.stop_price:g}" if order.stop_price is not None else ""
    return f"at{limit}{stop}" if limit or stop else "at the market"


def _show(asking: Asking, trade: Trade) -> None:
    from twsbridge.rows import Rows

    asking.printer.rows(Rows([trade.state]), "OrderState", "")


def _confirm(asking: Asking, what: str, yes: bool) -> None:
    """Ask before anything happens on a live account. Where no account is known yet, the bridge refuses by itself."""
    if yes or (status := asking.client.status()).tws.mode != "live":
        return
    account = ", ".join(status.accounts)
    if not sys.stdin.isatty():
        raise Failure(f"{account} is a live account: give --yes to send {what}. Nothing was sent.", ExitCode.USAGE)
    if not typer.confirm(f"{account} is a live account. Send {what}?", err=True):
        raise Failure("Nothing was sent.", ExitCode.REJECTED)
