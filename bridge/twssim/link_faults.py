"""TWS loses IB's servers, a data farm, or its market data to another login; its API goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from twssim import answers as ans
from twssim import requests as req
from twssim.families import depth, option_calculations, real_time_bars, tick_by_tick
from twssim.session import Session
from twssim.stage import Action, Stage, Undo, choose
from twssim.tampering import frozen

LOST = "Connectivity between IBKR and Trader Workstation has been lost."
RESTORED_DATA_LOST = (
    "Connectivity between IBKR and Trader Workstation has been restored - data lost."
    " All of your market data subscriptions have been lost."
)
RESTORED = "Connectivity between IBKR and Trader Workstation has been restored - data maintained."
COMPETING = "No market data during competing live session"

OWN_REQUESTS = (
    req.StartApi,
    req.RequestIds,
    req.RequestManagedAccounts,
    req.RequestCurrentTime,
    req.RequestCurrentTimeInMillis,
    req.SetServerLogLevel,
    req.CancelMarketData,
    depth.CancelDepth,
    tick_by_tick.CancelTickByTick,
    real_time_bars.CancelRealTimeBars,
)
"""What TWS answers by itself."""

ORDER_REQUESTS = (req.PlaceOrder, req.CancelOrder, req.GlobalCancel)
OWN_ANSWERS = (ans.ManagedAccounts, ans.NextValidId, ans.CurrentTime, ans.CurrentTimeInMillis)
ORDER_ANSWERS = (ans.OpenOrder, ans.OrderStatus, ans.ExecutionDetails, ans.CommissionReport, ans.Error)
TICKS = (ans.TickPrice, ans.TickSize, ans.TickGeneric, ans.TickString)
STREAMED = (
    option_calculations.OptionComputation,
    depth.DepthUpdate,
    tick_by_tick.TickByTick,
    real_time_bars.RealTimeBar,
)
BARS = (ans.HistoricalBars, ans.HistoricalBarUpdate)

FARMS = {
    "market": ((2103, 2104), "Market data farm connection is {}:usfarm", (*TICKS, *STREAMED)),
    "history": ((2105, 2106), "HMDS data farm connection is {}:ushmds", BARS),
    "secdef": ((2157, 2158), "Sec-def data farm connection is {}:secdefil", (ans.ContractDetails,)),
}


FINE = (2104, 2106, 2158)
BROKEN = "Connectivity between Trader Workstation and server is broken. It will be restored automatically."
"""What a client hears that connects meanwhile, in place of farms that are OK (unverified)."""


class _Severed:
    """While the link is down: what TWS cannot know is dropped, what concerns orders is kept or lost."""

    def __init__(self, keeps: bool) -> None:
        self._keeps = keeps
        self._answers: list[tuple[Session, ans.Answer]] = []
        self._requests: list[tuple[Session, Callable[[], None]]] = []

    def answer(self, session: Session, answer: ans.Answer) -> Iterable[ans.Answer]:
        if isinstance(answer, ans.Error) and answer.code in FINE:
            return [ans.Error(-1, 2110, BROKEN, answer.time)] if answer.code == FINE[0] else []
        if isinstance(answer, OWN_ANSWERS) or (isinstance(answer, ans.Error) and answer.id < 0):
            return [answer]
        if self._keeps and isinstance(answer, ORDER_ANSWERS):
            self._answers.append((session, frozen(answer)))
        return []

    def request(self, session: Session, request: req.Request, proceed: Callable[[], None]) -> None:
        if isinstance(request, OWN_REQUESTS):
            proceed()
        elif self._keeps and isinstance(request, ORDER_REQUESTS):
            self._requests.append((session, proceed))

    def deliver(self) -> None:
        for session, answer in self._answers:
            session.send(answer)
        for session, proceed in self._requests:
            if not session.closed:
                proceed()


def link(stage: Stage, backlog: str = "keep", subscriptions: str = "keep") -> Undo:
    """1100; turned off 1102, or 1101 if subscriptions are to be lost. Reports about orders, and orders sent
    meanwhile, come after that or are lost with the backlog; the exchange goes on filling."""
    choose("backlog", backlog, "keep", "lose")
    choose("subscriptions", subscriptions, "keep", "lose")
    tampering = stage.gateway.tampering
    severed = _Severed(backlog == "keep")
    _tell_all(stage, 1100, LOST)
    tampering.answers["link"], tampering.requests["link"] = severed.answer, severed.request

    def restore() -> None:
        del tampering.answers["link"], tampering.requests["link"]
        if subscriptions == "lose":
            for session in stage.started():
                stage.gateway.market_streams.close_all(session)
                session.subscriptions.streams.close_all()
            _tell_all(stage, 1101, RESTORED_DATA_LOST)
        else:
            _tell_all(stage, 1102, RESTORED)
        severed.deliver()

    return restore


def _tell_all(stage: Stage, code: int, text: str) -> None:
    for session in stage.started():
        session.error(-1, code, text)


def farm(stage: Stage, name: str = "market") -> Undo:
    """One farm breaks (2103, 2105, 2157) and is silent; turned off it is OK again (2104, 2106, 2158)."""
    choose("name", name, *FARMS)
    (broken, fine), text, silent = FARMS[name]
    answers = stage.gateway.tampering.answers
    _tell_all(stage, broken, text.format("broken"))
    answers["farm"] = lambda session, answer: [] if isinstance(answer, silent) else [answer]

    def restore() -> None:
        del answers["farm"]
        _tell_all(stage, fine, text.format("OK"))
        if name == "market":
            depth.reset(stage.gateway)

    return restore


def competing_session(stage: Stage) -> Undo:
    """The same login is used elsewhere: 10197 for every line, no ticks; turned off they come back unasked."""

    def instead(session: Session, answer: ans.Answer) -> Iterable[ans.Answer]:
        if isinstance(answer, ans.MarketDataType):
            return [ans.Error(answer.req_id, 10197, COMPETING, stage.gateway.now)]
        return [] if isinstance(answer, (*TICKS, *STREAMED, ans.TickReqParams)) else [answer]

    for session in stage.started():
        for req_id in session.subscriptions.market:
            session.error(req_id, 10197, COMPETING)
    answers = stage.gateway.tampering.answers
    answers["competing_session"] = instead

    def restore() -> None:
        del answers["competing_session"]

    return restore


def halt_depth(stage: Stage) -> None:
    """Every book ends with error 316; its client has to subscribe again."""
    depth.halt(stage.gateway)


def reset_depth(stage: Stage) -> None:
    """Every book begins anew after notice 317."""
    depth.reset(stage.gateway)


ACTIONS: dict[str, Action] = {
    "link": link,
    "farm": farm,
    "competing_session": competing_session,
    "halt_depth": halt_depth,
    "reset_depth": reset_depth,
}
