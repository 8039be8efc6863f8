"""Results of `battery`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record, Records
from .assess import Driver, Interval
from .pack_life import PackFootprint

class Electrodes(Record):
    """The electrodes of a cell."""

    voltage_v: float
    """Mean voltage in V."""

    areal_capacity_mah_per_cm2: float
    """Capacity of one side."""

    n_to_p: float
    """Anode over cathode capacity."""

    electrolyte_g_per_ah: float
    """Electrolyte by charge."""

    area_m2_per_kwh: float
    """One-sided area by energy."""

    cathode: CoatingReport
    """The cathode."""

    anode: CoatingReport
    """The anode."""


class CoatingReport(Record):
    """One coating, one side."""

    active_mg_per_cm2: float
    """Active material in mg/cm²."""

    coating_mg_per_cm2: float
    """The whole coating in mg/cm²."""

    thickness_um: float
    """Thickness in µm."""

    porosity: float
    """Porosity."""

    density_g_per_cm3: float
    """Density with pores in g/cm³."""


class PowerReport(Record):
    """What the cell can give for seconds."""

    resistance_ohm_cm2: float
    """Resistance by area in Ω·cm², at 25 °C and half charge."""

    cell_w_per_kg: float
    """Short-time power of the cell in W/kg."""

    pack_kw: float
    """Short-time power of the pack in kW."""

    loss_share_at_1c: float
    """Loss at a discharge in one hour, as a share of the energy."""


class FastChargeReport(Record):
    """What the cell can take."""

    c_rate: float
    """Highest rate in 1/h."""

    minutes_10_to_80: float
    """Minutes from 10 to 80 %."""

    at_c: float
    """Temperature of the pack in °C."""

    limit: str
    """What limits it: `plating`, `voltage` or `salt`."""


class StageLine(Record):
    """The footprint of one stage where it stands."""

    stage: str
    """The stage."""

    country: str
    """Where its plants stand; `WORLD`: freight of a market, or goods bought on one."""

    kg_per_kwh: float
    """kg CO2e a kWh."""

    share: float
    """Share of the pack's footprint."""


class CellPlantEnergy(Record):
    """Energy of the plant that makes the cells, by kilowatt-hour of pack, with that of rejected cells."""

    electricity_kwh_per_kwh: float
    """Power in kWh a kWh."""

    gas_kwh_per_kwh: float
    """Gas in kWh a kWh."""

    steps: Records[PlantStep]
    """The sum of both by step; the shares add up to 1 and are those of one plant, whatever its technology."""


class PlantStep(Record):
    """A step of a cell plant."""

    step: str
    """Drying, dry rooms, electrodes, assembly, formation."""

    share: float
    """Its share of the plant's energy."""

    low: float
    """What sources and plants differ by: lower end of the share."""

    high: float
    """Upper end."""

    kwh_per_kwh: float
    """kWh a kWh."""

    source: str
    """Key of the source of the share."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """How the share is known."""


class PriceBlock(Record):
    """One block of a pack's price."""

    block: str
    """What is paid for."""

    usd_per_kwh: float
    """US dollars a kWh."""

    commodities_usd_per_kwh: float
    """Of that: metal and graphite at their market prices."""


class PriceYears(Record):
    """The years of the prices behind a pack's price. No learning is reckoned for a year that has none."""

    materials: list[int]
    """Those of metals and graphite: the last up to the year asked for, else the latest there is. Empty: all prices
    were given."""

    plant: int | None
    """That of capital, fees and wages, which are known for one year; `null`: they hold always."""


class CheckLine(Record):
    """A check of the design."""

    name: str
    """What is checked."""

    value: float
    """The value seen."""

    bound: str
    """`>=` or `<=`."""

    limit: float
    """Its limit."""

    unit: str
    """Unit of both."""

    pass_: bool
    """Whether it holds."""


class BatteryRun(Record):
    """How a result came about."""

    version: str
    """Version of the program."""

    data: str
    """Fingerprint of all tables."""

    method: str
    """Climate method."""

    sampling: Sampling | None
    """Draws and seed."""

    residual: float
    """Largest backward error of the solve."""

    notices: list[str]
    """Notices of the network."""


class Sampling(Record):
    """How the interval is made."""

    samples: int
    """Number of draws."""

    seed: int
    """Seed of all draws."""

    resample: Literal["all", "car"]
    """What is resampled."""

    chain: Literal["maker", "market"]
    """Whose suppliers are drawn."""


class BatteryReport(Record):
    """A pack, answered in full."""

    chemistry: str
    """The chemistry."""

    is_estimate: bool
    """Whether it is an estimate of a cell that nobody sells yet."""

    made_in: str
    """Where cells and pack are made."""

    year: int
    """The year."""

    gross_energy_kwh: float
    """Gross energy."""

    cell_format: str
    """The case of the cell."""

    layout: str
    """How cells sit in the pack."""

    cell_energy_wh: float
    """Energy of one cell in Wh."""

    cell_wh_per_kg: float
    """Energy by mass of the cell."""

    cell_wh_per_l: float
    """Energy by volume of the cell."""

    pack_wh_per_kg: float
    """Energy by mass of the pack."""

    pack_wh_per_l: float
    """Energy by volume of the pack."""

    pack_mass_kg: float
    """Mass of the pack."""

    components_kg: dict[str, float]
    """Mass of every component of the pack."""

    materials_kg_per_kwh: dict[str, float]
    """Elements and materials by energy."""

    electrodes: Electrodes
    """The electrodes."""

    power: PowerReport
    """Short-time power."""

    fast_charge: FastChargeReport
    """What the cell can take."""

    climate_kg_per_kwh: Interval
    """Footprint from the mine to the plant's gate, by gross energy."""

    climate_by_stage: Records[StageLine]
    """The same by stage and place; adds up to the value."""

    cell_plant_energy: CellPlantEnergy
    """What the cell plant takes, and for which step."""

    share_by_status: dict[str, float]
    """Share of the footprint by weakest status."""

    cost_usd_per_kwh: Interval
    """Price of the pack by gross energy."""

    cost_blocks: Records[PriceBlock]
    """The same by block."""

    price_years: PriceYears
    """The years of the prices behind it."""

    cycle_life: float | None
    """Equivalent full cycles until the first life ends."""

    first_life_years: float | None
    """Years until then, in the car or in a typical one."""

    first_life_ends_at: float | None
    """Capacity, over that of the new pack, at which the first life ends."""

    years_to_80_percent: float | None
    """Years until a fifth of the capacity is gone."""

    delivered: PackFootprint | None
    """The footprint by kilowatt-hour delivered over life, with distribution and end of life; `None`: no energy of the
    cell is known to be usable, or recycling does not follow it. At most the first 1,000 draws."""

    ranking: Records[Driver]
    """Rows that drive the spread of the footprint, largest first."""

    checks: Records[CheckLine]
    """Everything that was checked."""

    weakest_status: Literal["read", "derived", "recalled", "assumption"]
    """The weakest status that footprint and price rest on."""

    notices: list[str]
    """What the reader must be told."""

    run: BatteryRun
    """How the result came about."""


__all__ = [
    "BatteryReport",
    "BatteryRun",
    "CellPlantEnergy",
    "CheckLine",
    "CoatingReport",
    "Electrodes",
    "FastChargeReport",
    "PlantStep",
    "PowerReport",
    "PriceBlock",
    "PriceYears",
    "Sampling",
    "StageLine",
]
