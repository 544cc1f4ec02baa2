"""What TWS knows about the login: its user, its family of accounts, its soft dollar tiers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twssim.answers import Answer
from twssim.family import Body, Family, Told, bare, one_id, plain
from twssim.requests import Request, RequestById
from twssim.wire import message

if TYPE_CHECKING:
    from twssim.session import Session

SOFT_DOLLAR_TIERS, FAMILY_CODES, USER_INFO = 77, 78, 107


@dataclass(frozen=True, slots=True)
class RequestSoftDollarTiers(RequestById):
    """reqSoftDollarTiers."""


@dataclass(frozen=True, slots=True)
class RequestFamilyCodes(Request):
    """reqFamilyCodes; it has no request id."""


@dataclass(frozen=True, slots=True)
class RequestUserInfo(RequestById):
    """reqUserInfo."""


@dataclass(frozen=True, slots=True)
class SoftDollarTiers(Answer):
    """Tiers as (name, value, display name); a login without a soft dollar agreement has none."""

    req_id: int
    tiers: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class FamilyCodes(Answer):
    """The family code of every account, empty for an account without a family."""

    codes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class UserInfo(Answer):
    """The white branding id of the login, empty for clients of IB itself."""

    req_id: int
    white_branding_id: str


def _soft_dollar_tiers(session: Session, request: RequestSoftDollarTiers) -> None:
    session.send(SoftDollarTiers(request.req_id, ()))


def _family_codes(session: Session, request: RequestFamilyCodes) -> None:
    """A login with one account has no family; several belong to that of the first."""
    accounts = session.gateway.settings.accounts
    code = "F" + "".join(filter(str.isdigit, accounts[0])) if len(accounts) > 1 else ""
    session.send(FamilyCodes(tuple((account, code) for account in accounts)))


def _user_info(session: Session, request: RequestUserInfo) -> None:
    session.send(UserInfo(request.req_id, ""))


def _tiers_text(answer: SoftDollarTiers, version: int) -> bytes:
    fields = [field for tier in answer.tiers for field in tier]
    return message(SOFT_DOLLAR_TIERS, answer.req_id, len(answer.tiers), *fields)


def _tiers_body(answer: SoftDollarTiers) -> Body:
    tiers = [dict(zip(("name", "value", "displayName"), tier, strict=True)) for tier in answer.tiers]
    return Body(SOFT_DOLLAR_TIERS, "SoftDollarTiers", {"reqId": answer.req_id, "softDollarTiers": tiers})


def _codes_text(answer: FamilyCodes, version: int) -> bytes:
    fields = [field for pair in answer.codes for field in pair]
    return message(FAMILY_CODES, len(answer.codes), *fields)


def _codes_body(answer: FamilyCodes) -> Body:
    codes = [{"accountId": account, "familyCode": code} for account, code in answer.codes]
    return Body(FAMILY_CODES, "FamilyCodes", {"familyCodes": codes})


def _user_body(answer: UserInfo) -> Body:
    return Body(USER_INFO, "UserInfo", {"reqId": answer.req_id, "whiteBrandingId": answer.white_branding_id})


FAMILY = Family(
    asked=(
        one_id(79, RequestSoftDollarTiers, _soft_dollar_tiers, versioned=False),
        bare(80, RequestFamilyCodes, _family_codes),
        one_id(104, RequestUserInfo, _user_info, versioned=False),
    ),
    told=(
        Told(SoftDollarTiers, 212, _tiers_text, _tiers_body),
        Told(FamilyCodes, 212, _codes_text, _codes_body),
        Told(UserInfo, 212, plain(USER_INFO, lambda a: a.req_id, lambda a: a.white_branding_id), _user_body),
    ),
)
