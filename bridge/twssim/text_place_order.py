"""Reads placeOrder of the text profile: about a hundred fields, many of them conditional."""

from __future__ import annotations

from typing import Any

from twssim.contracts import ContractQuery
from twssim.order_terms import ComboLeg, OrderTerms
from twssim.requests import PlaceOrder
from twssim.text_contract import read_contract
from twssim.wire import Fields, number

CONDITION_FIELDS = {1: 6, 3: 3, 4: 3, 5: 4, 6: 5, 7: 5}
"""Fields after the type of an order condition: price, time, margin, execution, volume, percent."""

PEG_BENCH = ("PEG BENCH", "PEGBENCH")
PEG_BEST = ("PEG BEST", "PEGBEST")
PEG_MID = ("PEG MID", "PEGMID")

_MAIN = "block_order sweep_to_fill display_size trigger_method"
_ALLOCATION = "discretionary_amt good_after_time good_till_date fa_group fa_method fa_percentage"
_VOLATILITY = """
    rule80a settling_firm all_or_none min_qty percent_offset
    e_trade_only firm_quote_only nbbo_price_cap auction_strategy starting_price
    stock_ref_price delta stock_range_lower stock_range_upper override_percentage_constraints
    volatility volatility_type delta_neutral_order_type delta_neutral_aux_price"""
_DELTA_NEUTRAL = """
    delta_neutral_con_id delta_neutral_settling_firm delta_neutral_clearing_account
    delta_neutral_clearing_intent delta_neutral_open_close delta_neutral_short_sale
    delta_neutral_short_sale_slot delta_neutral_designated_location"""
_TRAIL = """
    continuous_update reference_price_type trail_stop_price trailing_percent
    scale_init_level_size scale_subs_level_size scale_price_increment"""
_SCALE = """
    scale_price_adjust_value scale_price_adjust_interval scale_profit_offset scale_auto_reset
    scale_init_position scale_init_fill_qty scale_random_percent"""
_CLEARING = "opt_out_smart_routing clearing_account clearing_intent not_held"
_BENCHMARK = """
    reference_contract_id is_pegged_change_amount_decrease pegged_change_amount
    reference_change_amount reference_exchange_id"""
_ADJUSTED = """
    adjusted_order_type trigger_price lmt_price_offset adjusted_stop_price
    adjusted_stop_limit_price adjusted_trailing_amount adjustable_trailing_unit
    ext_operator soft_dollar_name soft_dollar_value cash_qty
    mifid2_decision_maker mifid2_decision_algo mifid2_execution_trader mifid2_execution_algo
    dont_use_auto_price_for_hedge is_oms_container discretionary_up_to_limit_price
    use_price_mgmt_algo"""
_SINCE = (
    (158, "duration"),
    (160, "post_to_ats"),
    (162, "auto_cancel_parent"),
    (166, "advanced_error_override"),
    (169, "manual_order_time"),
)
_TAIL = (
    (183, "customer_account"),
    (184, "professional_customer"),
    (189, "include_overnight"),
    (192, "manual_order_indicator"),
    (199, "imbalance_only"),
)


def read_place_order(fields: Fields, version: int) -> PlaceOrder:
    """Decode the request completely; raises UnreadableRequest."""
    order_id = fields.integer()
    contract = read_contract(fields)
    fields.texts(2)
    reader = _OrderReader(fields, version, contract)
    return PlaceOrder(order_id, contract, reader.read())


