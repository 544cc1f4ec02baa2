from __future__ import annotations

import logging
from typing import Any

import ibapi.order
import pytest

from twsbridge.protocol.models import Contract, Order
from twsbridge_server.tws.attributes import Attributes, camel, read_model


class OlderOrder:
    """An Order of a release that lacks an attribute."""

    def __init__(self) -> None:
        self.ocaGroup = ""


@pytest.mark.parametrize(
    ("field", "attribute"), [("oca_group", "ocaGroup"), ("mifid2_decision_algo", "mifid2DecisionAlgo")]
)
def test_ibs_spelling(field: str, attribute: str) -> None:
    assert camel(field) == attribute
    assert attribute in vars(ibapi.order.Order())


def test_an_attribute_that_the_installed_ibapi_lacks_is_refused_only_when_it_is_set() -> None:
    apart = set(Order.model_fields) - {"oca_group", "post_only"}
    attributes, told = Attributes(Order, OlderOrder, {}, apart), OlderOrder()
    attributes.told(Order(oca_group="a"), told)
    assert told.ocaGroup == "a"
    assert attributes.heard(told) == {"oca_group": "a"}
    with pytest.raises(ValueError, match="no postOnly of OlderOrder"):
        attributes.told(Order(post_only=True), told)


def test_nonsense_in_one_field_leaves_the_others(caplog: pytest.LogCaptureFixture) -> None:
    fields: dict[str, Any] = {"con_id": 2**60, "symbol": "AAPL"}
    with caplog.at_level(logging.WARNING):
        assert read_model(Contract, fields) == Contract(symbol="AAPL")
    assert "con_id of a Contract" in caplog.text
