"""A whole download: find all contracts, say what it will cost, fetch some at a time, say what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path

from twsbridge.channel import Channel
from twsbridge.contracts import ContractLike, to_contract
from twsbridge.download.progress import PARALLEL, Hear, Tally, seconds_for
from twsbridge.download.result import Downloaded
from twsbridge.download.series import Series, find
from twsbridge.download.source import Source
from twsbridge.download.wish import Wish
from twsbridge.notation import contract_text

TELL_S = 0.5


class Download:
    """Runs once. Ctrl-C ends it at once: what is written stays, and the next run goes on there."""

    def __init__(self, channel: Channel, wish: Wish, root: Path, hear: Hear | None = None) -> None:
        self._source = Source(channel, wish)
        self._wish = wish
        self._root = root
        self._hear = hear or (lambda progress: None)
        self._series: dict[str, Series] = {}
        self._results: dict[str, Downloaded] = {}
        self._tally = Tally(0, 0.0)
        self._now = ""

    def run(self, contracts: Sequence[ContractLike]) -> list[Downloaded]:
        """What became of each contract, in their order; raises what makes the whole of it impossible."""
        self._wish.check()
        named = {each if isinstance(each, str) else contract_text(each): each for each in contracts}
        self._results = {symbol: Downloaded(symbol) for symbol in named}
        pool = ThreadPoolExecutor(PARALLEL, "download")
        try:
            self._all(pool, [partial(self._find, symbol, contract) for symbol, contract in named.items()])
            self._begin()
            self._all(pool, [partial(self._fetch, symbol) for symbol in self._series])
        finally:
            self._source.interruption.interrupt()
            pool.shutdown(cancel_futures=True)
            for series in self._series.values():
                series.folder.close()
        self._tell()
        return list(self._results.values())

    def _begin(self) -> None:
        """Say first what is to come."""
        requests = [series.requests for series in self._series.values()]
        seconds = seconds_for(self._wish.bar_size, self._wish.what_to_show == "BID_ASK", requests)
        self._tally = Tally(sum(requests), seconds)
        self._tell()

    def _all(self, pool: ThreadPoolExecutor, jobs: Sequence[Callable[[], None]]) -> None:
        """Do all jobs, and tell meanwhile how far they are."""
        left: set[Future[None]] = {pool.submit(job) for job in jobs}
        while left:
            done, left = wait(left, TELL_S, FIRST_COMPLETED)
            for each in done:
                each.result()
            if self._tally.requests:
                self._tell()

    def _find(self, symbol: str, contract: ContractLike) -> None:
        result = self._results[symbol]
        try:
            series = find(to_contract(contract), self._wish, self._root, self._source)
        except Exception as error:
            result.error = error
            return
        self._series[symbol] = series
        result.folder = series.folder.path

    def _fetch(self, symbol: str) -> None:
        series, result = self._series[symbol], self._results[symbol]
        try:
            series.fetch(self._source, result, self._say)
        except Exception as error:
            result.error = error
            result.unfinished = [piece.name for piece in series.folder.missing(series.wanted)]
            series.done = float(series.requests)

    def _say(self, news: str) -> None:
        self._now = news

    def _tell(self) -> None:
        self._tally.bars = sum(result.bars for result in self._results.values())
        done = sum(series.done for series in self._series.values())
        self._hear(self._tally.progress(done, self._now))
