"""Results of `drive_unit`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from ..records import Record, Records

class UnitReport(Record):
    """One way to drive a car."""

    design: str
    """What it is."""

    machines: list[str]
    """Machines."""

    mass_kg: float
    """Mass of machines, gears and inverters in kg."""

    volume_l: float
    """Volume of the machines in litres."""

    magnet_kg: float
    """Rare-earth magnets in kg."""

    copper_kg: float
    """Copper of the machines in kg."""

    footprint_kg: float
    """Footprint in kg CO2e."""

    cost_usd: float
    """Cost of machines and inverters in US dollars."""

    cycles: Records[UnitCycle]
    """Per cycle."""


class UnitCycle(Record):
    """One unit on one cycle."""

    cycle: str
    """The cycle."""

    equal: CycleUse
    """All machines alike."""

    best: CycleUse
    """Best split."""

    split_gain_percent: float
    """Wall energy saved by the split, in percent of the equal one."""

    gain_percent: float
    """Wall energy saved against the one big machine, in percent."""

    break_even_km: float | None
    """Kilometres until the footprint of making the unit is repaid; `None`: never, or nothing to repay."""

    verdict: str
    """What the numbers say in words."""


class CycleUse(Record):
    """What a drive used."""

    distance_km: float
    """Distance in km."""

    wall_wh_per_km: float
    """At the wall."""

    terminal_wh_per_km: float
    """At the battery's terminals."""

    machine_wh_per_km: float
    """Machines and inverters."""

    machine_efficiency: float
    """Work at the shafts, driving and braking, over that plus the losses of machines and inverters."""

    range_km: float
    """Range in km."""

    part_time_share: float
    """Share of the pulling time in which not all machines pull."""

    switches_per_km: float
    """Changes of state per km."""

    missed_s: float
    """Time in s in which the unit could not follow."""


__all__ = [
    "CycleUse",
    "UnitCycle",
    "UnitReport",
]
