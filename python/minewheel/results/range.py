"""Results of `range`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record

class RangeByRule(Record):
    """One car with a plug by every rule."""

    car: str
    """Id of the car."""

    powertrain: str
    """Its powertrain. The range of a plug-in hybrid is its electric one."""

    wltp: RangeResult
    """UN GTR 15."""

    cltc: RangeResult
    """GB/T 18386.1."""

    epa: RangeResult
    """US label."""

    nedc: RangeResult
    """UN R101."""

    defaulted: dict[str, float]
    """Fields that the design did not give, with what stood in."""


class RangeResult(Record):
    """Range and consumption by one rule."""

    range_km: float
    """Range."""

    consumption_kwh_per_100km: float
    """Consumption at the wall."""

    cycle: str
    """The cycle driven; for the US label the city cycle."""

    cycle_km: float
    """Its distance as driven."""

    downscaling_factor: float
    """How far the fastest stretch was scaled down; nought: not at all."""

    top_speed_km_h: float | None
    """Top speed to which the cycle was cut, if it was."""

    test_mass_kg: float
    """Mass in the test."""

    power_to_mass_w_per_kg: float
    """Power over mass that decides the class of WLTC, in W/kg."""

    test: Literal["shortened", "continuous"]
    """How the range was found."""

    missed_trace_s: float
    """Longest time in one cycle in which the car could not follow."""

    city_range_km: float | None
    """Label range in town (US)."""

    highway_range_km: float | None
    """Label range on the motorway (US)."""

    label_factors: list[float] | None
    """Label over test range in town and on the motorway (US)."""


__all__ = [
    "RangeByRule",
    "RangeResult",
]
