"""The ids of securities that contract details tell: the ISIN of each stock and fund, the CUSIP of each bond."""

from __future__ import annotations

from twssim.instrument import Instrument

_ISINS = {
    265598: "US0378331005",
    272093: "US5949181045",
    4815747: "US67066G1040",
    76792991: "US88160R1014",
    3691937: "US0231351067",
    8314: "US4592001014",
    26434226: "US92857W3088",
    38708077: "US8030542042",
    756733: "US78462F1030",
    320227571: "US46090E1038",
    117897844: "GB00BH4HKS39",
    528893213: "LU1230136894",
    14204: "DE0007164600",
}


def security_ids(instrument: Instrument) -> dict[str, str]:
    """Kind of id -> id, empty for what has none."""
    if instrument.bond:
        return {"CUSIP": instrument.bond.cusip}
    return {"ISIN": _ISINS[instrument.con_id]} if instrument.con_id in _ISINS else {}
