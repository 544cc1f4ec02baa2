"""Requests are plain, comparable values."""

from __future__ import annotations

import dataclasses

from tests.twssim.declared import REQUESTS
from twssim import requests as req


def test_every_request_is_a_frozen_value() -> None:
    for kind in REQUESTS:
        assert dataclasses.is_dataclass(kind) and kind.__hash__ is not None, kind


def test_an_executions_filter_matches_everything_unless_told_otherwise() -> None:
    assert req.RequestExecutions(req_id=1) == req.RequestExecutions(
        req_id=1, client_id=0, account="", time="", symbol="", sec_type="", exchange="", side=""
    )
