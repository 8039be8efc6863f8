"""Results of `age`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from ..records import Record, Records

class Year(Record):
    """One year of a cell."""

    year: int
    """The year, 1 for the first."""

    capacity: float
    """Capacity over that of the new cell."""

    cycles: float
    """Equivalent full cycles so far."""


class CellLife(Record):
    """A cell over the years."""

    cell: str
    """Id of the cell law."""

    years: Records[Year]
    """Capacity at the end of each year."""

    warnings: list[str]
    """What the result must not be read without."""


__all__ = [
    "CellLife",
    "Year",
]
