"""Results of `trip`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from ..records import Record, Records

class CarTrip(Record):
    """One car's trip."""

    car: str
    """Id of the car."""

    distance_km: float
    """Distance."""

    speed_km_h: float
    """Mean speed between stops."""

    ambient_c: float
    """Ambient temperature."""

    battery_kwh_per_100km: float
    """From the cells, on the road: at the terminals, and lost in their resistance."""

    total_h: float
    """Whole time."""

    driving_h: float
    """Time on the road."""

    charging_h: float
    """Time at plugs."""

    arrival_percent: float
    """State of charge at the destination."""

    station_wall_kwh: float
    """Energy from the grid at stops."""

    home_wall_kwh: float
    """Energy from the wall that fills the pack, at home, back to its state at the start; nought if it is as full."""

    wall_kwh: float
    """Both."""

    wall_kwh_per_100km: float
    """Both over distance."""

    station_spacing_km: float
    """Distance between stations."""

    stops: Records[Stop]
    """The stops, in order."""

    missed_trace_s: float
    """Time in which the car could not follow the cycle; nought at a steady speed."""

    missed_wh_per_km: float
    """Work at the wheels that it did not do in that time, and that is in no consumption."""

    notices: list[str] | None
    """What the figures must not be read without; absent where there is nothing to say."""

    defaulted: dict[str, float | None]
    """Fields that the design did not give, with what stood in."""


class Stop(Record):
    """One stop."""

    at_km: float
    """Distance from the start."""

    arrival_percent: float
    """State of charge on arrival."""

    departure_percent: float
    """State of charge on departure."""

    charging_minutes: float
    """Time at the plug."""

    stop_minutes: float
    """Time of the stop, with what it takes to leave and rejoin the road."""

    wall_kwh: float
    """Energy from the grid."""

    mean_plug_kw: float
    """Mean power at the plug."""


__all__ = [
    "CarTrip",
    "Stop",
]
