from __future__ import annotations

from pathlib import Path

import pytest

import twssim
from tests.twssim.fault_rig import FaultRig
from tests.twssim.official import errors, order, stock
from twssim.scenario import Play, read_scenario


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "scenario.toml"
    path.write_text(text)
    return path


def playing(tmp_path: Path, text: str) -> FaultRig:
    rig = FaultRig()
    Play(rig.tws, rig.faults, read_scenario(written(tmp_path, text)))
    return rig


def test_steps_at_their_moments(tmp_path: Path) -> None:
    text = """
    [[step]]
    at = 10
    do = "link"
    seconds = 5.0
    subscriptions = "lose"
    [[step]]
    at = 20
    do = "read_only"
    [[step]]
    at = 30
    clear = "all"
    """
    rig = playing(tmp_path, text)
    assert errors(rig.client.after(11.0)) == [(-1, 1100)]
    assert errors(rig.client.after(5.0)) == [(-1, 1101)]
    rig.client.after(5.0)
    assert rig.faults.active == ("read_only",)
    rig.client.after(10.0)
    assert rig.faults.active == ()


def test_a_step_upon_a_record_of_the_ledger(tmp_path: Path) -> None:
    text = """
    [[step]]
    upon = { record = "order", event = "accepted" }
    nth = 2
    delay = 3.0
    do = "lose_orders"
    """
    rig = playing(tmp_path, text)
    for number in (1, 2, 3):
        rig.client.placeOrder(number, stock(), order("LMT", "BUY", 1, limit=1.0))
        assert rig.faults.active == ()
    rig.client.after(4.0)
    assert rig.faults.active == ("lose_orders",)
    [record] = rig.tws.ledger.of("fault")
    accepted = rig.tws.ledger.of("order")[1]
    assert record["time"] == round(accepted["time"] + 3.0, 6)


def test_what_turns_out_impossible_is_in_the_ledger(tmp_path: Path) -> None:
    rig = playing(tmp_path, '[[step]]\nat = 1\ndo = "bust"\n')
    rig.client.after(2.0)
    [record] = rig.tws.ledger.of("fault")
    assert (record["action"], record["state"]) == ("bust", "refused")
    assert "no execution" in record["arguments"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("step = 1", "must consist of"),
        ("[[steps]]", "must consist of"),
        ("x", "cannot read"),
        ("step = [1]", "step 1 of the scenario .*: it is not a table"),
        ('[[step]]\nat = 1\ndo = "rest"', "there is no fault 'rest'"),
        ('[[step]]\nat = 1\ndo = "cut"\n[[step]]\nat = 1\ndo = "cut"\nafter = "x"', "step 2 .* after must be int"),
        ('[[step]]\ndo = "cut"', "either at or upon"),
        ('[[step]]\nat = -1\ndo = "cut"', "not negative"),
        ('[[step]]\nupon = { state = "on" }\ndo = "cut"', "must name a record"),
        ('[[step]]\nupon = { record = "order" }\nnth = 0\ndo = "cut"', "nth"),
        ('[[step]]\nat = 1\nclear = "none"', "clear takes"),
        ("[[step]]\nat = 1", "needs do, or clear"),
    ],
)
def test_a_mistake_is_named_before_anything_happens(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        read_scenario(written(tmp_path, text))


def test_a_running_simulator_follows_its_scenario(tmp_path: Path) -> None:
    path = written(tmp_path, '[[step]]\nat = 0.1\ndo = "read_only"\n')
    with twssim.run(scenario=str(path)) as tws:
        tws.wait_for(lambda gateway: gateway.settings.read_only)
    with pytest.raises(ValueError, match="cannot read the scenario"):
        twssim.run(scenario=str(tmp_path / "none.toml"))
