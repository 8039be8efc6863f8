"""Cohorts of cars and packs through the years."""

from __future__ import annotations

import os

from . import _native
from ._native import Tables
from .cars import built_in
from .files import text_of
from .records import record_of
from .results.fleet import FleetReport


def run(study: str | os.PathLike[str], *, tables: Tables | None = None) -> FleetReport:
    """A study of cars, packs, energy, footprint and materials, given as a path to its TOML file or as its text.

    ``years`` holds stock, inflow and outflow in cars, electricity in GWh, fuel in million litres and footprint in tonnes
    CO2e; ``packs`` packs in GWh; ``materials`` elements in tonnes.
    """
    file, text = text_of(study, "study.toml")
    return record_of(FleetReport, _native.fleet_run(tables or built_in(), file, text))


__all__ = ["run"]
