"""Results of `charge`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record, Records

class CarCharge(Record):
    """One car at the plug."""

    car: str
    """Id of the car."""

    supply: str
    """`ac` or `dc`."""

    supply_kw: float
    """Power of the supply."""

    car_limit_kw: float
    """The car's own limit."""

    from_percent: float
    """State of charge at the start."""

    to_percent: float
    """State of charge at the end."""

    ambient_c: float
    """Temperature of the air."""

    pack_start_c: float
    """Temperature of the pack at the start."""

    usable_energy_kwh: float
    """Usable energy of the pack."""

    minutes_10_80: float
    """From 10 to 80 %, otherwise alike."""

    minutes_30_80: float
    """From 30 to 80 %, otherwise alike."""

    minutes: float
    """Time."""

    wall_kwh: float
    """Energy from the grid or wall."""

    plug_kwh: float
    """Energy at the plug (DC) or from the on-board charger (AC)."""

    stored_kwh: float
    """Energy stored in the cells."""

    converter_loss_kwh: float
    """Lost in station or on-board charger."""

    control_units_kwh: float
    """Used by control units, pumps and fans."""

    conditioning_kwh: float
    """Used by heater and chiller."""

    cell_loss_kwh: float
    """Lost in the cells' resistance."""

    efficiency: float
    """Stored over wall."""

    mean_plug_kw: float
    """Mean power at the plug."""

    peak_plug_kw: float
    """Highest power at the plug."""

    final_pack_c: float
    """Temperature of the pack at the end."""

    curve: Records[CurvePoint]
    """Start, every full per cent, and end."""

    defaulted: dict[str, float | None]
    """Fields that the design did not give, with what stood in."""


class CurvePoint(Record):
    """A point of a charge."""

    soc_percent: float
    """State of charge of the display."""

    minutes: float
    """Time since the start."""

    plug_kw: float
    """Power at the plug (DC) or of the on-board charger (AC), control units and heater included."""

    wall_kw: float
    """Power from the grid or wall."""

    wall_kwh: float
    """Energy from the grid or wall so far."""

    pack_c: float
    """Temperature of the pack."""

    limited_by: Literal["supply", "car", "cells", "temperature"]
    """What holds the power down."""


__all__ = [
    "CarCharge",
    "CurvePoint",
]
