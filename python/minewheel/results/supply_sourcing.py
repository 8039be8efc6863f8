"""Results of `supply_sourcing`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record, Records

class Gap(Record):
    """A market without enough supply."""

    product: str
    """The product."""

    tier: str
    """Its tier."""

    lacks_share: float
    """The share of what passes the market that nobody may or can make."""

    lacks: float
    """The same for one car."""

    unit: str
    """In this unit."""


class Totals(Record):
    """Climate and cost of production."""

    climate_kg: float
    """Climate in kg CO2e by car."""

    cost_over_china_usd: float
    """Cost over making every priced product in China, in USD by car."""


class Solved(Record):
    """One way to source."""

    objective: Literal["carbon", "cost", "nearest"]
    """What was made least."""

    climate_kg: float
    """Climate in kg CO2e by car."""

    cost_over_china_usd: float
    """Cost over making every priced product in China, in USD by car."""

    extra_climate_kg: float
    """Climate over the open market, in kg CO2e by car."""

    extra_cost_usd: float
    """Cost over the open market, in USD by car."""

    binding: Records[Binding]
    """What binds, the dearest first; empty for the nearest."""

    binding_tier: str | None
    """The tier whose rule or capacity is dearest."""


class Binding(Record):
    """What a rule or a country's works hold back."""

    tier: str
    """The tier."""

    product: str
    """The product."""

    rule: str
    """The rule: `ban CN`, `not a friend CN`, `cap CN 0.5`, `content US 0.6`, `capacity KR`."""

    gain_per_percent: float
    """By how much the objective would fall if one hundredth of the market were free of it, in kg CO2e or USD by car."""


class SourcedTier(Record):
    """One market, open and sourced."""

    tier: str
    """The tier."""

    product: str
    """The product."""

    unit: str
    """The unit."""

    open_amount: float
    """What passes it for one car at the open market's shares."""

    amount: float
    """What passes it as sourced."""

    open_shares: dict[str, float]
    """Shares by country on the open market."""

    shares: dict[str, float]
    """Shares by country as sourced."""

    moved_share: float
    """The part that changed its country."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """How well the open shares are known."""


class SourcingReport(Record):
    """The answer."""

    car: str
    """The car."""

    part: Literal["car", "battery"]
    """Whose supply."""

    year: int
    """The year."""

    rules: list[str]
    """The rules in words."""

    volume: float
    """The buyer's part of the world's need."""

    is_feasible: bool
    """Whether every market finds enough makers at that volume."""

    largest_volume: float | None
    """The largest part of the world's need that can be sourced so; none where no capacity binds, nought where a rule
    leaves a market without any maker."""

    solved_volume: float | None
    """The volume that the solutions are for; none if there is no solution."""

    gaps: Records[Gap]
    """Markets that lack supply at the volume asked."""

    open: Totals
    """The open market."""

    without_rules: Totals | None
    """The nearest to it that countries' works leave at the solved volume without any rule: what capacities do by
    themselves."""

    solutions: Records[Solved]
    """Ways to source: least carbon, least cost, nearest to the open market."""

    objective: Literal["carbon", "cost", "nearest"]
    """Which of them the tiers below show."""

    tiers: Records[SourcedTier]
    """Markets, open and sourced."""

    unpriced: list[str]
    """Products without a price: their place changes no cost here."""

    without_premium: list[str]
    """Products with a price for which no table says what a place adds."""

    of_unknown_origin: list[str]
    """Products whose makers no table names: no rule reaches them."""

    weakest_status: Literal["read", "derived", "recalled", "assumption"]
    """The weakest status of shares and premiums."""

    notices: list[str]
    """What must be known to read it."""


__all__ = [
    "Binding",
    "Gap",
    "Solved",
    "SourcedTier",
    "SourcingReport",
    "Totals",
]
