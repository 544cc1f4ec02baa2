"""One-shot requests to TWS as values, besides those of contract details and bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from twsbridge.protocol.models import Contract
from twsbridge.protocol.queries import GetWshEvents


@dataclass(frozen=True, slots=True)
class Question:
    """A request whose answers carry its id; 0 until it is sent."""

    req_id: int


@dataclass(frozen=True, slots=True)
class MatchingSymbols(Question):
    """Symbols and names that begin like this."""

    pattern: str


@dataclass(frozen=True, slots=True)
class OptionParameters(Question):
    """Expirations and strikes; `exchange` only for options on a future."""

    symbol: str
    exchange: str
    sec_type: str
    con_id: int


@dataclass(frozen=True, slots=True)
class SmartComponents(Question):
    """The exchanges behind a bbo exchange."""

    bbo_exchange: str


@dataclass(frozen=True, slots=True)
class HeadTimestamp(Question):
    """Where history begins; comes back as epoch seconds."""

    contract: Contract
    what_to_show: str
    use_rth: bool


@dataclass(frozen=True, slots=True)
class HistogramData(Question):
    """Sizes by price; `period` as in "3 days"."""

    contract: Contract
    use_rth: bool
    period: str


@dataclass(frozen=True, slots=True)
class HistoricalTicks(Question):
    """Ticks; one of `start` and `end` is "", the other UTC as yyyymmdd-hh:mm:ss."""

    contract: Contract
    start: str
    end: str
    count: int
    what_to_show: str
    use_rth: bool
    ignore_size: bool

    @property
    def bar_size(self) -> str:
        """TWS counts ticks with the smallest bars."""
        return "1 secs"


@dataclass(frozen=True, slots=True)
class HistoricalSchedule(Question):
    """Trading sessions."""

    contract: Contract
    end: str
    duration: str
    use_rth: bool


@dataclass(frozen=True, slots=True)
class ImpliedVolatility(Question):
    """What volatility a price implies."""

    contract: Contract
    option_price: float
    under_price: float


@dataclass(frozen=True, slots=True)
class OptionPrice(Question):
    """What a volatility makes of a price."""

    contract: Contract
    volatility: float
    under_price: float


@dataclass(frozen=True, slots=True)
class HistoricalNews(Question):
    """Headlines; `start` and `end` as "yyyy-mm-dd hh:mm:ss.0" UTC, or ""."""

    con_id: int
    provider_codes: str
    start: str
    end: str
    limit: int


@dataclass(frozen=True, slots=True)
class NewsArticle(Question):
    """One article."""

    provider_code: str
    article_id: str


@dataclass(frozen=True, slots=True)
class FundamentalData(Question):
    """One report."""

    contract: Contract
    report_type: str


@dataclass(frozen=True, slots=True)
class WshMetadata(Question):
    """What events there are; TWS wants to be asked for it before any event of a session."""


@dataclass(frozen=True, slots=True)
class WshEvents(Question):
    """Events, as the command says."""

    command: GetWshEvents


@dataclass(frozen=True, slots=True)
class UserInfo(Question):
    """The white branding id."""


@dataclass(frozen=True, slots=True)
class TiersOfSoftDollars(Question):
    """Soft dollar tiers."""


@dataclass(frozen=True, slots=True)
class DisplayGroups(Question):
    """Groups of TWS's windows."""


@dataclass(frozen=True, slots=True)
class ReplaceFa(Question):
    """Put a financial advisor's document in place: 1 groups, 3 aliases."""

    kind: int
    xml: str


@dataclass(frozen=True, slots=True)
class CancelQuestion:
    """Nobody waits for the answer to a question of this type any more."""

    req_id: int
    of: type[Question]


@dataclass(frozen=True, slots=True)
class IdlessQuestion:
    """A request without an id. Its answer is known by its `subject`, which callbacks name too."""

    name: ClassVar[str] = ""

    @property
    def subject(self) -> str:
        """What the answer is about."""
        return self.name


@dataclass(frozen=True, slots=True)
class MarketRule(IdlessQuestion):
    """Price increments of one rule."""

    name: ClassVar[str] = "market rule"
    rule_id: int

    @property
    def subject(self) -> str:
        """Rules are told with their ids."""
        return f"{self.name} {self.rule_id}"


@dataclass(frozen=True, slots=True)
class DepthExchanges(IdlessQuestion):
    """Exchanges with market depth."""

    name: ClassVar[str] = "depth exchanges"


@dataclass(frozen=True, slots=True)
class ScannerParameters(IdlessQuestion):
    """XML on scanners."""

    name: ClassVar[str] = "scanner parameters"


@dataclass(frozen=True, slots=True)
class NewsProviders(IdlessQuestion):
    """News providers of the login."""

    name: ClassVar[str] = "news providers"


@dataclass(frozen=True, slots=True)
class FamilyCodes(IdlessQuestion):
    """Accounts and families."""

    name: ClassVar[str] = "family codes"


@dataclass(frozen=True, slots=True)
class TwsTime(IdlessQuestion):
    """TWS's clock."""

    name: ClassVar[str] = "time"


@dataclass(frozen=True, slots=True)
class RequestFa(IdlessQuestion):
    """A financial advisor's document: 1 groups, 3 aliases."""

    name: ClassVar[str] = "advisor document"
    kind: int

    @property
    def subject(self) -> str:
        """Documents are told with their kind."""
        return f"{self.name} {self.kind}"


NumberedQuestion = (
    MatchingSymbols
    | OptionParameters
    | SmartComponents
    | HeadTimestamp
    | HistogramData
    | HistoricalTicks
    | HistoricalSchedule
    | ImpliedVolatility
    | OptionPrice
    | HistoricalNews
    | NewsArticle
    | FundamentalData
    | WshMetadata
    | WshEvents
    | UserInfo
    | TiersOfSoftDollars
    | DisplayGroups
    | ReplaceFa
)
UnnumberedQuestion = MarketRule | DepthExchanges | ScannerParameters | NewsProviders | FamilyCodes | TwsTime | RequestFa
AnyQuestion = NumberedQuestion | UnnumberedQuestion
"""Every question of this module."""
