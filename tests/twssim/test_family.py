"""What a family is made of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from twssim.families import ASKED, FAMILIES, TOLD
from twssim.family import bare, one_id, plain
from twssim.requests import RequestById, RequestIds
from twssim.wire import Fields


@dataclass(frozen=True, slots=True)
class Stop(RequestById):
    """A request made up for these tests."""


def test_no_two_families_claim_the_same_message() -> None:
    asked = Counter(asked.message_id for family in FAMILIES for asked in family.asked)
    told = Counter(told.kind for family in FAMILIES for told in family.told)
    assert set(asked.values()) | set(told.values()) == {1}
    assert set(asked) == set(ASKED) and set(told) == set(TOLD)


def test_an_id_stands_behind_an_old_version_field_or_alone() -> None:
    for versioned, fields in ((True, b"1\x009\0"), (False, b"9\0")):
        asked = one_id(11, Stop, lambda session, request: None, versioned=versioned)
        assert asked.text is not None and asked.text(Fields(fields), 200) == Stop(9)


def test_a_bare_request_ignores_its_fields() -> None:
    asked = bare(8, RequestIds, lambda session, request: None)
    assert asked.text is not None and asked.text(Fields(b"1\x009\0"), 200) == RequestIds()
    assert asked.protobuf is not None and asked.protobuf(object()) == RequestIds()


def test_plain_texts_name_their_fields() -> None:
    assert plain(57, lambda answer: 1, lambda answer: answer.req_id)(Stop(9), 200)[4:] == b"57\x001\x009\0"
