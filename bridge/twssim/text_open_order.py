"""Writes OPEN_ORDER (5) and COMPLETED_ORDER (101) of the text profile.

About 170 fields, in the order in which the official client reads them. Each list below is a run
of fields: `name` echoes what the client sent, `name=text` says what stands there when it sent
nothing (IB's unset markers where a real TWS was seen to send them).
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from twssim.answers import CompletedOrder, OpenOrder
from twssim.clock import stamp
from twssim.order import FILLED, Order, OrderPreview
from twssim.order_terms import OrderTerms
from twssim.text_contract import order_contract
from twssim.text_place_order import PEG_BENCH
from twssim.wire import UNSET_DOUBLE_TEXT, UNSET_INTEGER, Value, double, message, number

NO_MARGIN = (UNSET_DOUBLE_TEXT,) * 9
UNSET_LONG = 2**63 - 1

_SHORT_SALE = "short_sale_slot=0 designated_location exempt_code=-1"
_BOX = "starting_price stock_ref_price delta stock_range_lower stock_range_upper"
_VOLATILITY = """volatility volatility_type=0 delta_neutral_order_type=None
    delta_neutral_aux_price delta_neutral_con_id=0"""
_DELTA_NEUTRAL_PARTIES = """delta_neutral_settling_firm delta_neutral_clearing_account
    delta_neutral_clearing_intent delta_neutral_open_close=?"""
_DELTA_NEUTRAL_SHORT = """delta_neutral_short_sale=0 delta_neutral_short_sale_slot=0
    delta_neutral_designated_location continuous_update=0 reference_price_type=0
    trail_stop_price trailing_percent"""
_SCALE_LEVELS = """scale_init_level_size=2147483647 scale_subs_level_size=2147483647
    scale_price_increment"""
_SCALE = """scale_price_adjust_value scale_price_adjust_interval=0 scale_profit_offset
    scale_auto_reset=0 scale_init_position scale_init_fill_qty scale_random_percent=0"""
_BENCHMARK = """reference_contract_id=0 is_pegged_change_amount_decrease=0 pegged_change_amount=0
    reference_change_amount=0 reference_exchange_id"""
_PEG = """min_trade_qty min_compete_size compete_against_best_offset mid_offset_at_whole
    mid_offset_at_half"""
_SINCE = (
    (158, "duration"),
    (160, "post_to_ats"),
    (162, "auto_cancel_parent=0"),
    (170, _PEG),
    (183, "customer_account"),
    (184, "professional_customer=0"),
    (185, "bond_accrued_interest"),
    (189, "include_overnight=0"),
    (193, "ext_operator manual_order_indicator=2147483647"),
    (198, "submitter"),
    (199, "imbalance_only=0"),
)


def open_order(answer: OpenOrder, version: int) -> bytes:
    """The message of a working (or just finished) order."""
    order = answer.order
    terms = order.terms
    return message(
        5,
        order.order_id,
        *order_contract(order.instrument),
        *_main(order),
        order.client_id,
        order.perm_id,
        *_attributes(order, version),
        *_echo(terms, "auction_strategy=0"),
        *_echo(terms, _BOX),
        *_sizes(order, with_block=True),
        *(0, 0, "", terms.parent_id),
        *_echo(terms, "trigger_method=0"),
        *_echo(terms, _VOLATILITY + " " + _DELTA_NEUTRAL_PARTIES),
        *_echo(terms, _DELTA_NEUTRAL_SHORT + " basis_points basis_points_type"),
        *_combo(terms),
        *_scale_and_hedge(terms),
        *_echo(terms, "opt_out_smart_routing=0"),
        *_clearing(terms),
        *_algo(terms),
        terms.what_if,
        *_state(order, version),
        *_benchmark_and_conditions(terms),
        *_adjusted(terms),
        *_since(terms, version),
    )


def completed_order(answer: CompletedOrder, version: int) -> bytes:
    """The message of a finished order: like an open order, without order and client id."""
    order = answer.order
    terms = order.terms
    return message(
        101,
        *order_contract(order.instrument),
        *_main(order),
        order.perm_id,
        *_attributes(order, version, with_allocation=False),
        *_echo(terms, _BOX),
        *_sizes(order, with_block=False),
        *_echo(terms, "trigger_method=0"),
        *_echo(terms, _VOLATILITY + " " + _DELTA_NEUTRAL_SHORT),
        *_combo(terms),
        *_scale_and_hedge(terms),
        *_clearing(terms),
        *_algo(terms),
        order.status,
        *_echo(terms, "randomize_size=0 randomize_price=0"),
        *_benchmark_and_conditions(terms),
        *_echo(terms, f"trail_stop_price={UNSET_DOUBLE_TEXT} lmt_price_offset={UNSET_DOUBLE_TEXT}"),
        *_echo(terms, "cash_qty=0 dont_use_auto_price_for_hedge=0 is_oms_container=0"),
        *_completion(order, version),
    )


def _echo(terms: OrderTerms, names: str) -> Iterable[str]:
    for entry in names.split():
        name, _, default = entry.partition("=")
        yield _set(terms.rest.get(name, "")) or default


def _set(written: str) -> str:
    """A text the client sent, or nothing when it is one of IB's unset markers."""
    if written == str(UNSET_INTEGER) or (len(written) > 20 and written.startswith("1.797693")):
        return ""
    return written