class _OrderReader:
    """Walks through the order part of one placeOrder."""

    def __init__(self, fields: Fields, version: int, contract: ContractQuery) -> None:
        self._fields = fields
        self._version = version
        self._contract = contract
        self._steering: dict[str, Any] = {}
        self._rest: dict[str, str] = {}

    def read(self) -> OrderTerms:
        """Every field in wire order."""
        self._read_main()
        if self._contract.sec_type == "BAG":
            self._read_combo()
        self._read_allocation()
        self._read_volatility()
        self._read_scale_and_hedge()
        self._read_clearing_and_algo()
        self._read_conditions()
        self._read_recent()
        return OrderTerms(**self._steering, rest=self._rest)

    def _keep(self, names: str) -> None:
        for name in names.split():
            self._rest[name] = self._fields.text()

    def _read_main(self) -> None:
        fields, steering = self._fields, self._steering
        steering["action"] = fields.text()
        steering["total_quantity"] = fields.decimal()
        steering["order_type"] = fields.text()
        steering["limit_price"] = fields.number()
        steering["aux_price"] = fields.number()
        steering["tif"], steering["oca_group"], steering["account"] = fields.texts(3)
        self._keep("open_close origin")
        steering["order_ref"] = fields.text()
        steering["transmit"] = fields.flag()
        steering["parent_id"] = fields.integer()
        self._keep(_MAIN)
        steering["outside_rth"] = fields.flag()
        self._keep("hidden")

    def _read_combo(self) -> None:
        fields, steering = self._fields, self._steering
        steering["combo_legs"] = tuple(_read_leg(fields) for _ in range(fields.integer()))
        steering["combo_leg_prices"] = tuple(fields.texts(fields.integer()))
        steering["smart_combo_routing"] = self._tag_values()

    def _tag_values(self) -> tuple[tuple[str, str], ...]:
        fields = self._fields
        return tuple((fields.text(), fields.text()) for _ in range(fields.integer()))

    def _read_allocation(self) -> None:
        self._fields.text()
        self._keep(_ALLOCATION)
        if self._version < 177:
            self._fields.text()
        self._keep("model_code short_sale_slot designated_location exempt_code")
        self._steering["oca_type"] = self._fields.integer()

    def _read_volatility(self) -> None:
        self._keep(_VOLATILITY)
        if self._rest["delta_neutral_order_type"]:
            self._keep(_DELTA_NEUTRAL)
        self._keep(_TRAIL)

    def _read_scale_and_hedge(self) -> None:
        increment = number(self._rest["scale_price_increment"])
        if increment is not None and increment > 0:
            self._keep(_SCALE)
        self._keep("scale_table active_start_time active_stop_time hedge_type")
        if self._rest["hedge_type"]:
            self._keep("hedge_param")

    def _read_clearing_and_algo(self) -> None:
        fields, steering = self._fields, self._steering
        self._keep(_CLEARING)
        if fields.flag():
            steering["delta_neutral_contract"] = tuple(fields.texts(3))
        self._keep("algo_strategy")
        if self._rest["algo_strategy"]:
            steering["algo_params"] = self._tag_values()
        self._keep("algo_id")
        steering["what_if"] = fields.flag()
        self._keep("misc_options solicited randomize_size randomize_price")

    def _read_conditions(self) -> None:
        fields = self._fields
        if self._steering["order_type"] in PEG_BENCH:
            self._keep(_BENCHMARK)
        count = fields.integer()
        self._steering["conditions"] = tuple(_read_condition(fields) for _ in range(count))
        if count:
            self._keep("conditions_ignore_rth conditions_cancel_order")
        self._keep(_ADJUSTED)

    def _read_recent(self) -> None:
        self._keep_since(_SINCE)
        if self._version >= 170:
            self._read_peg()
        if 187 <= self._version < 190:
            self._fields.texts(2)
        self._keep_since(_TAIL)

    def _keep_since(self, names: tuple[tuple[int, str], ...]) -> None:
        for version, name in names:
            if self._version >= version:
                self._keep(name)

    def _read_peg(self) -> None:
        order_type = self._steering["order_type"]
        if self._contract.exchange == "IBKRATS":
            self._keep("min_trade_qty")
        to_mid = order_type in PEG_MID
        if order_type in PEG_BEST:
            self._keep("min_compete_size compete_against_best_offset")
            to_mid = self._rest["compete_against_best_offset"].startswith("Infinit")
        if to_mid:
            self._keep("mid_offset_at_whole mid_offset_at_half")


def _read_leg(fields: Fields) -> ComboLeg:
    return ComboLeg(
        con_id=fields.integer(),
        ratio=fields.integer(),
        action=fields.text(),
        exchange=fields.text(),
        open_close=fields.integer(),
        short_sale_slot=fields.integer(),
        designated_location=fields.text(),
        exempt_code=fields.integer(),
    )


def _read_condition(fields: Fields) -> tuple[str, ...]:
    kind = fields.integer()
    return (str(kind), *fields.texts(CONDITION_FIELDS.get(kind, 0)))
