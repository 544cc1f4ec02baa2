"""What came of a replay, in a few lines for people."""

from __future__ import annotations

from collections.abc import Iterator

from twssim.ledger import Ledger


def summary(ledger: Ledger) -> Iterator[str]:
    """One line for each connection that was served a recording, one for each departure; nothing without a replay."""
    for end in ledger.of("replay"):
        yield f"replay: client {end['client_id']} made {end['made']} of {end['recorded']} recorded requests"
    for each in ledger.of("departure"):
        yield f"departure: {each['kind']}: {each['name']}: {each['text']}"