def _main(order: Order) -> tuple[Value, ...]:
    terms = order.terms
    return (
        terms.action,
        terms.total_quantity,
        terms.order_type,
        double(terms.limit_price or Decimal(0)),
        double(terms.aux_price or Decimal(0)),
        terms.tif or "DAY",
        terms.oca_group,
        order.account,
        *_echo(terms, "open_close origin=0"),
        terms.order_ref,
    )


def _attributes(order: Order, version: int, with_allocation: bool = True) -> tuple[Value, ...]:
    terms = order.terms
    return (
        terms.outside_rth,
        *_echo(terms, "hidden=0 discretionary_amt=0 good_after_time"),
        *(("",) if with_allocation else ()),
        *_echo(terms, "fa_group fa_method fa_percentage"),
        *(("",) if version < 177 else ()),
        *_echo(terms, "model_code good_till_date rule80a percent_offset settling_firm"),
        *_echo(terms, _SHORT_SALE),
    )


def _sizes(order: Order, with_block: bool) -> tuple[Value, ...]:
    terms = order.terms
    shown = _set(terms.rest.get("display_size", ""))
    return (
        UNSET_INTEGER if shown in ("", "0") else shown,
        *(_echo(terms, "block_order=0") if with_block else ()),
        *_echo(terms, "sweep_to_fill=0 all_or_none=0 min_qty"),
        terms.oca_type or 3,
    )


def _combo(terms: OrderTerms) -> Iterable[Value]:
    yield ""
    yield len(terms.combo_legs)
    for leg in terms.combo_legs:
        yield from (leg.con_id, leg.ratio, leg.action, leg.exchange, leg.open_close)
        yield from (leg.short_sale_slot, leg.designated_location, leg.exempt_code)
    yield len(terms.combo_leg_prices)
    yield from terms.combo_leg_prices
    yield len(terms.smart_combo_routing)
    for tag, value in terms.smart_combo_routing:
        yield from (tag, value)


def _scale_and_hedge(terms: OrderTerms) -> Iterable[Value]:
    yield from _echo(terms, _SCALE_LEVELS)
    increment = number(_set(terms.rest.get("scale_price_increment", "")))
    if increment is not None and increment > 0:
        yield from _echo(terms, _SCALE)
    yield from _echo(terms, "hedge_type")
    if terms.rest.get("hedge_type"):
        yield from _echo(terms, "hedge_param")


