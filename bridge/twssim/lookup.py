"""Finding the one instrument that a request means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twssim.contracts import ContractQuery, Instrument

if TYPE_CHECKING:
    from twssim.session import Session

NO_DEFINITION = "No security definition has been found for the request"


def the_instrument(session: Session, req_id: int, contract: ContractQuery) -> Instrument | None:
    """The only match; otherwise error 200 goes to the client and the result is None."""
    found = session.gateway.universe.find(contract)
    if len(found) == 1:
        return found[0]
    name = contract.local_symbol or contract.symbol or str(contract.con_id)
    ambiguous = f"The contract description specified for {name} is ambiguous."
    session.error(req_id, 200, ambiguous if found else NO_DEFINITION)
    return None
