"""What TWS says about orders comes late, twice, in another order, or never; the orders are not affected."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from twssim import answers as ans
from twssim import requests as req
from twssim.session import Session
from twssim.stage import Action, FaultRefused, Stage, Undo, choose
from twssim.tampering import AnswerFilter, RequestFilter, frozen

ABOUT_ORDERS = (ans.OpenOrder, ans.OrderStatus)


def answers_by(stage: Stage, name: str, each: AnswerFilter) -> Undo:
    """Install a filter of answers; returns how to remove it."""
    filters = stage.gateway.tampering.answers
    filters[name] = each

    def remove() -> None:
        del filters[name]

    return remove


def requests_by(stage: Stage, name: str, each: RequestFilter) -> Undo:
    """Install a filter of requests; returns how to remove it."""
    filters = stage.gateway.tampering.requests
    filters[name] = each

    def remove() -> None:
        del filters[name]

    return remove


def order_status(stage: Stage, copies: int = 0, status: str = "") -> Undo:
    """orderStatus comes so many times instead of once: 0 for never; only that of one status, if it is given."""
    if not 0 <= copies <= 1000:
        raise FaultRefused("copies must be from 0 to 1000")

    def copied(session: Session, answer: ans.Answer) -> Iterable[ans.Answer]:
        concerned = isinstance(answer, ans.OrderStatus) and status in ("", answer.order.status)
        return [answer] * (copies if concerned else 1)

    return answers_by(stage, "order_status", copied)


def mute_orders(stage: Stage) -> Undo:
    """Orders are worked and filled, but no callback tells of it: neither openOrder, orderStatus nor execDetails."""

    def nothing(session: Session, answer: ans.Answer) -> Iterable[ans.Answer]:
        replayed = isinstance(answer, ans.ExecutionDetails) and answer.req_id >= 0
        about = isinstance(answer, (*ABOUT_ORDERS, ans.ExecutionDetails, ans.CommissionReport))
        return [] if about and not replayed else [answer]

    return answers_by(stage, "mute_orders", nothing)


def fill_before_acknowledgement(stage: Stage) -> Undo:
    """Nothing is told of an order before its first execDetails; then what was held back follows."""
    waiting: dict[tuple[int, int], list[ans.Answer]] = {}
    seen = {execution.perm_id for execution in stage.gateway.orders.executions}

    def reordered(session: Session, answer: ans.Answer) -> Iterable[ans.Answer]:
        if isinstance(answer, ABOUT_ORDERS) and not answer.order.done and answer.order.perm_id not in seen:
            waiting.setdefault((id(session), answer.order.perm_id), []).append(frozen(answer))
            return []
        if isinstance(answer, ans.ExecutionDetails):
            perm_id = answer.execution.perm_id
            seen.add(perm_id)
            return [answer, *waiting.pop((id(session), perm_id), [])]
        return [answer]

    return answers_by(stage, "fill_before_acknowledgement", reordered)


def commission(stage: Stage, mode: str = "missing", delay: float = 5.0) -> Undo:
    """Live commission reports are missing, duplicate, or late by so many seconds of simulated time."""
    choose("mode", mode, "missing", "duplicate", "late")
    late: set[int] = set()

    def send_late(session: Session, answer: ans.Answer) -> None:
        late.add(id(answer))
        session.send(answer)
        late.discard(id(answer))

    def changed(session: Session, answer: ans.Answer) -> Iterable[ans.Answer]:
        if not isinstance(answer, ans.CommissionReport) or id(answer) in late:
            return [answer]
        if mode == "late":
            stage.gateway.scheduler.after(delay, lambda: send_late(session, answer))
        return [answer, answer] if mode == "duplicate" else []

    return answers_by(stage, "commission", changed)


def executions(stage: Stage, mode: str = "empty") -> Undo:
    """reqExecutions finds nothing (empty), has no execDetailsEnd (endless), or is not answered (silent)."""
    choose("mode", mode, "empty", "endless", "silent")

    def without_end(session: Session, answer: ans.Answer) -> Iterable[ans.Answer]:
        return [] if isinstance(answer, ans.ExecutionDetailsEnd) else [answer]

    def instead(session: Session, request: req.Request, proceed: Callable[[], None]) -> None:
        if not isinstance(request, req.RequestExecutions):
            proceed()
        elif mode == "empty":
            session.send(ans.ExecutionDetailsEnd(request.req_id))

    if mode == "endless":
        return answers_by(stage, "executions", without_end)
    return requests_by(stage, "executions", instead)


def open_order(stage: Stage, copies: int = 0) -> Undo:
    """openOrder comes so many times instead of once, 0 for never; reqOpenOrders finds nothing then."""
    if not 0 <= copies <= 1000:
        raise FaultRefused("copies must be from 0 to 1000")

    def copied(session: Session, answer: ans.Answer) -> Iterable[ans.Answer]:
        return [answer] * (copies if isinstance(answer, ans.OpenOrder) else 1)

    return answers_by(stage, "open_order", copied)


def disorder(stage: Stage, late: float = 1.0) -> Undo:
    """Each live report about orders and fills comes up to so many seconds late, by itself: in any order."""
    passing: set[int] = set()

    def send(session: Session, answer: ans.Answer) -> None:
        passing.add(id(answer))
        session.send(answer)
        passing.discard(id(answer))

    def delayed(session: Session, answer: ans.Answer) -> Iterable[ans.Answer]:
        is_answer = isinstance(answer, ans.ExecutionDetails) and answer.req_id >= 0
        is_report = isinstance(answer, (*ABOUT_ORDERS, ans.ExecutionDetails, ans.CommissionReport))
        if not is_report or is_answer or id(answer) in passing:
            return [answer]
        later = frozen(answer)
        stage.gateway.scheduler.after(stage.chance.uniform(0, late), lambda: send(session, later))
        return []

    return answers_by(stage, "disorder", delayed)


def perm_id_later(stage: Stage) -> Undo:
    """openOrder and orderStatus have permId 0 as long as the order has no fill and is not over."""

    def without(session: Session, answer: ans.Answer) -> Iterable[ans.Answer]:
        if isinstance(answer, ABOUT_ORDERS) and not answer.order.done and not answer.order.filled:
            return [type(answer)(replace(answer.order, perm_id=0))]
        return [answer]

    return answers_by(stage, "perm_id_later", without)


ACTIONS: dict[str, Action] = {
    "order_status": order_status,
    "open_order": open_order,
    "disorder": disorder,
    "perm_id_later": perm_id_later,
    "mute_orders": mute_orders,
    "fill_before_acknowledgement": fill_before_acknowledgement,
    "commission": commission,
    "executions": executions,
}
