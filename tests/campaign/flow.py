"""Order flow on a stage: four traders and three subscribers, and the verdict on everything at the end."""

from __future__ import annotations

from collections import Counter
from random import Random
from types import TracebackType

from tests.campaign import oracles
from tests.campaign.oracles_of_silence import nothing_sent_in_vain, nothing_sent_late, nothing_sent_while_halted
from tests.campaign.programs import Kind, Programs
from tests.campaign.stage import RECOVERY, Span, Stage
from tests.campaign.subscribers import Subscriber
from tests.campaign.traders import Trader, Wish
from tests.waiting import eventually
from twsbridge import Client

TRADERS, SUBSCRIBERS, ORDERS_PER_SECOND = 4, 3, 20.0


class Flow:
    """Begins at once, on a bridge that is ready. `judge` ends it; leaving it ends whatever still runs.

    With loggers, `programs` are killed and started again too. `halts` and `pauses` are for whoever makes them.
    """

    def __init__(
        self, stage: Stage, seed: int, per_second: float = ORDERS_PER_SECOND, loggers: tuple[Kind, ...] = ()
    ) -> None:
        self._stage = stage
        self._seed = seed
        self.halts: list[Span] = []
        self.pauses: list[Span] = []
        connection = stage.bridge.connection_file
        with Client(connection) as tws:
            tws.wait_ready(RECOVERY)
        self.subscribers = [Subscriber(connection) for _ in range(SUBSCRIBERS)]
        rate = per_second / TRADERS
        self.traders = [Trader(connection, number, rate, Random(seed * 100 + number)) for number in range(TRADERS)]
        for trader in self.traders:
            trader.start()
        directory = stage.home.parent
        self.programs = Programs(connection, directory, seed, loggers, traders=1 if loggers else 0)

    def judge(self) -> Counter[str]:
        """Wait until all is quiet, then O1 to O7; counts `orders`, `fills`, `events`. AssertionError: what is wrong."""
        self._stop_trading()
        with Client(self._stage.bridge.connection_file) as tws:
            self._stage.settle(tws)
            self.traders += self.programs.traders()
            for trader in self.traders:
                trader.resolve()
                trader.close()
            self._stage.settle(tws)
            self._compare_fills(tws)
            eventually(lambda: oracles.positions_agree(self._stage.ledger(), tws), "O5: positions agree", RECOVERY)
            self._stage.settle(tws)
            self._compare_standings(tws)
            states = {row.client_order_id: row.status for row in tws.orders(live=False)}
            eventually(lambda: self._heard_all(tws), "O4: the subscribers have caught up", RECOVERY)
            self.programs.judge(self._stage.ledger)
        return self._verdict(states)

    def _compare_fills(self, tws: Client) -> None:
        """O3, with what is missing or too many."""
        try:
            eventually(lambda: oracles.fills_agree(self._stage.ledger(), tws), "", RECOVERY)
        except AssertionError:
            there, told = oracles.fills_of_ledger(self._stage.ledger()), oracles.fills_of_bridge(tws)
            text = f"O3, seed {self._seed}: missing {list(there - told)}, too many {list(told - there)}"
            raise AssertionError(text) from None

    def _compare_standings(self, tws: Client) -> None:
        """O2, with the orders that the bridge says something else of."""

        def misjudged() -> list[str]:
            return oracles.misjudged(self._stage.ledger(), tws, self._wishes)

        try:
            eventually(lambda: not misjudged(), "", RECOVERY)
        except AssertionError:
            raise AssertionError(f"O2, seed {self._seed}: {misjudged()}") from None

    @property
    def _wishes(self) -> list[Wish]:
        return [wish for trader in self.traders for wish in trader.wishes]

    def _stop_trading(self) -> None:
        for trader in self.traders:
            trader.stop()

    def __enter__(self) -> Flow:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop_trading()
        self.programs.close()
        for each in (*self.traders, *self.subscribers):
            each.close()

    def _heard_all(self, tws: Client) -> bool:
        with tws.events("orders", since="now") as events:
            heads = events.cursor.seqs
        return all(each.last(stream) >= seq for each in self.subscribers for stream, seq in heads.items())

    def _verdict(self, states: dict[str | None, str]) -> Counter[str]:
        for subscriber in self.subscribers:
            subscriber.close()
        assert self._stage.bridge.stop() == 0
        ledger, path = self._stage.ledger(), self._stage.home / "journal.db"
        complaints = [text for each in (*self.traders, *self.subscribers) for text in each.complaints]
        assert not complaints, f"seed {self._seed}: {complaints}"
        counts = Counter(orders=oracles.no_order_twice(ledger))
        oracles.no_order_lost(ledger, self._wishes, states)
        logs = [each.log for each in self.subscribers]
        counts["events"] = oracles.subscribers_agree(path, logs)
        oracles.numbers_are_whole(path, logs)
        nothing_sent_in_vain(ledger)
        nothing_sent_while_halted(ledger, self.halts)
        nothing_sent_late(ledger, self._wishes, self.pauses)
        counts["fills"] = sum(row["record"] == "execution" for row in ledger)
        return counts
