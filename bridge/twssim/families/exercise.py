"""exerciseOptions: its id is an order id, and its answers are those of an order."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from twssim.contract_message import read_contract as read_message
from twssim.contracts import ContractQuery
from twssim.exercising import Exercise, carry_out, objection
from twssim.family import Asked, Family, later
from twssim.lookup import the_instrument
from twssim.requests import Request
from twssim.wire import Fields, number

if TYPE_CHECKING:
    from twssim.session import Session

READ_ONLY = "The API interface is currently in Read-Only mode."


@dataclass(frozen=True, slots=True)
class ExerciseOptions(Request):
    """exerciseOptions: action 1 exercises, 2 lapses."""

    order_id: int
    contract: ContractQuery
    action: int
    quantity: int
    account: str
    override: bool


def _answer(session: Session, request: ExerciseOptions) -> None:
    gateway = session.gateway
    account = request.account or gateway.settings.accounts[0]
    if gateway.settings.read_only:
        session.reject(request.order_id, 321, READ_ONLY)
    elif gateway.orders.find(session.client_id, request.order_id):
        session.reject(request.order_id, 10232, "Duplicate exercise id")
    elif account not in gateway.accounts:
        session.reject(request.order_id, 321, f"Invalid account code '{account}'")
    elif option := the_instrument(session, request.order_id, request.contract):
        wanted = Exercise(
            client_id=session.client_id,
            order_id=request.order_id,
            account=account,
            option=option,
            action=request.action,
            quantity=Decimal(request.quantity),
            forced=request.override,
        )
        later(session, lambda: _try(session, wanted))


def _try(session: Session, wanted: Exercise) -> None:
    """What the client holds counts at the moment of the exercise, not at that of the request."""
    why_not = objection(session.gateway, wanted)
    if why_not:
        session.failed(wanted.order_id, why_not)
    else:
        carry_out(session.gateway, wanted)


def _read(fields: Fields, version: int) -> Request:
    fields.text()
    order_id, con_id = fields.integer(), fields.integer()
    symbol, sec_type, date, strike, right, multiplier, exchange, currency, local_symbol, trading_class = fields.texts(
        10
    )
    query = ContractQuery(
        con_id=con_id,
        symbol=symbol,
        sec_type=sec_type,
        last_trade_date=date,
        strike=number(strike) or None,
        right="" if right in ("0", "?") else right,
        multiplier=multiplier,
        exchange=exchange,
        currency=currency,
        local_symbol=local_symbol,
        trading_class=trading_class,
    )
    action, quantity, account = fields.integer(), fields.integer(), fields.text()
    return ExerciseOptions(order_id, query, action, quantity, account, fields.flag())


FAMILY = Family(
    asked=(
        Asked(
            21,
            ExerciseOptions,
            _read,
            lambda m: ExerciseOptions(
                m.orderId, read_message(m.contract), m.exerciseAction, m.exerciseQuantity, m.account, m.override
            ),
            _answer,
        ),
    ),
)
