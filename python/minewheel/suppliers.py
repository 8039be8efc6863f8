"""A programme with hundreds of suppliers: what it covers, who holds the carbon, who does what and when.

A programme is a folder (``programme.toml``, ``suppliers.csv``, ``supplies.csv``, ``measures.csv``, ``footprints/``,
``requests/``), or the texts of its files by name.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, TypeAlias

from ._native import Tables
from .asking import Many, ask, car_of, many
from .cars import CarLike
from .records import Records, record_of, records_of
from .results.suppliers_import import Imported
from .results.suppliers_plan import Plan
from .results.suppliers_request import Request
from .results.suppliers_rollup import RollUp
from .results.suppliers_status import ProgrammeStatus
from .results.suppliers_synthesise import Made

Programme: TypeAlias = "str | os.PathLike[str] | Mapping[str, str]"
"""The folder of a programme, or the texts of its files by name."""


def read(programme: Programme, *, tables: Tables | None = None) -> Imported:
    """What a programme holds, what is wrong with it, and what of the car it covers."""
    return record_of(Imported, ask(tables, "suppliers/import", _folder(programme)))


def rollup(programme: Programme, *, tables: Tables | None = None) -> RollUp:
    """The car's footprint in kg CO2e with what suppliers report: primary data share, who holds most carbon and most doubt."""
    return record_of(RollUp, ask(tables, "suppliers/rollup", _folder(programme)))


def plan(
    programme: Programme, *, without: Many | None = None, budget_usd: float | None = None, tables: Tables | None = None
) -> Plan:
    """Which works does what and when, under budgets and targets, with the bound that no plan can beat.

    ``without`` plans as if these suppliers were not there; ``budget_usd`` is that of each year, in place of the programme's.
    """
    arguments = {**_folder(programme), "without": many(without), "budget": budget_usd}
    return record_of(Plan, ask(tables, "suppliers/plan", arguments))


def request(
    programme: Programme, *, to: Many | None = None, at: str | None = None, tables: Tables | None = None
) -> Records[Request]:
    """Requests for footprints down the tree, as PACT events. ``at`` is their time, RFC 3339."""
    return records_of(Request, ask(tables, "suppliers/request", {**_folder(programme), "to": many(to), "at": at}))


def status(programme: Programme, *, tables: Tables | None = None) -> ProgrammeStatus:
    """Where the programme stands: who was asked, who reported, and the way to its targets."""
    return record_of(ProgrammeStatus, ask(tables, "suppliers/status", _folder(programme)))


def synthesise(car: CarLike, *, count: int = 220, seed: int = 1, year: int = 2025, tables: Tables | None = None) -> Made:
    """A made-up chain of suppliers of a car, declared as such: the texts of its files, for :func:`plan` and the others."""
    arguments = {"car": car_of(car), "count": count, "seed": seed, "year": year}
    return record_of(Made, ask(tables, "suppliers/synthesise", arguments))


def _folder(programme: Programme) -> dict[str, Any]:
    return {"folder": {"files": dict(programme)} if isinstance(programme, Mapping) else programme}


__all__ = ["Programme", "plan", "read", "request", "rollup", "status", "synthesise"]
