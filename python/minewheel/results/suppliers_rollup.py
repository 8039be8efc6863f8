"""Results of `suppliers_rollup`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record, Records

class SupplierLine(Record):
    """One supplier in the sum."""

    supplier: str
    """Its id."""

    name: str
    """Its name."""

    place: str
    """Where it stands."""

    tier: int
    """Steps from the car maker: 1 delivers to it."""

    delivers: list[str]
    """What it delivers."""

    reported: Literal["footprint", "energy", "nothing"]
    """How its figure is known."""

    kg_co2e: float
    """What it holds, in kg CO2e a car, without what its suppliers of the programme hold."""

    modelled_kg_co2e: float
    """The model's figure for the same."""

    share: float
    """Its share of the production footprint."""

    primary_share: float
    """The part of its figure that rests on primary data."""

    deviation_kg_co2e: float
    """Standard deviation of its figure, in kg CO2e a car."""

    variance_share: float
    """Its share of the variance of the sum."""


class RollUp(Record):
    """The sum."""

    programme: str
    """The programme."""

    is_synthetic: bool
    """Whether it is made up."""

    car: str
    """The car."""

    year: int
    """The year."""

    production_kg: float
    """The production footprint with what suppliers report, in kg CO2e a car."""

    modelled_production_kg: float
    """The model's own."""

    suppliers_kg: float
    """What the programme's suppliers hold."""

    unnamed_kg: float
    """What no supplier of the programme delivers, and freight."""

    works_kg: float
    """The car maker's own plant."""

    primary_data_share: float
    """The part of the production footprint that rests on suppliers' primary data."""

    named_share: float
    """The part of it that suppliers of the programme hold."""

    deviation_kg: float
    """Standard deviation, in kg CO2e a car."""

    suppliers: Records[SupplierLine]
    """Suppliers, the largest first."""

    most_uncertain: list[str]
    """Ids by share of the variance, the largest first."""

    weakest_status: Literal["read", "derived", "recalled", "assumption"]
    """The weakest status of the model's figures."""

    notices: list[str]
    """What must be known to read it."""


__all__ = [
    "RollUp",
    "SupplierLine",
]
