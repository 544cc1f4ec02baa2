"""Requests that TWS knows and the simulator has no content for: how TWS would decline them.

Declining means the same error code that TWS uses when the user has no permission or the service
has no such content, so a client meets nothing that a real TWS could not send.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Name of a request, where its id stands (fields after the message id), and the answer.

    `code` 0 means that TWS gives no answer to this request either. Codes 321 and 322 carry the
    text as their cause.
    """

    name: str
    req_id_field: int | None
    code: int = 0
    text: str = ""


UNSUPPORTED: dict[int, Refusal] = {
    21: Refusal("exerciseOptions", 1, 321, "Options exercise is not available"),
    54: Refusal("calculateImpliedVolatility", 1, 321, "Option calculation is not available"),
    55: Refusal("calculateOptionPrice", 1, 321, "Option calculation is not available"),
    56: Refusal("cancelCalculateImpliedVolatility", 1),
    57: Refusal("cancelCalculateOptionPrice", 1),
    78: Refusal("reqSecDefOptParams", 0, 321, "Invalid contract id"),
    81: Refusal("reqMatchingSymbols", 0, 10159, "Symbol search failed"),
    83: Refusal("reqSmartComponents", 0, 321, "Smart components are not available"),
    87: Refusal(
        "reqHeadTimeStamp",
        0,
        162,
        "Historical Market Data Service error message:No head time stamp",
    ),
    88: Refusal("reqHistogramData", 0, 10188, "Failed to request histogram data"),
    89: Refusal("cancelHistogramData", 0),
    90: Refusal("cancelHeadTimeStamp", 0),
    106: Refusal("cancelContractData", 0),
}
