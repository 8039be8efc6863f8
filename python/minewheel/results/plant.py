"""Results of `plant`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record, Records

class ShopLine(Record):
    """A shop of the plant with its footprint."""

    shop: str
    """The shop."""

    electricity_kwh: float
    """Electricity in kWh a car."""

    electricity_range_kwh: list[float]
    """Its range."""

    heat_mj: float
    """Heat in MJ a car."""

    heat_range_mj: list[float]
    """Its range."""

    kg_co2e: float
    """Footprint of both in kg CO2e a car."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """How the energy is known."""

    is_counted_with_parts: bool
    """Whether a car's footprint counts it with the sheet of each part, and not with the assembly."""


class MeasureLine(Record):
    """A measure in its turn."""

    measure: str
    """The measure."""

    bought_kwh_saved: float
    """Electricity that is no longer bought, in kWh a car; negative: more is bought."""

    heat_mj_saved: float
    """Heat that is no longer made, in MJ a car."""

    kg_co2e: float
    """Footprint avoided after the measures before it, in kg CO2e a car."""

    kg_co2e_alone: float
    """Footprint avoided if it were the only one, in kg CO2e a car."""

    cost_usd: float
    """Capital, upkeep and premiums in USD a car."""

    net_cost_usd: float
    """The same less the energy that is no longer paid for."""

    usd_per_t: float | None
    """Net cost in USD a tonne of CO2e; `None`: it avoids nothing."""

    left_kg_co2e: float
    """Footprint that is left, in kg CO2e a car."""


class PlantReport(Record):
    """A plant on a grid."""

    country: str
    """Where it stands."""

    year: int
    """The year of the grid."""

    electricity: str
    """What its electricity is."""

    cars_per_year: float
    """Cars a year."""

    electricity_kg_per_kwh: float
    """Footprint of a kilowatt-hour it buys, in kg CO2e."""

    heat_kg_per_mj: float
    """Footprint of a megajoule of heat, in kg CO2e."""

    shops: Records[ShopLine]
    """By shop."""

    electricity_kwh: float
    """Electricity of all shops in kWh a car."""

    heat_mj: float
    """Heat of all shops in MJ a car."""

    kg_co2e: float
    """Footprint in kg CO2e a car."""

    measures: Records[MeasureLine]
    """Measures in the order in which they are put in place."""

    notices: list[str]
    """What the reader must know of stand-ins."""


__all__ = [
    "MeasureLine",
    "PlantReport",
    "ShopLine",
]
