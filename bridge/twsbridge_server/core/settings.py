"""What the operator decides about the core's behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twsbridge_server.core.notices import Meanings
from twsbridge_server.core.restart_window import DailyRestart


@dataclass(frozen=True, slots=True)
class CoreSettings:
    """Times in microseconds. `live_accounts` are the live accounts allowed by name; empty means paper only."""

    sid: str
    version: str
    tws_endpoint: str
    client_id: int = 1
    live_accounts: frozenset[str] = frozenset()
    market_data_type: int = 1
    max_lines: int = 100
    beat_us: int = 1_000_000
    request_timeout_us: int = 15_000_000
    history_timeout_us: int = 60_000_000
    sweep_timeout_us: int = 5_000_000
    sweep_interval_us: int = 300_000_000
    acknowledge_timeout_us: int = 5_000_000
    keepalive_us: int = 5_000_000
    silence_us: int = 15_000_000
    proof_us: int = 10_000_000
    unanswered_us: int = 30_000_000
    reconnect_us: tuple[int, ...] = (1_000_000, 2_000_000, 5_000_000, 10_000_000, 30_000_000)
    messages_per_second: int = 45
    stale_us: int = 60_000_000
    drain_us: int = 3_000_000
    low_disk_bytes: int = 512 * 2**20
    most_poison: int = 3
    daily_restart: DailyRestart | None = None
    meanings: Meanings = Meanings()

    def decided(self) -> dict[str, Any]:
        """What the audit keeps of it: which bridge this is, where it leads, and which live accounts it may use."""
        return {
            "version": self.version,
            "tws": self.tws_endpoint,
            "client_id": self.client_id,
            "live_accounts": sorted(self.live_accounts),
        }
