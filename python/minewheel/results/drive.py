"""Results of `drive`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record, Records

class Drive(Record):
    """One car on one cycle."""

    car: str
    """Id of the car."""

    class_: str | None
    """Its class; null where the design gives none: then its defaults lie between those of the two classes nearest in
    mass."""

    cycle: str
    """The cycle driven."""

    distance_km: float
    """Its distance."""

    wall_wh_per_km: float | None
    """At the wall, charger losses included; null for cars without a plug, and for a trace that was not driven."""

    battery_wh_per_km: float | None
    """At the battery's terminals; null as that at the wall."""

    wheel_positive_wh_per_km: float
    """Positive work asked at the wheels."""

    wheel_negative_wh_per_km: float
    """Braking work at the wheels, as a positive number."""

    missed_trace_s: float
    """Time in which the car could not follow the trace."""

    missed_wh_per_km: float
    """Work at the wheels that it did not do in that time, and that is in no consumption."""

    ambient_c: float
    """Ambient temperature."""

    fuel_l_per_100km: float | None
    """Fuel, with the battery's charge kept; null without an engine, and for a trace that was not driven."""

    depleting_fuel_l_per_100km: float | None
    """Fuel of a plug-in hybrid's engine while the battery is depleted: what machine and pack do not suffice for; null
    for others."""

    range_km: float | None
    """Usable energy over consumption at the battery; null where there is none, or it is not above nought."""

    notices: list[str] | None
    """What the figures must not be read without; absent where there is nothing to say."""

    defaulted: dict[str, float]
    """Fields that the design did not give, with what stood in."""

    sensitivity: Records[Slope] | None
    """Derivatives, with `--sensitivity`; null for cars without a plug."""


class Slope(Record):
    """The derivative with respect to one lever."""

    lever: Literal["mass", "drag-area", "rolling-resistance", "accessories", "drive-efficiency", "temperature"]
    """What is moved."""

    value: float
    """Where it stands, in its unit."""

    wall_wh_per_km_per_unit: float
    """Change of the energy at the wall per unit of the lever."""

    battery_wh_per_km_per_unit: float
    """Change of the energy at the battery's terminals per unit of the lever."""

    elasticity: float | None
    """Per cent of energy at the wall per per cent of the lever; none for a temperature."""


__all__ = [
    "Drive",
    "Slope",
]
