"""Questions about machines, supply, markets and owning. Each answers with typed objects over the JSON of its command."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ._native import Tables
from .asking import Many, ask, car_of, file_of, many, pairs
from .cars import CarLike
from .files import FileLike
from .records import Records, record_of, records_of
from .results.charging import ChargingYear
from .results.disrupt import StudyReport
from .results.drive_unit import UnitReport
from .results.market import MarketReport
from .results.motor import Machine
from .results.supply import SupplyReport
from .results.supply_sourcing import SourcingReport
from .results.tco import TcoCountry

Topology = Literal["ipm", "spm", "pma-synrm", "eesm", "induction", "srm"]
COUNTRIES = ("CN", "DE", "FR", "GB", "US", "JP", "KR", "IN", "BR", "NO")


def motor(
    topology: Topology | None = "ipm",
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
    """A machine of a specification, or, with ``topology=None``, one of every topology: sizes, materials, loss map, cost.

    ``power_kw`` and ``torque_nm`` are short-time ratings at the shaft; a torque left out is that of the usual ratio of top to
    base speed. ``car`` drives the machines on the ``cycle``; left out it is a compact car with 60 kWh. ``made_in`` is where the
    plant stands, ``country`` where the car is charged.
    """
    kind = {"compare": True} if topology is None else {"topology": topology}
    arguments = {
        **kind,
        "power_kw": power_kw,
        "torque_nm": torque_nm,
        "top_speed_rpm": top_speed_rpm,
        "voltage": voltage_v,
        "cooling": cooling,
        "inverter": inverter,
        "magnet": magnet,
        "steel": steel,
        "made_in": made_in,
        "country": country,
        "year": year,
        "method": method,
        "car": None if car is None else car_of(car),
        "cycle": cycle,
    }
    return records_of(Machine, ask(tables, "motor", arguments))


def drive_unit(
    topology: Topology = "ipm",
    *,
    second: Topology | None = None,
    power_kw: float = 150.0,
    torque_nm: float | None = None,
    top_speed_rpm: float = 16000.0,
    voltage_v: float = 400.0,
    car: CarLike | None = None,
    cycles: Many | None = None,
    country: str = "CN",
    year: int = 2024,
    tables: Tables | None = None,
) -> Records[UnitReport]:
    """Two machines in one unit against one machine and against two units: kg, Wh/km by cycle, magnet, footprint, break-even.

    ``second`` is the topology of the second machine; left out it is that of the first.
    """
    arguments = {
        "topology": topology,
        "second": second,
        "power_kw": power_kw,
        "torque_nm": torque_nm,
        "top_speed_rpm": top_speed_rpm,
        "voltage": voltage_v,
        "car": None if car is None else car_of(car),
        "cycle": many(cycles),
        "country": country,
        "year": year,
    }
    return records_of(UnitReport, ask(tables, "drive-unit", arguments))


def supply(
    subject: CarLike,
    *,
    buyer: str | None = None,
    on: str = "CN",
    year: int = 2024,
    trade: FileLike | None = None,
    tables: Tables | None = None,
) -> SupplyReport:
    """The tiers of a car's materials, or of one material, and who depends on whom.

    ``subject`` is a car, a material (``lithium``) or a commodity (``gallium``); ``buyer`` whose supply it is: left out the
    country that makes the car, or ``EU27``; ``on`` the place whose weight is asked about. ``trade`` is a CSV
    ``commodity,tier,reporter,flow,partner,kg`` of your own, in kg.
    """
    arguments = {"name": car_of(subject), "for": buyer, "on": on, "year": year, "trade": file_of(trade, "text")}
    return record_of(SupplyReport, ask(tables, "supply", arguments))


def sourcing(
    car: CarLike,
    *,
    ban: Many | None = None,
    cap: Mapping[str, float] | None = None,
    content: Mapping[str, float] | None = None,
    friends: Many | None = None,
    tier: Many | None = None,
    part: Literal["car", "battery"] = "car",
    objective: Literal["carbon", "cost", "nearest"] = "nearest",
    volume: float | None = None,
    year: int = 2024,
    tables: Tables | None = None,
) -> SourcingReport:
    """Who may supply a car under rules: whether anybody can, what it costs in money and carbon, which tier binds.

    ``ban`` names places that must not supply, ``cap`` the largest share of a place in any market, ``content`` its least,
    ``friends`` the only places that may; ``tier`` keeps the rules to some tiers. ``volume`` is the buyer's part of the world's
    need.
    """
    arguments = {
        "name": car_of(car),
        "ban": many(ban),
        "cap": pairs(cap),
        "content": pairs(content),
        "friends": None if friends is None else ",".join(many(friends) or []),
        "tier": many(tier),
        "part": part,
        "objective": objective,
        "volume": volume,
        "year": year,
    }
    return record_of(SourcingReport, ask(tables, "supply", arguments))


def disrupt(
    study: FileLike,
    *,
    members: int | None = None,
    seed: int | None = None,
    tables: Tables | None = None,
) -> StudyReport:
    """What stops when a supplier stops: a study in kilograms and days, given as a path to its TOML file or as its text.

    ``members`` is the size of the ensemble and ``seed`` that of its draws; left out those of the study. Paths of cars in
    the study count from its own folder.
    """
    arguments = {"study": file_of(study), "members": members, "seed": seed}
    return record_of(StudyReport, ask(tables, "disrupt", arguments))


def market(
    place: str,
    first: str | int,
    last: str | int,
    *,
    by: Literal["month", "quarter", "half", "year"] | None = None,
    indicators: Many | None = None,
    holders: bool = False,
    series: FileLike | None = None,
    tables: Tables | None = None,
) -> MarketReport:
    """What was built, sold, exported, registered and charged in a place, and what does not add up.

    ``first`` and ``last`` are periods: ``2023-01``, ``2023-Q1``, ``2023-H1``, ``2023``. ``by`` is the length of a period; left
    out years if the span holds whole years only, else halves. ``indicators`` keeps some; ``holders`` adds series of single
    companies. ``series`` is a table of your own, a CSV ``indicator,period,value,unit``.
    """
    arguments = {
        "place": place,
        "from": str(first),
        "to": str(last),
        "by": by,
        "indicators": many(indicators),
        "holders": holders,
        "series": file_of(series, "text"),
    }
    return record_of(MarketReport, ask(tables, "market", arguments))


def tco(
    battery: CarLike | None = None,
    fuel: CarLike | None = None,
    *,
    countries: Iterable[str] = COUNTRIES,
    first_year: int = 2018,
    last_year: int = 2035,
    tables: Tables | None = None,
) -> Records[TcoCountry]:
    """A battery car beside a fuel car by country and year: cost of owning in USD per km, and when it draws level.

    Without cars, the pairs of every segment of the tables.
    """
    arguments = {
        "battery": None if battery is None else car_of(battery),
        "fuel": None if fuel is None else car_of(fuel),
        "countries": [*countries],
        "from": first_year,
        "to": last_year,
    }
    return records_of(TcoCountry, ask(tables, "tco", arguments))


def charging(
    car: CarLike,
    *,
    cars: int = 10_000,
    strategy: str = "uncontrolled",
    tariff: str | None = None,
    signal: FileLike | None = None,
    connected: float = 1.0,
    home_kw: float = 7.0,
    country: str = "CN",
    km_per_year: float | None = None,
    seed: int = 1,
    tables: Tables | None = None,
) -> ChargingYear:
    """Many cars driven and charged through a year in steps of a quarter of an hour: energy, load by hour, carbon.

    ``strategy`` is when they charge, ``tariff`` the cheap hours (``23-7``), ``signal`` a CSV that smart charging follows,
    ``connected`` the share of cars that follow, ``home_kw`` the power of a wall box.
    """
    arguments = {
        "car": car_of(car),
        "cars": cars,
        "strategy": strategy,
        "tariff": tariff,
        "signal": file_of(signal, "text"),
        "connected": connected,
        "home_kw": home_kw,
        "country": country,
        "km_per_year": km_per_year,
        "seed": seed,
    }
    return record_of(ChargingYear, ask(tables, "charging", arguments))


__all__ = ["COUNTRIES", "charging", "disrupt", "drive_unit", "market", "motor", "sourcing", "supply", "tco"]
