from __future__ import annotations

import errno

import pytest

from twsbridge_server.tws import reasons

ENDPOINT = "127.0.0.1:7497"

SENTENCES = [
    reasons.unknown_host("tws.example", "Name or service not known"),
    reasons.cannot_connect(ENDPOINT, errno.ECONNREFUSED),
    reasons.cannot_connect(ENDPOINT, errno.EHOSTUNREACH),
    reasons.cannot_connect(ENDPOINT, errno.EACCES),
    reasons.no_lookup("tws.example", 30.0),
    reasons.no_tcp_answer(ENDPOINT, 30.0),
    reasons.no_greeting(ENDPOINT, 30.0),
    reasons.closed_in_handshake(ENDPOINT, "it was closed by TWS"),
    reasons.bad_greeting(ENDPOINT, "its version is not a number"),
    reasons.closed(ENDPOINT, "Connection reset by peer"),
    reasons.out_of_step(ENDPOINT, "a message of 4 GB"),
    reasons.not_reading(16_777_217),
]


def test_every_case_has_its_own_sentence() -> None:
    assert len(set(SENTENCES)) == len(SENTENCES)


@pytest.mark.parametrize("sentence", SENTENCES[:-1])
def test_a_sentence_names_the_place(sentence: str) -> None:
    assert ENDPOINT in sentence or "tws.example" in sentence
    assert sentence.endswith((".", "?"))


def test_the_words_for_silence_after_connecting() -> None:
    said = reasons.no_greeting(ENDPOINT, 30.0)
    assert "but no answer to the API handshake within 30 s" in said
    assert "TWS may be showing a dialog or waiting for login" in said


def test_a_refusal_names_the_usual_ports() -> None:
    said = reasons.cannot_connect(ENDPOINT, errno.ECONNREFUSED)
    assert "Enable ActiveX and Socket Clients" in said
    assert "7496 (live) and 7497 (paper), IB Gateway 4001 and 4002" in said
