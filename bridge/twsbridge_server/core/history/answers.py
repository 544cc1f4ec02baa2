"""Replies about bars: the bars themselves, and how far a long answer is."""

from __future__ import annotations

from collections.abc import Sequence

from twsbridge.protocol.columns import pack_floats, pack_ints
from twsbridge.protocol.commands import GetBars
from twsbridge.protocol.errors import WireError, make_error
from twsbridge.protocol.replies import Bars, BarSource, BarsPart, BarsProgress
from twsbridge_server.core.answers import answer
from twsbridge_server.core.effects import SendReply
from twsbridge_server.core.history.blocks import INTEGERS, PRICES, Block, joined
from twsbridge_server.core.history.scale import date_text
from twsbridge_server.core.history.series import Series
from twsbridge_server.core.history.spans import Span
from twsbridge_server.core.history.wants import Want

TELL_US = 500_000
"""Progress is told no more often than this."""


def bars_of(series: Series, want: Want, span: Span) -> Bars:
    """The answer to a want that is met."""
    tail = series.tail_for(want)
    blocks = [block for block in series.held.blocks(span, tail) if len(block)]
    columns = joined(blocks)
    times: Sequence[int] = columns["time_us"]
    names = [name for name in INTEGERS if not (series.scale.is_dated and name == "time_us")]
    return Bars(
        contract=series.contract,
        bar_size=series.key.bar_size,
        what_to_show=series.key.what_to_show,
        tz=want.tz,
        count=len(times),
        dates=[date_text(time) for time in times] if series.scale.is_dated else None,
        i64={name: pack_ints(columns[name]) for name in names},
        f64={name: pack_floats(columns[name]) for name in PRICES},
        sources=[_source(block) for block in blocks],
        final_us=series.settled(blocks, tail, span[1]),
    )


def _source(block: Block) -> BarSource:
    return BarSource(
        start_us=block.start_us,
        end_us=block.end_us,
        count=len(block),
        fetched_us=block.fetched_us,
        server_version=block.server_version,
    )


def progress_of(series: Series, want: Want, now: int) -> list[SendReply]:
    """One part of a reply that says how far it is, to who wants to hear it and has not just heard it."""
    if not want.tells_progress or now - want.told_us < TELL_US:
        return []
    want.told_us, want.parts = now, want.parts + 1
    done = series.progress(want, now)
    left = round((now - want.begun_us) * (1 - done) / done) if done else None
    part = BarsPart(progress=BarsProgress(done=done, requests=want.requests, left_us=left))
    return [answer(want.asked, part, part=want.parts - 1, more=True)]


def too_late(series: Series, want: Want, now: int) -> WireError:
    """The deadline of a want has come."""
    command = want.asked.command
    what = f" of {command.bar_size} bars" if isinstance(command, GetBars) else ""
    share = round(100 * series.progress(want, now))
    return make_error(
        "req.expired",
        f"The deadline passed when {share} %{what} were there, after {want.requests} requests to TWS",
        now="What has come is kept in the cache.",
        do="Ask again with a later deadline: it goes on from there.",
    )
