"""Results of `fleet_run`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record, Records

class DriverLine(Record):
    """One year of what drives a study."""

    year: int
    """The year."""

    people: float | None
    """People, where the stock follows them."""

    vehicles_per_thousand: float | None
    """Counted vehicles per 1,000 people."""

    stock: float | None
    """Cars that people own."""

    new_cars: float
    """New cars in all."""

    electric_share: float | None
    """Share of electric ones."""


class YearLine(Record):
    """One product in one year."""

    year: int
    """The year."""

    product: str
    """The product."""

    stock: float
    """Cars at its end."""

    inflow: float
    """Cars that entered."""

    outflow: float
    """Cars that left."""

    extra_retirement: float
    """Of these, retired so that a wanted stock is met."""

    traded: float
    """Used cars in, less those out."""

    km: float
    """Kilometres driven."""

    electricity_gwh: float
    """Electricity at the wall in gigawatt-hours."""

    fuel_ml: float
    """Fuel in million litres."""

    production_t: float | None
    """Footprint of making the cars that entered, in t CO2e."""

    use_t: float | None
    """Footprint of driving on the year's grid, in t CO2e."""

    end_of_life_t: float | None
    """Footprint of giving up cars, in t CO2e."""


class PackLine(Record):
    """Packs of one product in one year, in gigawatt-hours as built."""

    year: int
    """The year."""

    product: str
    """The product."""

    in_cars_gwh: float
    """In cars at the end of the year."""

    fitted_gwh: float
    """Fitted in new cars."""

    replacements_gwh: float
    """Fitted in place of failed packs."""

    failed_gwh: float
    """Failed in cars that live on."""

    outlived_gwh: float
    """Left their car at home when it was given up."""

    exported_gwh: float
    """Left the country in given-up cars."""

    traded_gwh: float
    """Came in with used cars, less those that went out."""

    collected_gwh: float
    """Collected formally."""

    informal_gwh: float
    """Out of cars at home and not collected."""

    to_second_life_gwh: float
    """Into a second life."""

    in_second_life_gwh: float
    """In a second life at the end of the year."""

    recycled_gwh: float
    """Recycled after one life or two."""

    scrap_gwh: float
    """Scrap of making, recycled."""

    out_t: float
    """Mass of packs out of cars at home in tonnes."""

    out_age: float
    """Mean age of these in years."""


class MaterialLine(Record):
    """One element in one year, in tonnes."""

    year: int
    """The year."""

    element: str
    """Element or material."""

    body_demand_t: float
    """In new cars without their packs."""

    pack_demand_t: float
    """In packs made, with the scrap of making."""

    pack_stock_t: float
    """In packs in cars and in second life at the end of the year."""

    pack_recovered_t: float
    """Recovered from packs and scrap."""

    pack_lost_t: float
    """Lost in recycling."""

    pack_informal_t: float
    """In packs that were not collected."""

    pack_exported_t: float
    """In packs that left the country."""

    body_retired_t: float
    """In cars given up, without their packs."""

    body_recovered_t: float | None
    """Recovered of these, where the tables have a yield."""

    residual_t: float
    """What the balance of the packs leaves, in tonnes."""


class CapacityLine(Record):
    """One year of works."""

    year: int
    """The year."""

    made: Literal["cars", "cells"]
    """What is made."""

    asked: float
    """Asked of works by the study: cars, or gigawatt-hours of cells."""

    capacity: float
    """What works of the place can make in a year, in the same unit."""

    stated_for: int
    """Year for which the capacity is stated."""

    used: float
    """Asked over capacity."""


class CreditLine(Record):
    """The credits of one product's new cars in one year."""

    year: int
    """The year."""

    product: str
    """The product."""

    cars: float
    """New cars."""

    credit_per_car: float
    """Credit of one."""

    credits: float
    """Credits of all."""

    edition: str
    """The act."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """How well the weakest constant and figure of the car are known."""


class IntervalLine(Record):
    """The interval of one figure in one year."""

    year: int
    """The year."""

    figure: Literal["stock", "exits", "retired-packs", "demand", "recovered"]
    """Which figure."""

    of: str
    """Of which product or element."""

    best: float
    """At best estimates."""

    p5: float
    """Fifth percentile."""

    p50: float
    """Median."""

    p95: float
    """Ninety-fifth percentile."""


class FleetReport(Record):
    """A study run."""

    title: str
    """Its title."""

    place: str
    """Where."""

    drivers: Records[DriverLine]
    """What drives it, by year; empty where its products name their numbers."""

    years: Records[YearLine]
    """Cars by year and product."""

    packs: Records[PackLine]
    """Packs by year and product."""

    materials: Records[MaterialLine]
    """Elements by year."""

    load_gw: list[float]
    """Load of charging through a working day of the last year in GW, by hour, if the study names a profile."""

    capacity: Records[CapacityLine]
    """Cars and cells that the study asks of works, beside the capacity that is stated for the place; empty where none
    is."""

    credits: Records[CreditLine]
    """New-energy credits of the new cars, by year and product; empty outside China and in years without a rule."""

    intervals: Records[IntervalLine]
    """Intervals over draws of the tables, if they are asked for."""

    public_points: float | None
    """Public charging points that the electric cars of the last year ask for."""

    weakest_status: Literal["read", "derived", "recalled", "assumption"]
    """Weakest status that the figures rest on."""

    notices: list[str]
    """What a reader must know."""


class RegionalReport(Record):
    """What several places come to."""

    title: str
    """Its title."""

    place: str
    """Where."""

    drivers: Records[DriverLine]
    """What drives it, by year; empty where its products name their numbers."""

    years: Records[YearLine]
    """Cars by year and product."""

    packs: Records[PackLine]
    """Packs by year and product."""

    materials: Records[MaterialLine]
    """Elements by year."""

    load_gw: list[float]
    """Load of charging through a working day of the last year in GW, by hour, if the study names a profile."""

    capacity: Records[CapacityLine]
    """Cars and cells that the study asks of works, beside the capacity that is stated for the place; empty where none
    is."""

    credits: Records[CreditLine]
    """New-energy credits of the new cars, by year and product; empty outside China and in years without a rule."""

    intervals: Records[IntervalLine]
    """Intervals over draws of the tables, if they are asked for."""

    public_points: float | None
    """Public charging points that the electric cars of the last year ask for."""

    weakest_status: Literal["read", "derived", "recalled", "assumption"]
    """Weakest status that the figures rest on."""

    notices: list[str]
    """What a reader must know."""

    regions: Records[FleetReport]
    """Place by place; empty where there is only one."""


__all__ = [
    "CapacityLine",
    "CreditLine",
    "DriverLine",
    "FleetReport",
    "IntervalLine",
    "MaterialLine",
    "PackLine",
    "RegionalReport",
    "YearLine",
]
