from __future__ import annotations

from twsbridge.protocol.contract import ComboLeg, Contract, ContractDetails

LEG = ComboLeg(con_id=1, ratio=1, action="BUY")


def test_what_is_rare_is_left_out_on_the_wire() -> None:
    assert "combo_legs" not in Contract(symbol="AAPL").wire()
    assert "coupon" not in ContractDetails(contract=Contract()).wire()
    assert Contract(combo_legs=(LEG,)).wire()["combo_legs"] == [
        {"con_id": 1, "ratio": 1, "action": "BUY", "exchange": ""}
    ]


def test_contracts_with_legs_can_be_looked_up() -> None:
    assert {Contract(combo_legs=(LEG,)): 1}[Contract.model_validate({"combo_legs": [LEG.wire()]})] == 1
