"""Single streams of market data die while everything else goes on; TWS says nothing about it."""

from __future__ import annotations

from collections.abc import Iterable

from twssim import answers as ans
from twssim.link_faults import STREAMED, TICKS
from twssim.report_faults import answers_by
from twssim.session import Session
from twssim.stage import Action, Stage, Undo

ROWS = (*TICKS, *STREAMED, ans.HistoricalBarUpdate)


def _streams(session: Session, symbol: str) -> set[int]:
    """The request ids of the streams of an instrument; without a symbol also those of bars kept up to date."""
    now = session.subscriptions
    quotes = {line.req_id for line in now.market.values() if symbol in ("", line.instrument.symbol)}
    others = {line.req_id for line in now.streams.lines() if symbol in ("", line.instrument.symbol)}
    return quotes | others | (set() if symbol else now.bars.keys())


def silent_line(stage: Stage, symbol: str = "", heals: bool = True) -> Undo:
    """The streams of one instrument (or all) send nothing more; with `heals` those that are asked for anew do."""
    dead = {id(session): _streams(session, symbol) for session in stage.started()}

    def rows(session: Session, answer: ans.Answer) -> Iterable[ans.Answer]:
        if not isinstance(answer, ROWS):
            return [answer]
        silent = dead.get(id(session), set()) if heals else _streams(session, symbol)
        return [] if answer.req_id in silent else [answer]

    return answers_by(stage, "silent_line", rows)


ACTIONS: dict[str, Action] = {"silent_line": silent_line}
