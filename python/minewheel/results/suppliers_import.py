"""Results of `suppliers_import`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from ..records import Record, Records

class PartLine(Record):
    """One part of the car."""

    part: str
    """The part."""

    kg_co2e: float
    """The model's figure in kg CO2e a car."""

    delivered_share: float
    """The share that suppliers of the part deliver."""

    suppliers: int
    """Suppliers of the part."""

    second_tier: int
    """Suppliers of its products."""


class Imported(Record):
    """What an import found."""

    programme: str
    """The programme."""

    is_synthetic: bool
    """Whether it is made up."""

    car: str
    """The car."""

    suppliers: int
    """Works."""

    supplies: int
    """What they deliver."""

    measures: int
    """What they could change."""

    footprints: int
    """Footprints read."""

    with_footprint: int
    """Works that have sent a footprint."""

    with_energy: int
    """Works that have sent their energy."""

    named_share: float
    """The part of the production footprint that they hold."""

    parts: Records[PartLine]
    """Parts by the share of them that first-tier suppliers deliver."""

    notices: list[str]
    """What must be known."""


__all__ = [
    "Imported",
    "PartLine",
]
