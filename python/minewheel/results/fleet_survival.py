"""Results of `fleet_survival`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Any, Literal

from ..records import Record, Records

class Fitted(Record):
    """A curve of one form."""

    curve: dict[str, Any]
    """Its parameters."""

    misfit: float
    """Misfit; about the number of years less two if it fits to within rounding."""

    mean_life: float
    """Mean life in years."""


class CalibrationYear(Record):
    """One year of register and curve."""

    year: int
    """The year."""

    is_trained: bool
    """Whether the fit saw it."""

    stock: float
    """Stock on the register."""

    stock_error: float
    """Stock of the curve over it, less one."""

    exits: float
    """Exits of the register."""

    exits_rounding: float
    """Their rounding."""

    fitted_exits: float
    """Exits of the curve."""

    exits_range: list[float]
    """Fewest and most exits of all curves that fit as well."""


class Outlook(Record):
    """Exits to come if registrations stay at those of the last year."""

    year: int
    """The year."""

    exits: float
    """Exits of the curve."""

    exits_range: list[float]
    """Fewest and most exits of all curves that fit as well."""


class Calibration(Record):
    """A fit with its test."""

    place: str
    """The place."""

    until: int
    """Last year that the fit saw."""

    anchor: int
    """Year-end whose stock is given."""

    fitted: Fitted
    """The Weibull curve, the form of published car survival."""

    forms: Records[Fitted]
    """All forms, by misfit."""

    years: Records[CalibrationYear]
    """Years of the register."""

    outlook: Records[Outlook]
    """Years to come."""

    weakest_status: Literal["read", "derived", "recalled", "assumption"]
    """Weakest status of the rows."""


__all__ = [
    "Calibration",
    "CalibrationYear",
    "Fitted",
    "Outlook",
]
