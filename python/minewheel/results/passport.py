"""Results of `passport`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Any, Literal

from ..records import Record, Records

class PackFootprint(Record):
    """The footprint of a pack."""

    stages: PackStages
    """Emissions by stage."""

    total_kg: float
    """Their sum."""

    usable_kwh: float
    """Energy that the new battery gives its user."""

    usable_is_given: bool
    """Whether the usable energy is given; else it is a share of the gross energy."""

    cycles_per_year: float
    """Full equivalent cycles in a year."""

    warranty_years: float
    """Years of the warranty."""

    delivered_kwh: float
    """Energy delivered over the warranted life."""

    kg_per_delivered_kwh: float
    """Emissions per kilowatt-hour delivered."""

    sea_km: float
    """Kilometres by sea that were counted."""

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


class Filled(Record):
    """One attribute that is filled."""

    attribute: str
    """Submodel and name, joined by a dot."""

    point: str
    """Where the law asks for it."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """How the value is known."""

    rests_on: str
    """What it rests on."""


class Open(Record):
    """One attribute that only the maker can fill."""

    attribute: str
    """Submodel and name, joined by a dot."""

    point: str
    """Where the law asks for it."""

    why: str
    """Why only the maker can fill it."""


class Passport(Record):
    """A passport as far as a model can write it."""

    car: str
    """The car whose pack it is of."""

    model: str
    """The standard and data model of the names."""

    submodels: dict[str, Any]
    """Filled attributes by submodel, by the names of the data model."""

    footprint: PackFootprint
    """The functional unit of the footprint, and its stages."""

    filled: Records[Filled]
    """What each filled attribute rests on."""

    maker_must_fill: Records[Open]
    """What only the maker can fill."""

    weakest_status: Literal["read", "derived", "recalled", "assumption"]
    """The weakest status of any filled attribute."""


__all__ = [
    "Filled",
    "Open",
    "PackFootprint",
    "PackStages",
    "Passport",
]
