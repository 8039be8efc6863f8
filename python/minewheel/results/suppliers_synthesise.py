"""Results of `suppliers_synthesise`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from ..records import Record

class Made(Record):
    """A chain that was made up."""

    suppliers: int
    """Suppliers."""

    files: dict[str, str]
    """Texts of the files by their names in the programme's folder."""


__all__ = [
    "Made",
]
