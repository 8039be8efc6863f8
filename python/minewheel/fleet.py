"""Cohorts of cars and packs through the years."""

from __future__ import annotations

from typing import Literal

from ._native import Tables
from .asking import ask, file_of
from .files import FileLike
from .records import Records, record_of, records_of
from .results.fleet_adoption import Adoption
from .results.fleet_run import RegionalReport
from .results.fleet_stock import StockYear
from .results.fleet_survival import Calibration

Drivers = Literal["policy", "cost", "cost-and-packs"]


def run(study: FileLike, *, samples: int = 0, seed: int = 1, tables: Tables | None = None) -> RegionalReport:
    """A study of cars, packs, energy, footprint and materials, given as a path to its TOML file or as its text.

    ``years`` holds stock, inflow and outflow in cars, electricity in GWh, fuel in million litres and footprint in tonnes
    CO2e; ``packs`` packs in GWh; ``materials`` elements in tonnes. ``samples`` draws of the tables give ``intervals``. A study of
    several places is answered in sum, and place by place in ``regions``.
    """
    return record_of(RegionalReport, ask(tables, "fleet/run", {"study": file_of(study), "samples": samples, "seed": seed}))


def stock(
    *,
    inflow: FileLike | None = None,
    stock: FileLike | None = None,
    survival: FileLike,
    start: FileLike | None = None,
    trade: FileLike | None = None,
    strict_inflow: bool = False,
    tables: Tables | None = None,
) -> Records[StockYear]:
    """Stock from inflow, or inflow from stock, by year and series, through a table of survival. All are CSV.

    ``start`` is the stock by age before the first year, ``trade`` used cars in and out by age. ``strict_inflow`` refuses a
    stock that falls faster than cars retire instead of retiring more.
    """
    files = {"inflow": inflow, "stock": stock, "survival": survival, "start": start, "trade": trade}
    arguments = {key: file_of(file, "text") for key, file in files.items()}
    return records_of(StockYear, ask(tables, "fleet/stock", {**arguments, "strict_inflow": strict_inflow}))


def survival(place: str = "CN", *, until: int = 2023, horizon: int = 2035, tables: Tables | None = None) -> Calibration:
    """Survival fitted to registrations and stock up to a year, and what the data cannot tell apart by the horizon."""
    return record_of(Calibration, ask(tables, "fleet/survival", {"place": place, "until": until, "horizon": horizon}))


def adoption(
    place: str, *, until: int = 2024, to: int = 2036, drivers: Drivers = "cost", tables: Tables | None = None
) -> Adoption:
    """The electric share of sales, fitted up to a year, with its error in years past and an 80 % interval.

    ``drivers`` says what the model looks at; ``back_test`` is what it was worth before, ``others`` what the other models were.
    """
    return record_of(Adoption, ask(tables, "fleet/adoption", {"place": place, "until": until, "to": to, "drivers": drivers}))


__all__ = ["adoption", "run", "stock", "survival"]
