"""Results of `disrupt`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from ..records import Record, Records

class Figures(Record):
    """Figures of a run."""

    cars_planned: float
    """Cars planned."""

    cars_built: float
    """Cars built."""

    cars_not_built: float
    """Cars not built by the end."""

    most_cars_waiting: float
    """Most cars waiting on a day."""

    cars_switched: float
    """Cars built with another chemistry."""

    days_to_shortage: float | None
    """Days from the first shock to the first car missed; `None`: no car is missed."""

    days_to_recovery: float | None
    """Days from the first shock until output is back for good; `None`: not within the study, or never short."""

    lowest_week: float
    """Lowest output over a week, as a share of plan."""

    extra_kg_co2e_per_car: float
    """Extra climate of a car built, in kg CO2e."""

    extra_t_co2e: float
    """Extra climate of all cars built, in t CO2e."""


class Binding(Record):
    """What the cars were lost to."""

    product: str
    """The product."""

    tier: str
    """Its tier."""

    share: float
    """Share of the lost car-days."""


class EnsembleFigures(Record):
    """Figures over an ensemble."""

    members: int
    """Members."""

    seed: int
    """Seed."""

    share_short: float
    """Share of members that miss a car."""

    share_recovered: float
    """Share of members that are short and recover within the study, of those that are short."""

    cars_not_built: Range
    """Cars not built by the end."""

    most_cars_waiting: Range
    """Most cars waiting."""

    days_to_shortage: Range | None
    """Days to the first shortage, of members that are short."""

    days_to_recovery: Range | None
    """Days to recovery, of members that recover."""

    extra_kg_co2e_per_car: Range
    """Extra climate of a car."""

    mass_error: float
    """Largest mass error."""


class Range(Record):
    """A figure over the members of an ensemble."""

    p5: float
    """Fifth percentile."""

    p50: float
    """Median."""

    p95: float
    """Ninety-fifth percentile."""


class Day(Record):
    """One day of the run at best estimates."""

    day: int
    """The day, from 0."""

    cars: float
    """Cars built."""

    share_of_plan: float
    """Over plan."""


class StudyReport(Record):
    """The answer."""

    title: str
    """The study's title."""

    year: int
    """The year."""

    days: int
    """Days simulated."""

    nodes: int
    """Nodes, pools and links of the system."""

    pools: int
    """Pools."""

    links: int
    """Links."""

    best: Figures
    """At best estimates."""

    binding: Records[Binding]
    """What binds, tightest first."""

    ensemble: EnsembleFigures | None
    """Over the ensemble, if the study has one."""

    mass_error: float
    """Largest gap of a product's balance over its throughput."""

    lowest_stock_days: float
    """Lowest stock in days of base use."""

    daily: Records[Day]
    """Every day at best estimates."""

    notices: list[str]
    """What must be known to read it."""


__all__ = [
    "Binding",
    "Day",
    "EnsembleFigures",
    "Figures",
    "Range",
    "StudyReport",
]
