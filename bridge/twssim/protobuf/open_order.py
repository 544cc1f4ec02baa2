"""Writes OpenOrder (5) and CompletedOrder (101): what the client sent, and what TWS adds to it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from twssim.answers import CompletedOrder, OpenOrder
from twssim.clock import stamp
from twssim.order import FILLED, Order, OrderPreview
from twssim.order_terms import ComboLeg, OrderTerms
from twssim.protobuf.contract import order_contract
from twssim.protobuf.messages import build, fill, sent
from twssim.protobuf.order_attributes import CONDITIONS, order_attributes
from twssim.wire import UNSET_INTEGER

_ADDED = {
    "clearing_intent": "IB",
    "delta_neutral_order_type": "None",
    "adjusted_order_type": "None",
    "delta_neutral_open_close": "?",
    "volatility_type": "0",
    "reference_price_type": "0",
    "cash_qty": "0",
    "use_price_mgmt_algo": "0",
}
"""What TWS says about these when the client said nothing."""

_UNLESS_ZERO = ("display_size",)
"""Attributes of which 0 means that there is none."""

_NOT_AN_INSIDER = "Not an insider or substantial shareholder"


def open_order(answer: OpenOrder) -> bytes:
    """The message of a working (or just finished) order."""
    order = answer.order
    return sent(
        5,
        "OpenOrder",
        orderId=order.order_id,
        contract=_contract(order),
        order=_order(order, orderId=order.order_id, clientId=order.client_id, parentId=order.terms.parent_id),
        orderState=_state(order),
    )


def completed_order(answer: CompletedOrder) -> bytes:
    """The message of a finished order: like an open order, without order and client id."""
    order = answer.order
    when = "" if order.done_time is None else stamp(order.done_time, order.instrument.time_zone)
    how = f"Filled Size: {order.filled:f}" if order.status == FILLED else "Cancelled by Trader"
    ending = order.reject_reason or how
    return sent(
        101,
        "CompletedOrder",
        contract=_contract(order),
        order=_order(order, filledQuantity=order.filled, shareholder=_NOT_AN_INSIDER),
        orderState=build("OrderState", status=order.status, completedTime=when, completedStatus=ending),
    )


def _contract(order: Order) -> Any:
    contract, terms = order_contract(order.instrument), order.terms
    for index, leg in enumerate(terms.combo_legs):
        price = terms.combo_leg_prices[index] if index < len(terms.combo_leg_prices) else ""
        contract.comboLegs.append(_leg(leg, price))
    if terms.delta_neutral_contract is not None:
        con_id, delta, price = terms.delta_neutral_contract
        hedge = build("DeltaNeutralContract")
        _fill_readable(hedge, {"conId": con_id, "delta": delta, "price": price})
        contract.deltaNeutralContract.CopyFrom(hedge)
    return contract


def _leg(leg: ComboLeg, price: str) -> Any:
    made = build(
        "ComboLeg",
        conId=leg.con_id,
        ratio=leg.ratio,
        action=leg.action,
        exchange=leg.exchange,
        openClose=leg.open_close,
        shortSalesSlot=leg.short_sale_slot,
        designatedLocation=leg.designated_location,
        exemptCode=leg.exempt_code,
    )
    _fill_readable(made, {"perLegPrice": price})
    return made


def _order(order: Order, **more: Any) -> Any:
    terms = order.terms
    made = build(
        "Order",
        permId=order.perm_id,
        parentPermId=order.parent_perm_id or None,
        action=terms.action,
        totalQuantity=terms.total_quantity,
        orderType=terms.order_type,
        lmtPrice=terms.limit_price or 0,
        auxPrice=terms.aux_price or 0,
        tif=terms.tif or "DAY",
        ocaGroup=terms.oca_group,
        ocaType=terms.oca_type or 3,
        account=order.account,
        orderRef=terms.order_ref,
        outsideRth=terms.outside_rth,
        whatIf=terms.what_if,
        **more,
    )
    _echo(made, terms)
    return made


def _echo(made: Any, terms: OrderTerms) -> None:
    for name, field in order_attributes().items():
        written = terms.rest.get(name, "")
        if _is_set(name, written):
            _fill_readable(made, {field: written})
        elif name in _ADDED:
            fill(made, {field: _ADDED[name]})
    made.smartComboRoutingParams.update(dict(terms.smart_combo_routing))
    made.algoParams.update(dict(terms.algo_params))
    tier = {name: terms.rest.get(f"soft_dollar_{name}", "") for name in ("name", "value")}
    fill(made.softDollarTier, tier)
    made.conditions.extend(_condition(condition) for condition in terms.conditions)


def _fill_readable(made: Any, values: dict[str, str]) -> None:
    """Leave out what is no number where one belongs: a client of the text wire can write anything."""
    for name, written in values.items():
        with suppress(ValueError):
            fill(made, {name: written})


def _is_set(name: str, written: str) -> bool:
    unset = written in ("", str(UNSET_INTEGER)) or (len(written) > 20 and written.startswith("1.797693"))
    return not unset and not (name in _UNLESS_ZERO and written == "0")


def _condition(condition: tuple[str, ...]) -> Any:
    kind, conjunction, *values = condition
    made = build("OrderCondition", type=kind, isConjunctionConnection=conjunction == "a")
    _fill_readable(made, dict(zip(CONDITIONS.get(int(kind), "").split(), values, strict=False)))
    return made


def _state(order: Order) -> Any:
    preview = order.preview
    commission = preview.commission if preview else order.commission
    return build(
        "OrderState",
        status=order.status,
        commissionAndFees=commission,
        commissionAndFeesCurrency=preview.commission_currency if preview else order.commission_currency,
        marginCurrency=preview.currency if preview else "",
        rejectReason=order.reject_reason,
        **(_margins(preview) if preview else {}),
    )


def _margins(preview: OrderPreview) -> dict[str, Any]:
    return {
        "initMarginBefore": preview.init_margin_before,
        "maintMarginBefore": preview.maint_margin_before,
        "equityWithLoanBefore": preview.equity_before,
        "initMarginChange": preview.init_margin_change,
        "maintMarginChange": preview.maint_margin_change,
        "equityWithLoanChange": preview.equity_change,
        "initMarginAfter": preview.init_margin_before + preview.init_margin_change,
        "maintMarginAfter": preview.maint_margin_before + preview.maint_margin_change,
        "equityWithLoanAfter": preview.equity_before + preview.equity_change,
    }
