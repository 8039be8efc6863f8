"""Results of `pack_life`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from ..records import Record

class PackLife(Record):
    """The first life of a car's pack."""

    car: str
    """Id of the car."""

    chemistry: str
    """Cell chemistry."""

    km_per_year: float
    """Electric distance in a year."""

    range_km: float
    """Range on the official cycle."""

    cycles_per_year: float
    """Equivalent full cycles a year of the new pack."""

    first_life_ends_at: float
    """Capacity at which the first life ends."""

    first_life_years: float
    """Years until then; 60 is the longest computed."""

    packs_over_life: float
    """Packs that the car's life takes, at least one."""


__all__ = [
    "PackLife",
]
