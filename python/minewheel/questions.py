"""Questions about cars and packs. Each answers with typed objects over the JSON of the command of the same name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from . import _native
from ._native import Tables
from .cars import CarLike, built_in, native_car, native_cars
from .records import Records, record_of, records_of
from .results.assess import Assessment
from .results.battery import BatteryReport
from .results.drive import Drive
from .results.explain import Explanation
from .results.range import RangeByRule

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
    tables: Tables | None = None,
) -> Records[Assessment]:
    """Climate footprint, cost, materials and their origin over the life of cars.

    ``country`` is where the cars drive: an ISO country, a Chinese province (``CN-YN``) or a group (``EU27``); left out it
    is what the first car's file says, else ``CN``. ``km`` is the distance over life; left out the table's. ``use`` is
    consumption as in the test or as measured in traffic; ``grid`` that of charging, held or moving over the car's life.
    ``samples`` draws lie behind each interval; 0 gives best estimates alone. Cars of one call share their draws, so that
    ``difference_to_first`` has an interval of its own.

    >>> id3, golf = assess(["vw-id3-58", "vw-golf-15tsi"], country="DE", samples=0)
    >>> id3.climate.total_g_per_km.value < golf.climate.total_g_per_km.value
    True
    """
    known = tables or built_in()
    scenario = _scenario(country, year, cycle, km, use, grid, preset, method)
    return records_of(Assessment, _native.assess(known, native_cars(cars, known), scenario, samples, seed, resample))


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
    known = tables or built_in()
    scenario = _scenario(country, year, cycle, km, use, grid, preset, method)
    return record_of(Explanation, _native.explain(known, native_car(car, known), of, stage, depth, cut_percent, scenario))


def drive(
    cars: CarLike | Iterable[CarLike],
    cycles: str | Iterable[str] = "auto",
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
    known = tables or built_in()
    options: _native.DriveOptions = {
        "ambient_c": ambient_c,
        "tyre_pressure": tyre_pressure,
        "altitude_m": altitude_m,
        "headwind_m_s": headwind_m_s,
        "slope": slope,
        "payload_kg": payload_kg,
        "soc": soc,
        "charge_kw": charge_kw,
        "use_basis": use,
    }
    names = [cycles] if isinstance(cycles, str) else list(cycles)
    return records_of(Drive, _native.drive(known, native_cars(cars, known), names, options, sensitivity))


def range_(
    cars: CarLike | Iterable[CarLike], *, label_factor: float | None = None, tables: Tables | None = None
) -> Records[RangeByRule]:
    """Range in km and consumption in kWh/100 km by the rules of the EU, China, the US, and the old European cycle.

    ``label_factor`` is that of the US label from the maker's five-cycle data; left out that of the two-cycle label.
    """
    known = tables or built_in()
    return records_of(RangeByRule, _native.range_(known, native_cars(cars, known), label_factor))


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
    anode_foil_um: float | None = None,
    cathode_foil_um: float | None = None,
    electrolyte_g_ah: float | None = None,
    cathode_capacity_mah_g: float | None = None,
    pack: Literal["ctm", "ctp"] | None = None,
    made_in: str | None = None,
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
    side, ``porosity`` of both coatings, ``np_ratio`` of anode over cathode capacity, foils in µm, electrolyte in g/Ah,
    capacity of the cathode material in mAh/g. ``stages`` says where a stage is made (``{"cathode": "KR"}``), ``routes`` how
    (``{"nickel": "rkef-matte"}``), ``recycled_content`` the share of a metal from recycled packs, ``prices_usd_per_t`` the
    price of a material in USD a tonne, ``price_factors`` a factor on a metal's price.
    """
    known = tables or built_in()
    options: _native.BatteryOptions = {
        "chemistry": chemistry,
        "energy_kwh": energy_kwh,
        "cell_format": cell_format,
        "silicon_share": silicon_share,
        "areal_capacity_mah_cm2": areal_capacity_mah_cm2,
        "porosity": porosity,
        "np_ratio": np_ratio,
        "anode_foil_um": anode_foil_um,
        "cathode_foil_um": cathode_foil_um,
        "electrolyte_g_ah": electrolyte_g_ah,
        "cathode_capacity_mah_g": cathode_capacity_mah_g,
        "pack": pack,
        "made_in": made_in,
        "year": year,
        "stages": list((stages or {}).items()),
        "routes": list((routes or {}).items()),
        "recycled_content": list((recycled_content or {}).items()),
        "prices_usd_per_t": list((prices_usd_per_t or {}).items()),
        "price_factors": list((price_factors or {}).items()),
        "method": method,
        "samples": samples,
        "seed": seed,
        "resample": resample,
    }
    return record_of(BatteryReport, _native.battery(known, native_car(car, known) if car is not None else None, options))


def _scenario(
    country: str | None, year: int, cycle: str, km: float | None, use: str, grid: str, preset: str, method: str
) -> _native.ScenarioOptions:
    return {
        "country": country,
        "year": year,
        "cycle": cycle,
        "km": km,
        "use_basis": use,
        "grid": grid,
        "preset": preset,
        "method": method,
    }
