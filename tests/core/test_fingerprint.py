from twsbridge_server.core.fingerprint import DIGITS, fingerprint


def test_a_text_has_one_short_name_and_nothing_has_none() -> None:
    assert fingerprint("a") == fingerprint("a") != fingerprint("b")
    assert len(fingerprint("a")) == DIGITS
    assert fingerprint("") == ""
