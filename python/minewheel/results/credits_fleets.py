"""Results of `credits_fleets`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record, Records
from .credits_car import Citation
from .credits_ledger import Sale

class FleetYear(Record):
    """One company, pool or window of the EU, or one company and year elsewhere."""

    company: str
    """The company, or the pool."""

    first_year: int
    """First year counted."""

    year: int
    """Last year counted."""

    volume: float
    """Cars."""

    actual: float
    """Average emission (EU, US), or cars that are not of zero emission (UK)."""

    target: float
    """Target of it."""

    unit: str
    """Unit of both."""

    balance: float
    """Credits above nought, or missing: g/km times cars (EU), Mg (US), allowances (UK)."""

    bought: float
    """Bought."""

    sold: float
    """Sold."""

    from_bank: float
    """From or to other years: banked ones used, less those put in."""

    transferred: float
    """Allowances out of savings of CO2 (UK)."""

    borrowed: float
    """Allowances borrowed from later years (UK)."""

    repaid: float
    """Borrowed allowances given back, with interest (UK)."""

    owed: float
    """Borrowed allowances that are owed at the end of the year, with interest (UK)."""

    open: float
    """What stays open after trade and bank."""

    payment: float
    """What that costs."""

    currency: str
    """In what."""


class Fleets(Record):
    """Fleets of a study."""

    title: str
    """The study's title."""

    system: Literal["cn", "eu", "us", "uk"]
    """Whose rules."""

    companies: Records[FleetYear]
    """Companies and years."""

    trades: Records[Sale]
    """Sales."""

    notices: list[str]
    """What the rules' tables lack for the study."""

    weakest_status: Literal["read", "derived", "recalled", "assumption"]
    """The weakest status."""

    rules: Records[Citation]
    """The rows of the rules."""


__all__ = [
    "FleetYear",
    "Fleets",
]
