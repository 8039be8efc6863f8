"""Results of `charging`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from ..records import Record

class ChargingYear(Record):
    """A year of charging."""

    cars: int
    """Cars."""

    steps: int
    """Steps of cars and quarters of an hour."""

    home_kwh: float
    """Charged at home in kWh a car."""

    away_kwh: float
    """Charged away in kWh a car."""

    driven_kwh: float
    """Driven in kWh a car, at the wall."""

    km: float
    """Driven in km a car."""

    residual: float
    """Largest residual of a car's energy, as a share of what it charged."""

    peak_kw: float
    """Highest load at home in kW a car."""

    peak_hour: int
    """Hour of the year in which it falls."""

    working_day_kw: list[float]
    """Load at home through the mean working day in kW a car, by hour."""

    weekend_kw: list[float]
    """Load at home through the mean day of a weekend in kW a car, by hour."""

    signal: list[float] | None
    """Mean of the signal over what was charged at home, and over all hours, if there is one."""


__all__ = [
    "ChargingYear",
]
