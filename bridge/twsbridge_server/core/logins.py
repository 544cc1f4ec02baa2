"""Which logins of TWS the bridge works with: live ones by name alone, and never both kinds with one journal."""

from __future__ import annotations

from collections.abc import Iterable

from twsbridge.protocol import topics
from twsbridge.protocol.errors import WireError, make_error
from twsbridge_server.core.rights import is_paper


def refusal_of_login(accounts: Iterable[str], allowed: Iterable[str], streams: Iterable[str]) -> WireError | None:
    """Why a login with these accounts is refused, or None. `streams` are those that the journal has."""
    live = [account for account in accounts if not is_paper(account)]
    if barred := [account for account in live if account not in allowed]:
        text = f"{', '.join(barred)} is a live account and was not allowed with --allow-live"
        return make_error("tws.live_refused", text)
    used = {stream.split("|")[1] for stream in streams if stream.startswith((topics.ALL_ORDERS, topics.ALL_ACCOUNTS))}
    others = sorted(each for each in used if any(is_paper(each) != is_paper(account) for account in accounts))
    if not others:
        return None
    kinds = ("live", "paper") if live else ("paper", "live")
    text = f"This login is {kinds[0]}, and the bridge's home has the {kinds[1]} account {', '.join(others)}"
    return make_error("tws.other_login", f"{text}: start the bridge with another --home")
