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


_NEWS = "News is not allowed."
_VERIFICATION = "Verification is not supported."

UNSUPPORTED: dict[int, Refusal] = {
    12: Refusal("reqNewsBulletins", None, 321, "News bulletins are not available"),
    13: Refusal("cancelNewsBulletins", None),
    18: Refusal("requestFA", None, 321, "FA data operations ignored for non FA customers"),
    19: Refusal("replaceFA", 3, 321, "FA data operations ignored for non FA customers"),
    21: Refusal("exerciseOptions", 1, 321, "Options exercise is not available"),
    22: Refusal("reqScannerSubscription", 0, 490, "Scanner is not permitted for instruments"),
    23: Refusal("cancelScannerSubscription", 1, 365, "No scanner subscription found"),
    24: Refusal("reqScannerParameters", None, 321, "Scanner parameters are not available"),
    52: Refusal("reqFundamentalData", 1, 430, "We are sorry, but fundamentals is not available."),
    53: Refusal("cancelFundamentalData", 1),
    54: Refusal("calculateImpliedVolatility", 1, 321, "Option calculation is not available"),
    55: Refusal("calculateOptionPrice", 1, 321, "Option calculation is not available"),
    56: Refusal("cancelCalculateImpliedVolatility", 1),
    57: Refusal("cancelCalculateOptionPrice", 1),
    65: Refusal("verifyRequest", None, 321, _VERIFICATION),
    66: Refusal("verifyMessage", None, 321, _VERIFICATION),
    67: Refusal("queryDisplayGroups", 1, 321, "Display groups are not available"),
    68: Refusal("subscribeToGroupEvents", 1, 321, "Display groups are not available"),
    69: Refusal("updateDisplayGroup", 1, 321, "Display groups are not available"),
    70: Refusal("unsubscribeFromGroupEvents", 1),
    72: Refusal("verifyAndAuthRequest", None, 321, _VERIFICATION),
    73: Refusal("verifyAndAuthMessage", None, 321, _VERIFICATION),
    78: Refusal("reqSecDefOptParams", 0, 321, "Invalid contract id"),
    79: Refusal("reqSoftDollarTiers", 0, 321, "Soft dollar tiers are not available"),
    80: Refusal("reqFamilyCodes", None, 321, "Family codes are not available"),
    81: Refusal("reqMatchingSymbols", 0, 10159, "Symbol search failed"),
    83: Refusal("reqSmartComponents", 0, 321, "Smart components are not available"),
    84: Refusal("reqNewsArticle", 0, 10276, _NEWS),
    85: Refusal("reqNewsProviders", None, 10276, _NEWS),
    86: Refusal("reqHistoricalNews", 0, 10276, _NEWS),
    87: Refusal(
        "reqHeadTimeStamp",
        0,
        162,
        "Historical Market Data Service error message:No head time stamp",
    ),
    88: Refusal("reqHistogramData", 0, 10188, "Failed to request histogram data"),
    89: Refusal("cancelHistogramData", 0),
    90: Refusal("cancelHeadTimeStamp", 0),
    100: Refusal("reqWshMetaData", 0, 10279, "Failed to request WSH meta data"),
    101: Refusal("cancelWshMetaData", 0),
    102: Refusal("reqWshEventData", 0, 10282, "WSH metadata must be requested first"),
    103: Refusal("cancelWshEventData", 0),
    104: Refusal("reqUserInfo", 0, 321, "User info is not available"),
    106: Refusal("cancelContractData", 0),
    108: Refusal("reqConfig", 0, 321, "The API configuration is not available"),
    109: Refusal("updateConfig", 0, 321, "The API configuration is not available"),
}