def _clearing(terms: OrderTerms) -> Iterable[Value]:
    yield from _echo(terms, "clearing_account clearing_intent=IB not_held=0")
    yield terms.delta_neutral_contract is not None
    yield from terms.delta_neutral_contract or ()


def _algo(terms: OrderTerms) -> Iterable[Value]:
    yield from _echo(terms, "algo_strategy")
    if terms.rest.get("algo_strategy"):
        yield len(terms.algo_params)
        for tag, value in terms.algo_params:
            yield from (tag, value)
    yield from _echo(terms, "solicited=0")


def _state(order: Order, version: int) -> tuple[Value, ...]:
    commission = order.preview.commission if order.preview else order.commission
    currency = order.preview.commission_currency if order.preview else order.commission_currency
    margin = NO_MARGIN if order.preview is None else _margins(order.preview)
    return (
        order.status,
        *margin,
        "" if commission is None else double(commission),
        *("", "", currency),
        *(_full_preview(order) if version >= 195 else ()),
        "",
        *_echo(order.terms, "randomize_size=0 randomize_price=0"),
    )


def _margins(preview: OrderPreview) -> tuple[str, ...]:
    before = (preview.init_margin_before, preview.maint_margin_before, preview.equity_before)
    change = (preview.init_margin_change, preview.maint_margin_change, preview.equity_change)
    after = tuple(was + more for was, more in zip(before, change, strict=True))
    return tuple(double(amount) for amount in (*before, *change, *after))


def _full_preview(order: Order) -> tuple[Value, ...]:
    currency = order.preview.currency if order.preview else ""
    return (currency, *NO_MARGIN, -(2**63), order.reject_reason, 0)


def _benchmark_and_conditions(terms: OrderTerms) -> Iterable[Value]:
    if terms.order_type in PEG_BENCH:
        yield from _echo(terms, _BENCHMARK)
    yield len(terms.conditions)
    for condition in terms.conditions:
        yield from condition
    if terms.conditions:
        yield from _echo(terms, "conditions_ignore_rth=0 conditions_cancel_order=0")


def _adjusted(terms: OrderTerms) -> Iterable[Value]:
    prices = "trigger_price trail_stop_price lmt_price_offset adjusted_stop_price"
    more = "adjusted_stop_limit_price adjusted_trailing_amount"
    yield from _echo(terms, "adjusted_order_type=None")
    for name in f"{prices} {more}".split():
        yield from _echo(terms, f"{name}={UNSET_DOUBLE_TEXT}")
    yield from _echo(terms, "adjustable_trailing_unit=0 soft_dollar_name soft_dollar_value")
    yield ""
    yield from _echo(terms, "cash_qty=0 dont_use_auto_price_for_hedge=0 is_oms_container=0")
    yield from _echo(terms, "discretionary_up_to_limit_price=0 use_price_mgmt_algo=0")


def _since(terms: OrderTerms, version: int) -> Iterable[str]:
    for since, names in _SINCE:
        if version >= since:
            yield from _echo(terms, names)


def _completion(order: Order, version: int) -> tuple[Value, ...]:
    terms = order.terms
    when = "" if order.done_time is None else stamp(order.done_time, order.instrument.time_zone)
    how = f"Filled Size: {order.filled:f}" if order.status == FILLED else "Cancelled by Trader"
    return (
        "",
        order.filled,
        UNSET_INTEGER,
        *_echo(terms, "auto_cancel_parent=0"),
        "Not an insider or substantial shareholder",
        *_echo(terms, "imbalance_only=0"),
        0,
        order.parent_perm_id or UNSET_LONG,
        when,
        order.reject_reason or how,
        *(_echo(terms, _PEG) if version >= 170 else ()),
        *(_echo(terms, "customer_account") if version >= 183 else ()),
        *(_echo(terms, "professional_customer=0") if version >= 184 else ()),
        *(("",) if version >= 198 else ()),
    )
