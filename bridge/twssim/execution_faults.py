"""Executions that are corrected or busted after they were reported."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from twssim.answers import ExecutionDetails
from twssim.combos import BAG_CON_ID
from twssim.corrections import record_correction, replace_execution, revised
from twssim.order import Execution
from twssim.stage import Action, FaultRefused, Stage


def correction(stage: Stage, price: str = "", shares: str = "", number: int = -1) -> None:
    """Report an execution again with another price or size: .01 becomes .02. By its number, -1 is the newest."""
    old = _execution(stage, number)
    _replace(stage, old, revised(old, _number("shares", shares, old.shares), _number("price", price, old.price)))


def bust(stage: Stage, number: int = -1) -> None:
    """Undo an execution: it is reported again as the next revision with no shares (how TWS does it is unverified)."""
    old = _execution(stage, number)
    _replace(stage, old, revised(old, Decimal(0), old.price))


def _execution(stage: Stage, number: int) -> Execution:
    try:
        return stage.gateway.orders.executions[number]
    except IndexError:
        raise FaultRefused(f"there is no execution number {number}") from None


def _number(name: str, written: str, default: Decimal) -> Decimal:
    if not written:
        return default
    try:
        number = Decimal(written)
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or number <= 0:
        raise FaultRefused(f"{name} must be a number greater than zero, not '{written}'")
    return number


def _replace(stage: Stage, old: Execution, new: Execution) -> None:
    gateway = stage.gateway
    replace_execution(gateway, old, new, gateway.now)
    record_correction(gateway, old, new)
    instrument = gateway.instrument_of(new)
    for session in gateway.listeners(new.client_id):
        session.send(ExecutionDetails(-1, instrument, new))
    if new.con_id != BAG_CON_ID:
        gateway.account_streams.position_changed(gateway.accounts[new.account], new.con_id)


ACTIONS: dict[str, Action] = {"correction": correction, "bust": bust}
