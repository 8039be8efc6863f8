"""Results of `suppliers_status`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record, Records

class Progress(Record):
    """One year beside its target."""

    year: int
    """The year."""

    abated_kg: float
    """Avoided by what is done, in kg CO2e."""

    target_kg: float | None
    """The target in kg CO2e."""

    met_share: float | None
    """The part of the target that is met."""

    spent_usd: float
    """Money spent on what was done in the year, in USD."""

    budget_usd: float
    """The year's budget in USD."""


class SupplierState(Record):
    """One supplier's state."""

    supplier: str
    """The supplier."""

    tier: int
    """Steps from the car maker."""

    reported: Literal["footprint", "energy", "nothing"]
    """How its figure is known."""

    request: Literal["reported", "fulfilled", "rejected", "open", "not-asked"]
    """How far its request is."""

    measures_done: int
    """Measures done."""

    measures: int
    """Measures in all."""

    kg_co2e: float
    """What it holds, in kg CO2e a car."""


class ProgrammeStatus(Record):
    """The whole."""

    programme: str
    """The programme."""

    is_synthetic: bool
    """Whether it is made up."""

    primary_data_share: float
    """The part of the production footprint that rests on suppliers' primary data."""

    requests: dict[str, int]
    """Suppliers by the state of their requests."""

    measures_done: int
    """Measures done, of all."""

    measures: int
    """Measures."""

    progress: Records[Progress]
    """Years beside their targets."""

    suppliers: Records[SupplierState]
    """Suppliers, those that hold most first."""

    notices: list[str]
    """What must be known to read it."""


__all__ = [
    "ProgrammeStatus",
    "Progress",
    "SupplierState",
]
