"""The less common attributes of an order, by subject; all of them are fields of `Order`.

Each is IB's attribute in snake_case; its default means "not set" and is left out on the wire. Meanings, permitted
combinations and times (`yyyymmdd hh:mm:ss zone` or `yyyymmdd-hh:mm:ss` UTC) are IB's; TWS checks them.
"""

from __future__ import annotations

from typing import Literal

from twsbridge.protocol.contract import TagValue
from twsbridge.protocol.fields import Int, Many, Price, WireModel, rarely
from twsbridge.protocol.order_conditions import Condition

UP_TO_MID = "UP_TO_MID"
"""`compete_against_best_offset` of a PEG BEST order that goes up to the mid-point."""


class Timing(WireModel):
    """When the order is active."""

    good_after_time: str = rarely("")
    active_start_time: str = rarely("")
    active_stop_time: str = rarely("")
    auto_cancel_date: str = rarely("")
    duration: Int | None = rarely(None)
    include_overnight: bool = rarely(False)
    allow_pre_open: bool = rarely(False)
    ignore_open_auction: bool = rarely(False)
    deactivate: bool = rarely(False)


class Handling(WireModel):
    """How the order may be executed and shown."""

    all_or_none: bool = rarely(False)
    min_qty: Int | None = rarely(None)
    block_order: bool = rarely(False)
    sweep_to_fill: bool = rarely(False)
    display_size: Int = rarely(0)
    hidden: bool = rarely(False)
    trigger_method: Int = rarely(0)
    discretionary_amt: Price = rarely(0.0)
    discretionary_up_to_limit_price: bool = rarely(False)
    cash_qty: Price | None = rarely(None)
    not_held: bool = rarely(False)
    imbalance_only: bool = rarely(False)
    route_marketable_to_bbo: bool | None = rarely(None)
    seek_price_improvement: bool | None = rarely(None)
    use_price_mgmt_algo: bool | None = rarely(None)
    post_only: bool = rarely(False)
    post_to_ats: Int | None = rarely(None)
    opt_out_smart_routing: bool = rarely(False)
    auction_strategy: Int = rarely(0)
    override_percentage_constraints: bool = rarely(False)
    randomize_price: bool = rarely(False)
    randomize_size: bool = rarely(False)


class OneCancelsAll(WireModel):
    """`oca_type`: 1 cancel the others with block, 2 reduce them with block, 3 reduce them without block."""

    oca_group: str = rarely("")
    oca_type: Int = rarely(0)


class Trailing(WireModel):
    """TRAIL and TRAIL LIMIT: the amount is `stop_price`, or `trailing_percent` stands for it."""

    trail_stop_price: Price | None = rarely(None)
    trailing_percent: Price | None = rarely(None)
    lmt_price_offset: Price | None = rarely(None)


class Pegged(WireModel):
    """Pegged, relative and mid-point orders."""

    percent_offset: Price | None = rarely(None)
    starting_price: Price | None = rarely(None)
    stock_ref_price: Price | None = rarely(None)
    delta: Price | None = rarely(None)
    stock_range_lower: Price | None = rarely(None)
    stock_range_upper: Price | None = rarely(None)
    reference_contract_id: Int = rarely(0)
    pegged_change_amount: Price = rarely(0.0)
    is_pegged_change_amount_decrease: bool = rarely(False)
    reference_change_amount: Price = rarely(0.0)
    reference_exchange_id: str = rarely("")
    ref_futures_con_id: Int = rarely(0)
    min_trade_qty: Int | None = rarely(None)
    min_compete_size: Int | None = rarely(None)
    compete_against_best_offset: Price | Literal["UP_TO_MID"] | None = rarely(None)
    mid_offset_at_whole: Price | None = rarely(None)
    mid_offset_at_half: Price | None = rarely(None)


class Adjusted(WireModel):
    """A stop that becomes another kind of order when `trigger_price` is reached."""

    adjusted_order_type: str = rarely("")
    trigger_price: Price | None = rarely(None)
    adjusted_stop_price: Price | None = rarely(None)
    adjusted_stop_limit_price: Price | None = rarely(None)
    adjusted_trailing_amount: Price | None = rarely(None)
    adjustable_trailing_unit: Int = rarely(0)


