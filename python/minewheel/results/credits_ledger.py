"""Results of `credits_ledger`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record, Records
from .credits_car import Citation

class CompanyYear(Record):
    """One company and year."""

    company: str
    """The company."""

    name: str | None
    """Its name, if the study gives one."""

    year: int
    """The accounting year."""

    volume: float | None
    """Cars."""

    cafc_target: float | None
    """Required average in L/100km."""

    cafc_actual: float | None
    """Actual average in L/100km."""

    cafc_credits: float | None
    """Company-average credits of the year."""

    nev_target: float | None
    """New-energy credits required."""

    nev_credits: float | None
    """New-energy credits earned."""

    balance: float | None
    """Earned less required."""

    cleared_by: Records[Cleared]
    """What cleared its deficits."""

    cafc_open: float
    """Company-average deficit that stays open."""

    nev_open: float
    """New-energy deficit that stays open."""

    cafc: Flows
    """The company-average account."""

    nev: Flows
    """The new-energy account."""

    in_pool: float
    """Of what is kept: in the pool."""

    may_carry: bool
    """Whether it may carry new-energy credits into the next year."""

    is_scenario: bool
    """Whether it rests on suppositions, and is no record."""

    weakest_status: Literal["read", "derived", "recalled", "assumption"]
    """The weakest status of inputs and constants."""

    audit: Records[AuditLine]
    """Line by line."""


class Cleared(Record):
    """A part of a deficit that was cleared."""

    account: Literal["cafc", "nev"]
    """The account in deficit."""

    deficit_year: int
    """The year of the deficit."""

    by: Literal["carried-cafc", "affiliate-cafc", "own-nev", "pool", "bought-nev"]
    """By what."""

    from_: str | None
    """From whom, if another company."""

    vintage: int | None
    """The year that made the credits, where one did."""

    credits: float
    """How many."""


class Flows(Record):
    """Where the credits of an account came from and went."""

    opening: float
    """At the end of the year before."""

    created: float
    """Made in the year."""

    received: float
    """From affiliates."""

    bought: float
    """From the market."""

    used: float
    """Used on deficits."""

    given: float
    """To affiliates."""

    sold: float
    """On the market."""

    kept: float
    """At the end of the year, the pool included."""

    lost: float
    """Lost by carrying, by age, or because they may not be carried."""


class AuditLine(Record):
    """A line of the audit trail."""

    step: str
    """What was done."""

    value: float
    """The figure it gave."""

    unit: str
    """Its unit."""


class YearSums(Record):
    """Sums of a year."""

    year: int
    """The accounting year."""

    companies: int
    """Companies counted."""

    cafc_surplus: float
    """Company-average credits above nought."""

    cafc_deficit: float
    """Missing company-average credits."""

    nev_surplus: float
    """New-energy credits above nought."""

    nev_deficit: float
    """Missing new-energy credits."""

    offered: float
    """New-energy credits offered, carried ones included."""

    outside_need: float
    """Credits that must be bought."""

    ratio: float | None
    """The one over the other; `None` without need."""

    stored: float
    """Into the pool."""

    released: float
    """Out of the pool and used."""

    open: float
    """Deficits that stay open."""


class Sale(Record):
    """A sale of new-energy credits."""

    year: int
    """The accounting year."""

    seller: str
    """Who sells."""

    buyer: str
    """Who buys."""

    credits: float
    """How many."""


class Ledger(Record):
    """The whole ledger."""

    title: str
    """The study's title."""

    companies: Records[CompanyYear]
    """Companies and years, by year and id."""

    totals: list[YearSums | None]
    """Sums by year; `None` for a year of which some company is not known."""

    partial: list[str]
    """Why totals are missing."""

    trades: Records[Sale]
    """Sales."""

    weakest_status: Literal["read", "derived", "recalled", "assumption"]
    """The weakest status of all."""

    rules: Records[Citation]
    """The rows of the rules."""


__all__ = [
    "AuditLine",
    "Cleared",
    "CompanyYear",
    "Flows",
    "Ledger",
    "Sale",
    "YearSums",
]
