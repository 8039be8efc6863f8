"""Questions about machines, supply, markets and owning. Each answers with typed objects over the JSON of its command."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from . import _native
from ._native import Tables
from .cars import CarLike, built_in, native_car
from .files import text_of
from .records import Records, record_of, records_of
from .results.disrupt import StudyReport
from .results.market import MarketReport
from .results.motor import Machine
from .results.supply import SupplyReport
from .results.tco import TcoCountry

Topology = Literal["ipm", "spm", "pma-synrm", "eesm", "induction", "srm"]
TOPOLOGIES: tuple[Topology, ...] = ("ipm", "spm", "pma-synrm", "eesm", "induction", "srm")
COUNTRIES = ("CN", "DE", "FR", "GB", "US", "JP", "KR", "IN", "BR", "NO")


def motor(
    topologies: Topology | Iterable[Topology] = "ipm",
    *,
    power_kw: float = 150.0,
    torque_nm: float | None = None,
    top_speed_rpm: float = 16000.0,
    voltage_v: float = 400.0,
    cooling: Literal["jacket", "oil"] = "oil",
    inverter: Literal["igbt", "sic"] = "igbt",
    magnet: str | None = None,
    steel: str = "m235-35a",
    made_in: str = "CN",
    country: str = "CN",
    year: int = 2024,
    method: str = "ar6-gwp100",
    car: CarLike | None = None,
    cycle: str = "wltc3b",
    tables: Tables | None = None,
) -> Records[Machine]:
    """Machines of one specification, one a topology: sizes, materials, loss map, footprint, cost.

    ``power_kw`` and ``torque_nm`` are short-time ratings at the shaft; a torque left out is that of the usual ratio of top to
    base speed. ``car`` drives the machines on the ``cycle``; left out it is a compact car with 60 kWh. ``made_in`` is where the
    plant stands, ``country`` where the car is charged. :data:`minewheel.TOPOLOGIES` compares all kinds.
    """
    known = tables or built_in()
    options: _native.MotorOptions = {
        "topologies": [topologies] if isinstance(topologies, str) else [*topologies],
        "power_kw": power_kw,
        "torque_nm": torque_nm,
        "top_speed_rpm": top_speed_rpm,
        "voltage_v": voltage_v,
        "cooling": cooling,
        "inverter": inverter,
        "magnet": magnet,
        "steel": steel,
        "made_in": made_in,
        "country": country,
        "year": year,
        "method": method,
        "cycle": cycle,
    }
    return records_of(Machine, _native.motor(known, native_car(car, known) if car is not None else None, options))


def supply(
    subject: CarLike,
    *,
    buyer: str | None = None,
    on: str = "CN",
    year: int = 2024,
    trade: str | os.PathLike[str] | None = None,
    tables: Tables | None = None,
) -> SupplyReport:
    """The tiers of a car's materials, or of one material, and who depends on whom.

    ``subject`` is a car, a material (``lithium``) or a commodity (``gallium``); ``buyer`` whose supply it is: left out the
    country that makes the car, or ``EU27``; ``on`` the place whose weight is asked about. ``trade`` is a CSV
    ``commodity,tier,reporter,flow,partner,kg`` of your own, in kg.
    """
    known = tables or built_in()
    is_material = isinstance(subject, str) and _native.is_material(known, subject)
    material = str(subject) if is_material else None
    car = None if is_material else native_car(subject, known)
    own = None if trade is None else text_of(trade, "trade.csv")
    return record_of(SupplyReport, _native.supply(known, material, car, buyer, on, year, own))


def disrupt(
    study: str | os.PathLike[str],
    *,
    members: int | None = None,
    seed: int | None = None,
    tables: Tables | None = None,
) -> StudyReport:
    """What stops when a supplier stops: a study in kilograms and days, given as a path to its TOML file or as its text.

    ``members`` is the size of the ensemble and ``seed`` that of its draws; left out those of the study. Paths of cars in
    the study count from its own folder.
    """
    known = tables or built_in()
    file, text = text_of(study, "study.toml")
    folder = Path(file).parent

    def car(name: str) -> _native.Car:
        return native_car(folder / name if name.lower().endswith(".toml") or "/" in name else name, known)

    cars = {name: car(name) for name in _native.disrupt_cars(file, text)}
    return record_of(StudyReport, _native.disrupt(known, file, text, cars, members, seed))


def market(
    place: str,
    first: str | int,
    last: str | int,
    *,
    by: Literal["month", "quarter", "half", "year"] | None = None,
    indicators: str | Iterable[str] = (),
    holders: bool = False,
    series: str | os.PathLike[str] | None = None,
    tables: Tables | None = None,
) -> MarketReport:
    """What was built, sold, exported, registered and charged in a place, and what does not add up.

    ``first`` and ``last`` are periods: ``2023-01``, ``2023-Q1``, ``2023-H1``, ``2023``. ``by`` is the length of a period; left
    out years if the span holds whole years only, else halves. ``indicators`` keeps some; ``holders`` adds series of single
    companies. ``series`` is a table of your own, a CSV ``indicator,period,value,unit``.
    """
    options: _native.MarketOptions = {
        "place": place,
        "first": str(first),
        "last": str(last),
        "by": by,
        "indicators": [indicators] if isinstance(indicators, str) else [*indicators],
        "holders": holders,
        "own": None if series is None else text_of(series, "series.csv"),
    }
    return record_of(MarketReport, _native.market(tables or built_in(), options))


def tco(
    battery: CarLike,
    fuel: CarLike,
    *,
    countries: Iterable[str] = COUNTRIES,
    first_year: int = 2018,
    last_year: int = 2035,
    tables: Tables | None = None,
) -> Records[TcoCountry]:
    """A battery car beside a fuel car by country and year: cost of owning in USD per km, and when it draws level."""
    known = tables or built_in()
    cars = native_car(battery, known), native_car(fuel, known)
    return records_of(TcoCountry, _native.tco(known, *cars, [*countries], first_year, last_year))


__all__ = ["COUNTRIES", "TOPOLOGIES", "disrupt", "market", "motor", "supply", "tco"]
