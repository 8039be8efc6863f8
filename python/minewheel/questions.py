"""Questions about cars and packs. Each answers with typed objects over the JSON of the command of the same name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from ._native import Tables
from .asking import Many, ask, car_of, cars_of, file_of, many, pairs
from .cars import CarLike
from .files import FileLike
from .records import Records, record_of, records_of
from .results.age import CellLife
from .results.assess import Assessment
from .results.battery import BatteryReport
from .results.body import BodyReport
from .results.charge import CarCharge
from .results.drive import Drive
from .results.explain import Explanation
from .results.pack_life import Pack
from .results.passport import Passport
from .results.performance import CarPerformance
from .results.plant import PlantReport
from .results.range import RangeByRule
from .results.recycle import RecycleReport
from .results.trip import CarTrip

UseBasis = Literal["official", "real-world"]
Grid = Literal["static", "pathway"]
Preset = Literal["cut-off", "avoided-burden", "cff"]


def assess(
    cars: CarLike | Iterable[CarLike],
    *,
    country: str | None = None,
    year: int = 2025,
    cycle: str = "auto",
    km: float | None = None,
    use: UseBasis = "official",
    grid: Grid = "static",
    preset: Preset = "cut-off",
    method: str = "ar6-gwp100",
    samples: int = 200,
    seed: int = 1,
    resample: Literal["all", "car"] = "all",
    places: bool = True,
    background: str | os.PathLike[str] | None = None,
    background_mapping: str | os.PathLike[str] | None = None,
    background_cut_off: bool = False,
    background_allocation: str | None = None,
    tables: Tables | None = None,
) -> Records[Assessment]:
    """Climate footprint, cost, materials and their origin over the life of cars.

    ``country`` is where the cars drive: an ISO country, a Chinese province (``CN-YN``) or a group (``EU27``); left out it
    is what the first car's file says, else ``CN``. ``km`` is the distance over life; left out the table's. ``use`` is
    consumption as in the test or as measured in traffic; ``grid`` that of charging, held or moving over the car's life.
    ``samples`` draws lie behind each interval; 0 gives best estimates alone. Cars of one call share their draws, so that
    ``difference_to_first`` has an interval of its own. Without ``places`` the rows of ``climate_by_stage`` have no country, and the
    answer comes sooner. ``background`` is the path of a life-cycle database of your own that
    stands behind the car, linked by the file ``background_mapping``; ``background_cut_off`` lets inputs that nobody supplies
    cost nothing, ``background_allocation`` says how co-products share burdens (``economic``, ``physical``, …).

    >>> id3, golf = assess(["vw-id3-58", "vw-golf-15tsi"], country="DE", samples=0)
    >>> id3.climate.total_g_per_km.value < golf.climate.total_g_per_km.value
    True
    """
    draws = {"no_interval": True} if samples == 0 else {"samples": samples}
    scenario = _scenario(country, year, cycle, km, use, grid, preset, method)
    arguments = {"cars": cars_of(cars), **draws, "seed": seed, "resample": resample, "no_places": not places, **scenario}
    database = {
        "background": background,
        "background_mapping": background_mapping,
        "background_cut_off": background_cut_off or None,
        "background_allocation": background_allocation,
    }
    return records_of(Assessment, ask(tables, "assess", arguments | database))


def explain(
    car: CarLike,
    of: str = "climate",
    *,
    stage: str | None = None,
    depth: int = 4,
    cut_percent: float = 1.0,
    country: str | None = None,
    year: int = 2025,
    cycle: str = "auto",
    km: float | None = None,
    use: UseBasis = "official",
    grid: Grid = "static",
    preset: Preset = "cut-off",
    method: str = "ar6-gwp100",
    tables: Tables | None = None,
) -> Explanation:
    """From a figure of a car down to the table rows it rests on: a tree with source and status at each node.

    ``of`` is climate, energy, cost, or a material such as lithium; ``stage`` keeps one stage of the life
    (``battery-materials``). ``depth`` counts levels below the parts of the car; branches below ``cut_percent`` of the
    whole are summed up.
    """
    scenario = _scenario(country, year, cycle, km, use, grid, preset, method)
    arguments = {"car": car_of(car), "of": of, "stage": stage, "depth": depth, "cut": cut_percent, **scenario}
    return record_of(Explanation, ask(tables, "explain", arguments))


def drive(
    cars: CarLike | Iterable[CarLike],
    cycles: Many = "auto",
    *,
    ambient_c: float | None = None,
    tyre_pressure: float | None = None,
    altitude_m: float | None = None,
    headwind_m_s: float | None = None,
    slope: float | None = None,
    payload_kg: float | None = None,
    soc: float | None = None,
    charge_kw: float | None = None,
    use: UseBasis = "official",
    sensitivity: bool = False,
    tables: Tables | None = None,
) -> Records[Drive]:
    """Every car on every cycle, second by second.

    A cycle is a name (``wltc3b``), a CSV file with ``time_s,speed_km_h``, or ``auto``. What is left out is that of the
    test: ``ambient_c`` in °C, ``tyre_pressure`` over what the maker asks for, ``altitude_m`` above the sea, ``headwind_m_s``
    (negative from behind), ``slope`` as rise over run, ``payload_kg`` beyond the mass of the test, ``soc`` at the start,
    0 to 1, ``charge_kw`` at the wall. ``sensitivity`` adds derivatives of the energy per kilometre.
    """
    arguments = {
        "cars": cars_of(cars),
        "cycle": many(cycles),
        "ambient_c": ambient_c,
        "tyre_pressure": tyre_pressure,
        "altitude_m": altitude_m,
        "headwind_m_s": headwind_m_s,
        "slope": slope,
        "payload_kg": payload_kg,
        "soc": soc,
        "charge_kw": charge_kw,
        "use": use,
        "sensitivity": sensitivity,
    }
    return records_of(Drive, ask(tables, "drive", arguments))


def range_(
    cars: CarLike | Iterable[CarLike], *, label_factor: float | None = None, tables: Tables | None = None
) -> Records[RangeByRule]:
    """Range in km and consumption in kWh/100 km by the rules of the EU, China, the US, and the old European cycle.

    ``label_factor`` is that of the US label from the maker's five-cycle data; left out that of the two-cycle label.
    """
    return records_of(RangeByRule, ask(tables, "range", {"cars": cars_of(cars), "label_factor": label_factor}))


def battery(
    car: CarLike | None = None,
    *,
    chemistry: str | None = None,
    energy_kwh: float | None = None,
    cell_format: Literal["prismatic", "pouch", "cylindrical"] | None = None,
    silicon_share: float | None = None,
    areal_capacity_mah_cm2: float | None = None,
    porosity: float | None = None,
    np_ratio: float | None = None,
    foil_um: float | tuple[float, float] | None = None,
    electrolyte_g_ah: float | None = None,
    cathode_capacity_mah_g: float | None = None,
    pack: Literal["ctm", "ctp"] | None = None,
    made_in: str | None = None,
    country: str | None = None,
    warranty_years: float | None = None,
    year: int = 2025,
    stages: Mapping[str, str] | None = None,
    routes: Mapping[str, str] | None = None,
    recycled_content: Mapping[str, float] | None = None,
    prices_usd_per_t: Mapping[str, float] | None = None,
    price_factors: Mapping[str, float] | None = None,
    method: str = "ar6-gwp100",
    samples: int = 200,
    seed: int = 1,
    resample: Literal["all", "pack"] = "all",
    tables: Tables | None = None,
) -> BatteryReport:
    """A pack from its cell: design, footprint by stage and place, price by block, life.

    Of a ``car``, or of a ``chemistry`` and a gross ``energy_kwh`` (60 kWh if left out). What is left out of the cell is
    that of the chemistry's usual cell: ``silicon_share`` of the anode's active mass, ``areal_capacity_mah_cm2`` of one
    side, ``porosity`` of both coatings, ``np_ratio`` of anode over cathode capacity, ``foil_um`` of the foils or of anode and cathode, electrolyte in g/Ah,
    capacity of the cathode material in mAh/g. ``country`` is where the pack is sold and ``warranty_years`` what its maker
    warrants, over which the EU declares the footprint of a kilowatt-hour delivered. ``stages`` says where a stage is made (``{"cathode": "KR"}``), ``routes`` how
    (``{"nickel": "rkef-matte"}``), ``recycled_content`` the share of a metal from recycled packs, ``prices_usd_per_t`` the
    price of a material in USD a tonne, ``price_factors`` a factor on a metal's price.
    """
    foils = foil_um if foil_um is None or isinstance(foil_um, tuple) else (foil_um,)
    arguments = {
        "car": None if car is None else car_of(car),
        "chemistry": chemistry,
        "energy_kwh": energy_kwh,
        "format_cell": cell_format,
        "silicon_share": silicon_share,
        "areal_capacity_mah_cm2": areal_capacity_mah_cm2,
        "porosity": porosity,
        "np": np_ratio,
        "cell_foil": None if foils is None else ",".join(map(str, foils)),
        "electrolyte_g_ah": electrolyte_g_ah,
        "cathode_capacity_mah_g": cathode_capacity_mah_g,
        "pack": pack,
        "made_in": made_in,
        "country": country,
        "warranty_years": warranty_years,
        "year": year,
        "stage": pairs(stages),
        "route": pairs(routes),
        "recycled_content": pairs(recycled_content),
        "price": pairs(prices_usd_per_t),
        "price_shock": pairs(price_factors, "*"),
        "method": method,
        "samples": samples,
        "seed": seed,
        "resample": resample,
    }
    return record_of(BatteryReport, ask(tables, "battery", arguments))


def charge(
    cars: CarLike | Iterable[CarLike],
    *,
    station_kw: float | None = None,
    ac_kw: float | None = None,
    from_percent: float = 10.0,
    to_percent: float = 80.0,
    ambient_c: float = 23.0,
    pack_c: float | None = None,
    prepared: bool = False,
    tables: Tables | None = None,
) -> Records[CarCharge]:
    """Cars at a station or a wall: minutes, losses, the curve.

    ``station_kw`` is what a direct-current station can give (150 kW if neither is given), ``ac_kw`` what the wall can.
    ``pack_c`` is the pack's temperature in °C at the start, left out that of the air; ``prepared`` has it warmed on the way.
    """
    arguments = {
        "cars": cars_of(cars),
        "station_kw": station_kw,
        "ac_kw": ac_kw,
        "from": from_percent,
        "to": to_percent,
        "ambient_c": ambient_c,
        "pack_c": pack_c,
        "prepared": prepared,
    }
    return records_of(CarCharge, ask(tables, "charge", arguments))


def trip(
    cars: CarLike | Iterable[CarLike],
    km: float,
    *,
    speed_kmh: float | None = None,
    cycle: str | None = None,
    ambient_c: float = 23.0,
    use: UseBasis = "official",
    start_percent: float = 100.0,
    reserve_percent: float = 10.0,
    arrive_percent: float = 10.0,
    station_kw: float = 150.0,
    spacing_km: float | None = None,
    unprepared: bool = False,
    tables: Tables | None = None,
) -> Records[CarTrip]:
    """A long drive of ``km`` with charging stops, the fastest that keeps the reserve.

    Driven at ``speed_kmh`` (120 if left out), or over and over by a ``cycle``. ``spacing_km`` is the distance between
    stations; left out there is one everywhere. ``unprepared`` packs arrive at a station as cold as the drive left them.
    """
    arguments = {
        "cars": cars_of(cars),
        "km": km,
        "speed_kmh": speed_kmh,
        "cycle": cycle,
        "ambient_c": ambient_c,
        "use": use,
        "start": start_percent,
        "reserve": reserve_percent,
        "arrive": arrive_percent,
        "station_kw": station_kw,
        "spacing_km": spacing_km,
        "unprepared": unprepared,
    }
    return records_of(CarTrip, ask(tables, "trip", arguments))


def performance(
    cars: CarLike | Iterable[CarLike], *, soc_percent: float = 80.0, ambient_c: float = 23.0, tables: Tables | None = None
) -> Records[CarPerformance]:
    """Sprints in s, top speed in km/h and slopes of battery-electric cars."""
    arguments = {"cars": cars_of(cars), "soc": soc_percent, "ambient_c": ambient_c}
    return records_of(CarPerformance, ask(tables, "performance", arguments))


def age_cell(
    cell: str,
    *,
    temperature_c: float = 25.0,
    soc: float | None = None,
    soc_profile: FileLike | None = None,
    years: int = 10,
    step_h: float = 24.0,
    tables: Tables | None = None,
) -> CellLife:
    """Capacity of a published cell over the years, stored at a state of charge or cycled by a daily profile.

    ``soc`` is a share, 0 to 1; ``soc_profile`` a CSV ``hour,soc`` of one day.
    """
    arguments = {
        "cell": cell,
        "temperature_c": temperature_c,
        "soc": soc,
        "soc_profile": file_of(soc_profile, "text"),
        "years": years,
        "step_h": step_h,
    }
    return record_of(CellLife, ask(tables, "age", arguments))


def age(
    cars: CarLike | Iterable[CarLike],
    *,
    km_per_year: float | None = None,
    country: str | None = None,
    year: int = 2025,
    samples: int = 200,
    seed: int = 1,
    tables: Tables | None = None,
) -> Records[Pack]:
    """How long the packs of cars last, and the kg CO2e of a kilowatt-hour that they deliver, with intervals.

    ``country`` is where the pack is sold; left out it is where it is made.
    """
    arguments = {
        "car": cars_of(cars),
        "km_per_year": km_per_year,
        "country": country,
        "year": year,
        "samples": samples,
        "seed": seed,
    }
    return records_of(Pack, ask(tables, "age", arguments))


def body(
    car: CarLike,
    *,
    door_ring: str | None = None,
    castings: str | None = None,
    closures: str | None = None,
    recycled_aluminium: float | None = None,
    scrap: str | None = None,
    plant: str | None = None,
    country: str | None = None,
    year: int = 2025,
    cycle: str = "auto",
    km: float | None = None,
    use: UseBasis = "official",
    grid: Grid = "static",
    preset: Preset = "cut-off",
    method: str = "ar6-gwp100",
    tables: Tables | None = None,
) -> BodyReport:
    """The parts of a car's body, and what door ring, castings, closures and scrap change: kg, scrap, kg CO2e.

    ``recycled_aluminium`` is the share of secondary metal that each alloy family is asked to take, 0 to 1, from ``scrap`` of
    a grade; a share that an alloy cannot take is refused.
    """
    choices = {"door_ring": door_ring, "castings": castings, "closures": closures, "scrap": scrap, "plant": plant}
    scenario = _scenario(country, year, cycle, km, use, grid, preset, method)
    arguments = {"car": car_of(car), "recycled_aluminium": recycled_aluminium, **choices, **scenario}
    return record_of(BodyReport, ask(tables, "body", arguments))


def plant(
    country: str = "CN",
    *,
    year: int = 2025,
    electricity: str = "grid",
    measures: Many | None = None,
    volume: float | None = None,
    method: str = "ar6-gwp100",
    tables: Tables | None = None,
) -> PlantReport:
    """A car plant by shop: energy in kWh and kg CO2e a car, and what its measures save at what cost.

    ``measures`` names those taken, left out all; ``volume`` is cars a year.
    """
    arguments = {
        "country": country,
        "year": year,
        "electricity": electricity,
        "measures": many(measures),
        "volume": volume,
        "method": method,
    }
    return record_of(PlantReport, ask(tables, "plant", arguments))


def recycle(
    car: CarLike | None = None,
    *,
    chemistry: str | None = None,
    energy_kwh: float | None = None,
    route: str | None = None,
    feed: str = "eol",
    second_life: bool = False,
    country: str = "CN",
    year: int = 2025,
    method: str = "ar6-gwp100",
    samples: int = 200,
    seed: int = 1,
    tables: Tables | None = None,
) -> RecycleReport:
    """A pack recycled: flows, metals recovered, footprint, money, targets met.

    Of a ``car``, or of a ``chemistry`` and a gross ``energy_kwh``. ``route`` is pyro, hydro or direct; left out all are
    compared. ``feed`` is a pack at its end or scrap of a plant.
    """
    way: dict[str, Any] = {"compare": True} if route is None else {"route": route}
    draws = {"no_interval": True} if samples == 0 else {"samples": samples}
    arguments = {
        "car": None if car is None else car_of(car),
        "chemistry": chemistry,
        "energy_kwh": energy_kwh,
        **way,
        "feed": feed,
        "second_life": second_life,
        "country": country,
        "year": year,
        "method": method,
        **draws,
        "seed": seed,
    }
    return record_of(RecycleReport, ask(tables, "recycle", arguments))


def passport(
    car: CarLike,
    *,
    country: str = "EU27",
    year: int = 2025,
    warranty_years: float | None = None,
    method: str = "ar6-gwp100",
    tables: Tables | None = None,
) -> Passport:
    """What a model can fill of the battery passport of a car's pack, and what only the maker can."""
    arguments = {"car": car_of(car), "country": country, "year": year, "warranty_years": warranty_years, "method": method}
    return record_of(Passport, ask(tables, "passport", arguments))


def _scenario(
    country: str | None, year: int, cycle: str, km: float | None, use: str, grid: str, preset: str, method: str
) -> dict[str, Any]:
    return {
        "country": country,
        "year": year,
        "cycle": cycle,
        "km": km,
        "use": use,
        "grid": grid,
        "preset": preset,
        "method": method,
    }


__all__ = [
    "age",
    "age_cell",
    "assess",
    "battery",
    "body",
    "charge",
    "drive",
    "explain",
    "passport",
    "performance",
    "plant",
    "range_",
    "recycle",
    "trip",
]
