"""cancelContractData: forget a reqContractDetails that has not been answered yet, from server version 215 on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twssim.family import Family, one_id
from twssim.requests import RequestById
from twssim.streams import Stream

if TYPE_CHECKING:
    from twssim.session import Session


@dataclass(frozen=True, slots=True)
class CancelContractDetails(RequestById):
    """cancelContractData."""


@dataclass(slots=True)
class DetailsQuery(Stream):
    """A reqContractDetails that has not been answered yet."""


def _cancel(session: Session, request: CancelContractDetails) -> None:
    if not session.subscriptions.streams.close(DetailsQuery, request.req_id):
        session.error(request.req_id, 300, f"Can't find EId with tickerId:{request.req_id}")


FAMILY = Family(asked=(replace(one_id(106, CancelContractDetails, _cancel), text=None),))
