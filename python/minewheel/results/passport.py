"""Results of `passport`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Any, Literal

from ..records import Record, Records
from .pack_life import PackFootprint

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
    "Passport",
]
