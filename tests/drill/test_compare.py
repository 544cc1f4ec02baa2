from __future__ import annotations

from typing import Any

from twsbridge_drill.compare import Heard, compare


def status(word: str, at: float = 0.1, **more: Any) -> Heard:
    return Heard("orderStatus", {"orderId": 1, "status": word, "filled": 0, "permId": 77, "whyHeld": "", **more}, at)


def kinds(tws: list[Heard], simulator: list[Heard], is_ordered: bool = True) -> list[tuple[str, str]]:
    return [(each.kind, each.where) for each in compare("step", is_ordered, tws, simulator)]


def test_ids_and_times_may_differ() -> None:
    assert kinds([status("Submitted")], [status("Submitted", 0.9, orderId=296, permId=12345)]) == []


def test_order_missing_and_added() -> None:
    one, two = status("PreSubmitted"), status("Submitted")
    assert kinds([one, two], [one]) == [("missing", "after orderStatus PreSubmitted")]
    assert kinds([one], [one, two]) == [("added", "after orderStatus PreSubmitted")]
    assert ("missing", "orderStatus Submitted") in kinds([one, two], [one], is_ordered=False)
    assert kinds([one, two], [two, one], is_ordered=False) == []
    assert kinds([one, two], [two, one]) != []
    assert kinds([one, one], [one], is_ordered=False) == [("order", "orderStatus PreSubmitted")]


def test_fields_codes_texts_and_timings() -> None:
    assert kinds([status("Submitted", whyHeld="trigger")], [status("Submitted")]) == [
        ("field", "orderStatus Submitted: whyHeld")
    ]
    assert kinds([status("Submitted", permId=2**31 - 1)], [status("Submitted")]) == [
        ("field", "orderStatus Submitted: permId")
    ]
    slow = kinds([status("Submitted", 3.0)], [status("Submitted")])
    assert slow == [("timing", "orderStatus Submitted")]
    told, other = (Heard("error", {"errorCode": 321, "errorString": text}, 0) for text in ("a-'xY' : 5", "a-'b' : 67"))
    assert kinds([told], [other]) == []
    assert kinds([told], [Heard("error", {"errorCode": 321, "errorString": "else"}, 0)]) == [
        ("text", "error 321: errorString")
    ]
    assert len(kinds([told], [Heard("error", {"errorCode": 322, "errorString": "a"}, 0)])) == 1
