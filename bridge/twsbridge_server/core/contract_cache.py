"""What TWS said of contracts, kept for all clients: matches for the day, "there is none" for a calm minute."""

from __future__ import annotations

from twsbridge.protocol.errors import WireError
from twsbridge.protocol.models import Contract, ContractDetails
from twsbridge_server.core.calm import CALM_US, Calm

DAY_US = 24 * 3600 * 1_000_000
MAX_KEPT = 4096
"""Answers, and identities."""

MAX_ROWS = 20_000
"""Matches in all answers together: one question for options may have thousands."""

NO_DEFINITION = 200

Matches = list[ContractDetails] | WireError


def is_today(kept_us: int, now: int) -> bool:
    """True while it is the same day, UTC: over night contracts are listed and expire, hours and symbols change."""
    return kept_us // DAY_US == now // DAY_US


class ContractCache:
    """Answers by question, the latest of them; identities by con_id, which never change."""

    def __init__(self, calm: Calm) -> None:
        self._calm = calm
        self._answers: dict[Contract, tuple[int, Matches]] = {}
        self._rows = 0
        self._by_con_id: dict[int, Contract] = {}
        self._magnifiers: dict[int, int] = {}

    def answer(self, asked: Contract, now: int) -> Matches | None:
        """What still holds of the answer to this question, or None."""
        kept_us, matches = self._answers.get(asked, (0, None))
        if isinstance(matches, WireError):
            return matches if now - kept_us < CALM_US and self._calm.lasts(now) else None
        return matches if is_today(kept_us, now) else None

    def contract(self, con_id: int) -> Contract | None:
        """The whole contract, when it was met before."""
        return self._by_con_id.get(con_id)

    def price_magnifier(self, con_id: int) -> int:
        """By what its prices are divided to be in its currency; 1 for one that was never met."""
        return self._magnifiers.get(con_id, 1)

    def told(self, asked: Contract, matches: Matches, now: int) -> None:
        """Keep an answer, if it is one that can be believed."""
        if not isinstance(matches, WireError):
            self._keep(asked, matches, now)
        elif matches.tws_code == NO_DEFINITION:
            if self._calm.lasts(now):
                self._keep(asked, matches, now)
        elif matches.outcome == "unknown":
            self._calm.troubled(now)

    def met(self, contract: Contract, price_magnifier: int = 1) -> None:
        """Remember whose number this is."""
        self._magnifiers[contract.con_id] = max(price_magnifier, 1)
        self._by_con_id.pop(contract.con_id, None)
        self._by_con_id[contract.con_id] = contract
        if len(self._by_con_id) > MAX_KEPT:
            oldest = next(iter(self._by_con_id))
            del self._by_con_id[oldest], self._magnifiers[oldest]

    def _keep(self, asked: Contract, matches: Matches, now: int) -> None:
        """Keep it as the latest, and forget the oldest when there are too many."""
        self._forget(asked)
        self._answers[asked] = (now, matches)
        self._rows += _weight(matches)
        while len(self._answers) > MAX_KEPT or self._rows > MAX_ROWS:
            self._forget(next(iter(self._answers)))

    def _forget(self, asked: Contract) -> None:
        _, matches = self._answers.pop(asked, (0, None))
        self._rows -= _weight(matches)


def _weight(matches: Matches | None) -> int:
    return len(matches) if isinstance(matches, list) else 0
