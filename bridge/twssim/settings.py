"""Everything about a simulated TWS that can be chosen when it starts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from twssim.commissions import PLANS
from twssim.profile import (
    NEWEST_SERVER_VERSION,
    NEWEST_TEXT_VERSION,
    OLDEST_SERVER_VERSION,
    profile_of,
)

MOST_OFTEN = 0.02
"""Real seconds: looking at orders more often would leave a fast simulator no time for anything else."""

PAPER_ACCOUNT = "DU1234567"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Choices of one simulator; all durations are seconds of simulated time."""

    server_version: int = NEWEST_TEXT_VERSION
    seed: int = 1
    accounts: tuple[str, ...] = (PAPER_ACCOUNT,)
    currency: str = "GBP"
    cash: Decimal = Decimal(100_000)
    advisor: bool = False

    ledger: str = ""
    scenario: str = ""
    replay: str = ""
    pace: str = "recorded"
    speed: float = 1.0
    start: float | None = None
    calendar: str = "always"

    tick_interval: float = 0.25
    flood: bool = False
    market_data: str = "live"
    market_data_lines: int = 100
    real_time_bars_in_ten_minutes: int = 60
    message_pacing: bool = True
    historical_pacing: bool = True
    historical_in_ten_minutes: int = 60
    historical_open_requests: int = 50
    snapshot_seconds: float = 11.0
    answer_delay: float = 0.03
    sec_def_notice_delay: float = 0.05

    ack_delay: tuple[float, float] = (0.02, 0.05)
    fill_delay: tuple[float, float] = (0.05, 0.3)
    fill_slices: int = 4
    cancel_delay: float = 0.05
    commission_delay: float = 0.05

    master_client_id: int | None = None
    read_only: bool = False
    desupport_date: str = ""
    doubled_account_summary: bool = True
    summary_slots_stay: bool = False
    doubled_order_status: bool = True
    execution_end_when_empty: bool = True
    commission_plan: str = "fixed"
    expiry_notice: bool = True
    hard_to_borrow: tuple[str, ...] = ()
    locate_seconds: float = 5.0
    cross_client_cancel: bool = False
    account_update_interval: float = 180.0

    @property
    def look_interval(self) -> float:
        """Simulated seconds between two looks at working orders: a tick, and at high speed at least 20 real ms."""
        return max(self.tick_interval, self.speed * MOST_OFTEN)

    def __post_init__(self) -> None:
        """Refuse what the simulator cannot do; raises ValueError with one clear sentence."""
        if not OLDEST_SERVER_VERSION <= self.server_version <= NEWEST_SERVER_VERSION:
            raise ValueError(
                f"server version {self.server_version} is not supported: choose one from "
                f"{OLDEST_SERVER_VERSION} to {NEWEST_SERVER_VERSION} (tested: 176, 200, 201, 203, 213 and 225)"
            )
        profile_of(self.server_version)
        if self.speed < 0 or self.tick_interval <= 0:
            raise ValueError("speed must not be negative, and the tick interval must be greater than zero")
        if self.commission_plan not in PLANS:
            raise ValueError(f'commission plan is {" or ".join(PLANS)}, not "{self.commission_plan}"')
        if self.market_data not in ("live", "delayed", "none"):
            raise ValueError(f'market data are "live", "delayed" or "none", not {self.market_data!r}')
        if not self.accounts or len(self.currency) != 3:
            raise ValueError("give at least one account and a base currency of three letters")
