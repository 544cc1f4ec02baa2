"""What is traded: contracts, the legs of combinations, and what TWS tells of a contract. IB's terms in snake_case."""

from __future__ import annotations

from twsbridge.protocol.fields import Int, Many, Price, Quantity, WireModel, rarely


class TagValue(WireModel):
    """A pair of texts, as IB uses them for algorithm parameters and other options."""

    tag: str
    value: str


class ComboLeg(WireModel):
    """One leg of a combination (sec_type BAG): `ratio` contracts of `con_id`, bought or sold when the BAG is bought.

    `open_close` is 0 same as the combination, 1 open, 2 close; `exempt_code` -1 means none.
    """

    con_id: Int
    ratio: Int
    action: str
    exchange: str = ""
    open_close: Int = rarely(0)
    short_sale_slot: Int = rarely(0)
    designated_location: str = rarely("")
    exempt_code: Int = rarely(-1)


class DeltaNeutralContract(WireModel):
    """The hedge of a delta neutral order: its contract, delta and price."""

    con_id: Int
    delta: Price
    price: Price


class Contract(WireModel):
    """What is traded. `con_id` alone identifies it, or symbol, sec_type, exchange and currency together.

    `sec_id_type` is ISIN, CUSIP, SEDOL or RIC. `description` and `combo_legs_descrip` are TWS's words, never asked for.
    """

    con_id: Int = 0
    symbol: str = ""
    sec_type: str = ""
    last_trade_date: str = ""
    strike: Price = 0.0
    right: str = ""
    multiplier: str = ""
    exchange: str = ""
    primary_exchange: str = ""
    currency: str = ""
    local_symbol: str = ""
    trading_class: str = ""
    include_expired: bool = False
    sec_id_type: str = rarely("")
    sec_id: str = rarely("")
    issuer_id: str = rarely("")
    description: str = rarely("")
    combo_legs_descrip: str = rarely("")
    combo_legs: Many[ComboLeg] = rarely(())
    delta_neutral_contract: DeltaNeutralContract | None = rarely(None)


class Bond(WireModel):
    """What contract details tell of a bond. Dates are yyyymmdd."""

    cusip: str = rarely("")
    ratings: str = rarely("")
    desc_append: str = rarely("")
    bond_type: str = rarely("")
    coupon_type: str = rarely("")
    callable: bool = rarely(False)
    putable: bool = rarely(False)
    coupon: Price = rarely(0.0)
    convertible: bool = rarely(False)
    maturity: str = rarely("")
    issue_date: str = rarely("")
    next_option_date: str = rarely("")
    next_option_type: str = rarely("")
    next_option_partial: bool = rarely(False)
    notes: str = rarely("")


class Fund(WireModel):
    """What contract details tell of a fund, in TWS's words."""

    fund_name: str = rarely("")
    fund_family: str = rarely("")
    fund_type: str = rarely("")
    fund_front_load: str = rarely("")
    fund_back_load: str = rarely("")
    fund_back_load_time_interval: str = rarely("")
    fund_management_fee: str = rarely("")
    fund_closed: bool = rarely(False)
    fund_closed_for_new_investors: bool = rarely(False)
    fund_closed_for_new_money: bool = rarely(False)
    fund_notify_amount: str = rarely("")
    fund_minimum_initial_purchase: str = rarely("")
    fund_subsequent_minimum_purchase: str = rarely("")
    fund_blue_sky_states: str = rarely("")
    fund_blue_sky_territories: str = rarely("")
    fund_distribution_policy_indicator: str = rarely("")
    fund_asset_type: str = rarely("")


class IneligibilityReason(WireModel):
    """Why a contract cannot be traded: TWS's id and words."""

    id: str
    description: str


class ContractDetails(Bond, Fund):
    """What TWS knows of a contract. Hours are in `time_zone_id`, in TWS's own notation."""

    contract: Contract
    market_name: str = ""
    min_tick: Price = 0.0
    price_magnifier: Int = 1
    order_types: str = ""
    valid_exchanges: str = ""
    under_con_id: Int = 0
    long_name: str = ""
    contract_month: str = ""
    industry: str = ""
    category: str = ""
    subcategory: str = ""
    time_zone_id: str = ""
    trading_hours: str = ""
    liquid_hours: str = ""
    stock_type: str = ""
    market_rule_ids: str = ""
    min_size: Quantity | None = None
    size_increment: Quantity | None = None
    suggested_size_increment: Quantity | None = rarely(None)
    min_algo_size: Quantity | None = rarely(None)
    last_price_precision: Quantity | None = rarely(None)
    last_size_precision: Quantity | None = rarely(None)
    ev_rule: str = rarely("")
    ev_multiplier: Price = rarely(0.0)
    agg_group: Int = rarely(0)
    under_symbol: str = rarely("")
    under_sec_type: str = rarely("")
    real_expiration_date: str = rarely("")
    last_trade_time: str = rarely("")
    sec_ids: Many[TagValue] = rarely(())
    ineligibility_reasons: Many[IneligibilityReason] = rarely(())
    event_contract1: str = rarely("")
    event_contract_description1: str = rarely("")
    event_contract_description2: str = rarely("")
