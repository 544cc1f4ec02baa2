from __future__ import annotations

import pytest

from twsbridge_server.core.logins import refusal_of_login

PAPER, LIVE, STREAMS = ["DU1234567"], ["U1234567"], ["sys|", "ord|{}|", "acct|{}|"]


@pytest.mark.parametrize(
    ("accounts", "allowed", "used", "code"),
    [
        (PAPER, [], "", None),
        (PAPER, [], "DU7654321", None),
        (PAPER, LIVE, "U1234567", "tws.other_login"),
        (LIVE, [], "", "tws.live_refused"),
        (LIVE, LIVE, "", None),
        (LIVE, LIVE, "U1234567", None),
        (LIVE, LIVE, "DU1234567", "tws.other_login"),
        (["Ulive", *LIVE], LIVE, "", "tws.live_refused"),
    ],
)
def test_live_by_name_alone_and_never_beside_paper(
    accounts: list[str], allowed: list[str], used: str, code: str | None
) -> None:
    streams = [stream.format(used) for stream in STREAMS] if used else ["sys|"]
    refusal = refusal_of_login(accounts, allowed, streams)
    assert (refusal and refusal.code) == code
    assert refusal is None or ("--home" in refusal.msg) == (code == "tws.other_login")
