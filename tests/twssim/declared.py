"""Which kinds of requests and answers there are: the general ones and those of the families."""

from __future__ import annotations

from twssim import answers, requests
from twssim.families import ASKED, TOLD

_BASES = {answers.Answer, requests.Request, requests.RequestById}


def _in(module: object, base: type) -> set[type]:
    return {each for each in vars(module).values() if isinstance(each, type) and issubclass(each, base)} - _BASES


ANSWERS: set[type] = _in(answers, answers.Answer) | set(TOLD)
REQUESTS: set[type] = _in(requests, requests.Request) | {asked.kind for asked in ASKED.values()}
TEXT_ONLY: set[type] = {kind for kind, told in TOLD.items() if told.protobuf is None}
"""Answers without a protobuf form."""
PROTOBUF_ONLY: set[type] = {kind for kind, told in TOLD.items() if told.text is None}
"""Answers without a text form."""
