"""What each account held when it was last compared with TWS: kept in the journal, so that a restart forgets nothing.

A holding that moved while no bridge was there is explained by the executions that TWS tells of afterwards, or it came
from elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from twsbridge.protocol import topics
from twsbridge.protocol.fields import decimal_text
from twsbridge_server.core.effects import AppendJournal, BaselineRow, Effect
from twsbridge_server.core.restored import Restored
from twsbridge_server.core.sequencer import Sequencer
from twsbridge_server.core.tally import Holding, Tally


class Baselines:
    """The latest baseline of each account. An account without one begins with what it is first seen to hold."""

    def __init__(self, sequencer: Sequencer, restored: Restored) -> None:
        self._sequencer = sequencer
        self._latest = {baseline.row.account: baseline.row for baseline in restored.baselines}
        later = {exec_id for baseline in restored.baselines for exec_id in baseline.later}
        self._counted = Tally({name: body for name, body in restored.executions.items() if name not in later})

    def explains(self, account: str) -> bool:
        """True when there is a baseline of this account."""
        return account in self._latest

    def before_executions(self) -> dict[Holding, Decimal]:
        """What was held at the baselines, less what the executions that are remembered had made of it by then."""
        held = {(row.account, con_id): Decimal(size) for row in self._latest.values() for con_id, size in row.positions}
        known = {holding for holding in self._counted.holdings() if holding[0] in self._latest}
        return {key: held.get(key, Decimal(0)) - self._counted.held(key) for key in held.keys() | known}

    def move(self, account: str, positions: Mapping[int, Decimal]) -> list[Effect]:
        """This account was compared and holds this; every event so far is counted in it."""
        following = self._sequencer.head(topics.orders(account))[1]
        sizes = tuple(sorted((con_id, decimal_text(size)) for con_id, size in positions.items()))
        row = BaselineRow(account, following, sizes)
        if self._latest.get(account) == row:
            return []
        self._latest[account] = row
        return [AppendJournal(row)]
