"""Results of `performance`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record

class CarPerformance(Record):
    """One car on the test track."""

    car: str
    """Id of the car."""

    time_0_50_s: float | None
    """From rest to 50 km/h; null if never reached."""

    time_0_100_s: float | None
    """From rest to 100 km/h; null if never reached."""

    time_80_120_s: float | None
    """From 80 to 120 km/h; null if never reached."""

    distance_0_100_m: float | None
    """Distance from rest to 100 km/h."""

    top_speed_km_h: float
    """The lower of limiter and power balance. Without a limiter it is only a bound: no table knows how fast the
    machines may turn."""

    power_balance_km_h: float
    """Speed at which power meets resistance: a bound of the highest speed. Nought: the car has no power to move."""

    limiter_km_h: float | None
    """The limiter, if the design gives one; null: `top_speed_km_h` is the bound of the power balance."""

    top_speed_limited_by: Literal["limiter", "power"]
    """Which of the two holds."""

    gradeability_start_percent: float
    """Slope on which the car can start, in per cent."""

    gradeability_50_km_h_percent: float | None
    """Slope that it climbs at 50 km/h."""

    gradeability_100_km_h_percent: float | None
    """Slope that it climbs at 100 km/h."""

    peak_wheel_force_n: float
    """Force at the wheels from rest, at full torque."""

    launch_acceleration_m_s2: float
    """Acceleration from rest."""

    grip_limited_below_km_h: float | None
    """Speed up to which grip, not torque, is the limit; null if it never is."""

    peak_wheel_power_kw: float
    """Highest power at the wheels."""

    limited_by_battery: bool
    """Whether the pack, not the machines, limits the power."""

    soc: float
    """State of charge."""

    ambient_c: float
    """Temperature of air and pack."""

    defaulted: dict[str, float | None]
    """Fields that the design did not give, with what stood in."""


__all__ = [
    "CarPerformance",
]
