from __future__ import annotations

import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.protocol.strategies import wire_model
from twsbridge.protocol import errors
from twsbridge.protocol.errors import ERROR_KINDS, BridgeError, WireError, exception_for, make_error

FAMILIES = {
    "auth": errors.AuthError,
    "req": errors.InvalidRequest,
    "idem": errors.KeyConflict,
    "halt": errors.HaltError,
    "limit": errors.OrderRefused,
    "tws": errors.TwsError,
    "order": errors.OrderError,
    "br": errors.BridgeUnavailable,
    "stream": errors.StreamError,
    "client": errors.Unreachable,
}


@pytest.mark.parametrize("code", sorted(ERROR_KINDS))
def test_every_code_says_what_is_true_and_what_to_do(code: str) -> None:
    kind = ERROR_KINDS[code]
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", code)
    for sentence in (kind.now, kind.do):
        assert sentence[0].isupper() or sentence[0] == "`"
        assert sentence.endswith((".", "?"))
    assert kind.outcome in ("rejected", "unknown", "done")
    assert re.fullmatch(r"no|same_key|new_session|after:[0-9]+", kind.retry)


@pytest.mark.parametrize("code", sorted(ERROR_KINDS))
def test_a_code_becomes_the_class_of_its_family_with_all_three_sentences(code: str) -> None:
    error = exception_for(make_error(code, "It happened", field="order.tif"))
    assert isinstance(error, FAMILIES[code.partition(".")[0]])
    kind = ERROR_KINDS[code]
    for sentence in ("It happened", kind.now.rstrip("."), kind.do.rstrip("."), f"[{code}]", "(field order.tif)"):
        assert sentence in str(error)
    assert (error.code, error.outcome, error.retry) == (code, kind.outcome, kind.retry)


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_codes_of_later_versions_give_the_class_of_the_family(family: str) -> None:
    wire = WireError(code=f"{family}.of_a_later_version", outcome="maybe", retry="later", msg="New")
    assert type(exception_for(wire)) is FAMILIES[family]


@pytest.mark.parametrize("code", ["", "new.family", "nonsense", "."])
def test_families_of_later_versions_give_the_base_class(code: str) -> None:
    error = exception_for(WireError(code=code, outcome="unknown", retry="no", msg="New"))
    assert type(error) is BridgeError
    assert f"[{code}]" in str(error)


@given(wire_model(WireError))
def test_errors_survive_pickling_and_can_always_be_printed(wire: WireError) -> None:
    error = exception_for(wire)
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), copy.wire, str(copy)) == (type(error), wire, str(error))


@given(st.sampled_from(sorted(ERROR_KINDS)), st.text(max_size=20), st.none() | st.integers(100, 99999))
def test_an_error_survives_the_wire(code: str, msg: str, tws_code: int | None) -> None:
    wire = make_error(code, msg, tws_code=tws_code, details={"known": ["a"]})
    assert WireError.model_validate(wire.wire()) == wire


def test_only_what_may_have_happened_has_an_unknown_outcome() -> None:
    unknown = {code for code, kind in ERROR_KINDS.items() if kind.outcome == "unknown"}
    assert unknown == {"tws.timeout", "tws.lost", "br.internal", "br.stopped", "client.unreachable", "client.timeout"}


def test_what_is_known_can_be_said_more_exactly() -> None:
    wire = make_error("tws.error", "TWS said 321", now="The order is as it was.", do="Read on.", tws_code=321)
    assert (wire.now, wire.do, wire.tws_code) == ("The order is as it was.", "Read on.", 321)
