"""What an order would cost in margin and commission, without placing it."""

from __future__ import annotations

from pydantic import model_validator

from twsbridge.protocol.command import Command
from twsbridge.protocol.fields import Money, Quantity, WireModel
from twsbridge.protocol.models import Contract, Order
from twsbridge.protocol.order_checks import check_order


class Preview(WireModel):
    """What TWS expects of an order: margins before, by and after it, and its commission; None for what it leaves out.

    Margins are in `margin_currency`. `warning_text` and `reject_reason` are TWS's words.
    """

    status: str = ""
    margin_currency: str = ""
    init_margin_before: Money | None = None
    init_margin_change: Money | None = None
    init_margin_after: Money | None = None
    maint_margin_before: Money | None = None
    maint_margin_change: Money | None = None
    maint_margin_after: Money | None = None
    equity_with_loan_before: Money | None = None
    equity_with_loan_change: Money | None = None
    equity_with_loan_after: Money | None = None
    init_margin_before_outside_rth: Money | None = None
    init_margin_change_outside_rth: Money | None = None
    init_margin_after_outside_rth: Money | None = None
    maint_margin_before_outside_rth: Money | None = None
    maint_margin_change_outside_rth: Money | None = None
    maint_margin_after_outside_rth: Money | None = None
    equity_with_loan_before_outside_rth: Money | None = None
    equity_with_loan_change_outside_rth: Money | None = None
    equity_with_loan_after_outside_rth: Money | None = None
    commission: Money | None = None
    min_commission: Money | None = None
    max_commission: Money | None = None
    commission_currency: str = ""
    suggested_size: Quantity | None = None
    warning_text: str = ""
    reject_reason: str = ""


class WhatIf(Command):
    """What an order would do to margins, and what it would cost; nothing is placed. It needs the rights to place it."""

    name = "order.what_if"
    reply = Preview
    contract: Contract
    order: Order

    @model_validator(mode="after")
    def _check(self) -> WhatIf:
        check_order(self.order)
        return self
