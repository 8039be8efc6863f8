"""Results of `pack_life`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record, Records
from .assess import Interval

class Pack(Record):
    """The pack of a car: how long it lasts, and what a kilowatt-hour that it delivers costs the climate."""

    car: str
    """Id of the car."""

    chemistry: str
    """Cell chemistry."""

    km_per_year: float
    """Distance in a year."""

    electric_share: float
    """Share of it driven on the battery: 1 for battery cars, the utility factor of plug-in hybrids."""

    range_km: float
    """Range on the official cycle."""

    cycles_per_year: float
    """Equivalent full cycles a year of the new pack."""

    first_life_ends_at: float
    """Capacity at which the first life ends."""

    first_life_years: float
    """Years until then; 60 is the longest computed."""

    years_to_80_percent: float
    """Years until a fifth of the capacity is gone."""

    field_reaches_years: float
    """Age of the oldest cars that the field data holds: what is said of a pack beyond it is extrapolated."""

    packs_over_life: float
    """Packs that the car's life takes, at least one."""

    footprint: PackFootprint | None
    """Its footprint by stage, and by kilowatt-hour delivered; `null`: the chemistry is not followed to its end."""


class PackFootprint(Record):
    """The footprint of a pack."""

    stages: PackStages
    """Emissions by stage."""

    total_kg: float
    """Their sum."""

    saved_by_recycling_kg: float
    """What the products of recycling would save; in no stage."""

    usable_kwh: float
    """Energy that the new battery gives its user."""

    usable_is_given: bool
    """Whether the usable energy is given; else it is a share of the gross energy."""

    cycles_per_year: float
    """Full equivalent cycles in a year of the functional unit."""

    warranty_years: float
    """Years of the warranty."""

    delivered_kwh: float
    """Energy delivered over the warranted life."""

    kg_per_delivered_kwh: float
    """Emissions per kilowatt-hour delivered over the warranted life."""

    spans: Records[Span]
    """The same, and over longer spans, with intervals."""

    sea_km: float
    """Kilometres by sea that were counted."""

    basis: Records[Basis]
    """What the energy delivered rests on."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """The weakest status of a chain that carries part of the total."""


class PackStages(Record):
    """Emissions of the four stages."""

    raw_materials_kg: float
    """Raw material acquisition and pre-processing."""

    production_kg: float
    """Main product production."""

    distribution_kg: float
    """Distribution."""

    end_of_life_kg: float
    """End of life and recycling."""


class Span(Record):
    """A span of a pack's life, and its footprint per kilowatt-hour delivered in it."""

    span: Literal["declared", "in-car", "with-second-life"]
    """Which span."""

    years: float
    """Years."""

    years_drawn: Interval
    """The same with its interval: a life is known far less well than what it is made of."""

    delivered_kwh: float
    """Energy delivered by the battery."""

    kg_per_kwh: Interval
    """All four stages, in kg CO2e a kWh delivered."""

    with_credits_kg_per_kwh: Interval
    """As `kg_per_kwh`, less the primary materials that recycling saves."""


class Basis(Record):
    """A number that the energy delivered rests on."""

    quantity: str
    """What it is."""

    value: float
    """The number."""

    unit: str
    """Its unit."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """How it is known."""

    source: str
    """Key of its source; `given`: the question or the car file."""

    locator: str
    """Where in the source."""


__all__ = [
    "Basis",
    "Pack",
    "PackFootprint",
    "PackStages",
    "Span",
]