class Volatility(WireModel):
    """VOL orders, and their delta neutral hedge."""

    volatility: Price | None = rarely(None)
    volatility_type: Int | None = rarely(None)
    continuous_update: bool = rarely(False)
    reference_price_type: Int | None = rarely(None)
    delta_neutral_order_type: str = rarely("")
    delta_neutral_aux_price: Price | None = rarely(None)
    delta_neutral_con_id: Int = rarely(0)
    delta_neutral_settling_firm: str = rarely("")
    delta_neutral_clearing_account: str = rarely("")
    delta_neutral_clearing_intent: str = rarely("")
    delta_neutral_open_close: str = rarely("")
    delta_neutral_short_sale: bool = rarely(False)
    delta_neutral_short_sale_slot: Int = rarely(0)
    delta_neutral_designated_location: str = rarely("")


class Scale(WireModel):
    """Scale orders."""

    scale_init_level_size: Int | None = rarely(None)
    scale_subs_level_size: Int | None = rarely(None)
    scale_price_increment: Price | None = rarely(None)
    scale_price_adjust_value: Price | None = rarely(None)
    scale_price_adjust_interval: Int | None = rarely(None)
    scale_profit_offset: Price | None = rarely(None)
    scale_auto_reset: bool = rarely(False)
    scale_init_position: Int | None = rarely(None)
    scale_init_fill_qty: Int | None = rarely(None)
    scale_random_percent: bool = rarely(False)
    scale_table: str = rarely("")


class Hedge(WireModel):
    """Attached hedges: `hedge_type` D delta, B beta, F currency, P pair."""

    hedge_type: str = rarely("")
    hedge_param: str = rarely("")
    hedge_max_size: Int | None = rarely(None)
    dont_use_auto_price_for_hedge: bool = rarely(False)
    auto_cancel_parent: bool = rarely(False)


class Algo(WireModel):
    """Algorithms and combination routing, each with its parameters."""

    algo_strategy: str = rarely("")
    algo_params: Many[TagValue] = rarely(())
    algo_id: str = rarely("")
    smart_combo_routing_params: Many[TagValue] = rarely(())
    order_combo_legs: Many[Price | None] = rarely(())
    order_misc_options: Many[TagValue] = rarely(())
    basis_points: Price | None = rarely(None)
    basis_points_type: Int | None = rarely(None)


class Conditional(WireModel):
    """`conditions_cancel_order`: they cancel the order instead of activating it."""

    conditions: Many[Condition] = rarely(())
    conditions_cancel_order: bool = rarely(False)
    conditions_ignore_rth: bool = rarely(False)


class SoftDollarTier(WireModel):
    """A tier as the reqSoftDollarTiers request lists them."""

    name: str = ""
    value: str = ""
    display_name: str = ""


class Allocation(WireModel):
    """Advisors and models: which accounts get the fills."""

    fa_group: str = rarely("")
    fa_method: str = rarely("")
    fa_percentage: str = rarely("")
    model_code: str = rarely("")
    soft_dollar_tier: SoftDollarTier | None = rarely(None)


class Institutional(WireModel):
    """Clearing, short sales and marks that regulators ask for."""

    open_close: str = rarely("")
    origin: Int = rarely(0)
    short_sale_slot: Int = rarely(0)
    designated_location: str = rarely("")
    exempt_code: Int = rarely(-1)
    settling_firm: str = rarely("")
    clearing_account: str = rarely("")
    clearing_intent: str = rarely("")
    rule80_a: str = rarely("")
    solicited: bool = rarely(False)
    shareholder: str = rarely("")
    is_oms_container: bool = rarely(False)
    customer_account: str = rarely("")
    professional_customer: bool = rarely(False)
    bond_accrued_interest: str = rarely("")
    ext_operator: str = rarely("")
    manual_order_time: str = rarely("")
    manual_order_indicator: Int | None = rarely(None)
    submitter: str = rarely("")
    advanced_error_override: str = rarely("")
    mifid2_decision_maker: str = rarely("")
    mifid2_decision_algo: str = rarely("")
    mifid2_execution_trader: str = rarely("")
    mifid2_execution_algo: str = rarely("")
