"""Since which server version each request goes out as protobuf, and with which message class.

Between 201 and 212 the families of messages changed over one by one; from 213 on everything is protobuf.
"""

from __future__ import annotations

from twssim import answers as ans
from twssim.families import TOLD

_REQUESTS = {
    201: "7 ExecutionRequest",
    203: "3 PlaceOrderRequest  4 CancelOrderRequest  58 GlobalCancelRequest",
    204: """5 OpenOrdersRequest  15 AutoOpenOrdersRequest  16 AllOpenOrdersRequest
        99 CompletedOrdersRequest""",
    205: "9 ContractDataRequest",
    206: """1 MarketDataRequest  2 CancelMarketData  10 MarketDepthRequest  11 CancelMarketDepth
        59 MarketDataTypeRequest""",
    207: """6 AccountDataRequest  17 ManagedAccountsRequest  61 PositionsRequest
        62 AccountSummaryRequest  63 CancelAccountSummary  64 CancelPositions
        74 PositionsMultiRequest  75 CancelPositionsMulti  76 AccountUpdatesMultiRequest
        77 CancelAccountUpdatesMulti""",
    208: """20 HistoricalDataRequest  25 CancelHistoricalData  50 RealTimeBarsRequest
        51 CancelRealTimeBars  87 HeadTimestampRequest  88 HistogramDataRequest
        89 CancelHistogramData  90 CancelHeadTimestamp  96 HistoricalTicksRequest
        97 TickByTickRequest  98 CancelTickByTick""",
    209: """12 NewsBulletinsRequest  13 CancelNewsBulletins  84 NewsArticleRequest
        85 NewsProvidersRequest  86 HistoricalNewsRequest  100 WshMetaDataRequest
        101 CancelWshMetaData  102 WshEventDataRequest  103 CancelWshEventData""",
    210: """22 ScannerSubscriptionRequest  23 CancelScannerSubscription
        24 ScannerParametersRequest  52 FundamentalsDataRequest  53 CancelFundamentalsData
        92 PnLRequest  93 CancelPnL  94 PnLSingleRequest  95 CancelPnLSingle""",
    211: """18 FARequest  19 FAReplace  21 ExerciseOptionsRequest
        54 CalculateImpliedVolatilityRequest  55 CalculateOptionPriceRequest
        56 CancelCalculateImpliedVolatility  57 CancelCalculateOptionPrice""",
    212: """78 SecDefOptParamsRequest  79 SoftDollarTiersRequest  80 FamilyCodesRequest
        81 MatchingSymbolsRequest  83 SmartComponentsRequest  91 MarketRuleRequest
        104 UserInfoRequest""",
    213: """8 IdsRequest  14 SetServerLogLevelRequest  49 CurrentTimeRequest  65 VerifyRequest
        66 VerifyMessageRequest  67 QueryDisplayGroupsRequest  68 SubscribeToGroupEventsRequest
        69 UpdateDisplayGroupRequest  70 UnsubscribeFromGroupEventsRequest  71 StartApiRequest
        82 MarketDepthExchangesRequest  105 CurrentTimeInMillisRequest""",
    215: "106 CancelContractData  107 CancelHistoricalTicks",
    219: "108 ConfigRequest",
    221: "109 UpdateConfigRequest",
}

REQUESTS: dict[int, tuple[int, str]] = {
    int(message_id): (since, kind)
    for since, listed in _REQUESTS.items()
    for message_id, kind in zip(listed.split()[::2], listed.split()[1::2], strict=True)
}
"""Message id -> the first server version that takes it as protobuf, and its message class."""

_ANSWERS: dict[int, tuple[type, ...]] = {
    201: (ans.ExecutionDetails, ans.ExecutionDetailsEnd),
    203: (ans.OpenOrder, ans.OrderStatus, ans.Error, ans.OpenOrderEnd),
    204: (ans.CompletedOrder, ans.CompletedOrdersEnd, ans.CommissionReport),
    205: (ans.ContractDetails, ans.ContractDetailsEnd),
    206: (
        *(ans.TickPrice, ans.TickSize, ans.TickGeneric, ans.TickString),
        *(ans.TickSnapshotEnd, ans.TickReqParams, ans.MarketDataType),
    ),
    207: (
        *(ans.AccountValue, ans.PortfolioValue, ans.AccountTime, ans.AccountDownloadEnd),
        *(ans.ManagedAccounts, ans.PositionRow, ans.PositionEnd, ans.PositionMulti),
        *(ans.PositionMultiEnd, ans.AccountSummary, ans.AccountSummaryEnd),
        *(ans.AccountUpdateMulti, ans.AccountUpdateMultiEnd),
    ),
    208: (ans.HistoricalBars, ans.HistoricalBarUpdate),
    210: (ans.Pnl, ans.PnlSingle),
    213: (ans.NextValidId, ans.CurrentTime, ans.CurrentTimeInMillis),
}

ANSWERS: dict[type, int] = {
    **{answer: since for since, answers in _ANSWERS.items() for answer in answers},
    **{kind: told.since for kind, told in TOLD.items() if told.protobuf},
}
"""Answer -> the first server version that sends it as protobuf.

The split at 201 and 203 is the one of the client that was released with these versions: it can read
no other protobuf answers. For 204 to 212 an answer is taken to change together with its request.
"""
