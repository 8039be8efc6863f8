"""Results of `fleet_adoption`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record, Records

class AdoptionFit(Record):
    """A fitted step."""

    until: int
    """Last year of training."""

    pairs: int
    """Pairs of years it rests on."""

    drivers: Literal["policy", "cost", "cost-and-packs"]
    """What it looks at."""

    coefficients: list[float]
    """`a`, `b`, `c`, and `d` where costs drive."""

    deviation: float
    """Standard deviation of what is left, in log-odds."""

    ends: list[float]
    """Its quantiles at 10 and 90 %."""


class BackTest(Record):
    """How a fit fares on a later year."""

    drivers: Literal["policy", "cost", "cost-and-packs"]
    """What the model looks at."""

    until: int
    """Last year of training."""

    year: int
    """The year that is forecast."""

    countries: int
    """Countries."""

    error: float
    """Mean absolute error in shares of one."""

    bias: float
    """Mean error."""

    coverage: float
    """Share of countries inside their 80 % interval."""

    error_of_no_change: float
    """Mean absolute error if every share had stayed."""

    error_of_logistic: float
    """Mean absolute error of a logistic curve through each country's own past."""


class Forecast(Record):
    """A share to come."""

    year: int
    """The year."""

    share: float
    """Best estimate."""

    interval: list[float]
    """Ends of the 80 % interval."""

    policy_steps: int
    """Steps of policy on the way, by law known in the last year of training, or by all of the table if no later share
    is known."""

    owning_ratio: float
    """Cost of owning the battery car over that of the fuel car in that year."""


class Adoption(Record):
    """Forecast of a place, with what its model was worth before."""

    place: str
    """The place."""

    from_: float
    """The last share known."""

    from_year: int
    """Its year."""

    fit: AdoptionFit
    """The fit."""

    back_test: BackTest
    """The same model three years ago."""

    others: Records[BackTest]
    """The models that look at something else, three years ago."""

    forecast: Records[Forecast]
    """Shares to come."""


__all__ = [
    "Adoption",
    "AdoptionFit",
    "BackTest",
    "Forecast",
]
