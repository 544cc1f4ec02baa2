"""What faults put between the simulated TWS and its clients: filters of answers and of requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from twssim.answers import Answer, OpenOrder, OrderStatus
from twssim.requests import Request

if TYPE_CHECKING:
    from twssim.session import Session

AnswerFilter = Callable[["Session", Answer], Iterable[Answer]]
RequestFilter = Callable[["Session", Request, Callable[[], None]], None]


class Tampering:
    """Every filter by the name of its fault; without any, everything passes as it is.

    An answer filter returns what is sent instead. A request filter calls the last argument to let
    the request be answered, now or later, or never does. Client ids in `busy` are taken.
    `held` collects what the exchange would do, while it is a list.
    """

    def __init__(self) -> None:
        """Nothing is tampered with."""
        self.answers: dict[str, AnswerFilter] = {}
        self.requests: dict[str, RequestFilter] = {}
        self.busy: set[int] = set()
        self.held: list[Callable[[], None]] | None = None

    def sent(self, session: Session, answer: Answer) -> Iterable[Answer]:
        """What the client gets in place of an answer."""
        going: list[Answer] = [answer]
        for each in list(self.answers.values()):
            going = [result for one in going for result in each(session, one)]
        return going

    def ask(self, session: Session, request: Request, answer: Callable[[], None]) -> None:
        """Have a request answered, if no filter prevents it."""
        self._ask(list(self.requests.values()), session, request, answer)

    def _ask(
        self, filters: list[RequestFilter], session: Session, request: Request, answer: Callable[[], None]
    ) -> None:
        if not filters:
            answer()
            return
        first, *others = filters
        first(session, request, lambda: self._ask(others, session, request, answer))


def frozen(answer: Answer) -> Answer:
    """An answer that is sent later, as it would be now: orders change."""
    if isinstance(answer, OpenOrder | OrderStatus):
        return type(answer)(replace(answer.order))
    return answer
