"""Results of `credits_car`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record, Records

class CarFacts(Record):
    """What the rule asks of a car."""

    powertrain: Literal["bev", "phev", "fcev"]
    """What it is."""

    kerb_mass_kg: float
    """Kerb mass in kg."""

    range_km: float | None
    """Electric range in km."""

    consumption_kwh_per_100km: float | None
    """Consumption in kWh/100 km."""

    density_wh_per_kg: float | None
    """Energy per mass of the pack in Wh/kg."""

    fuel_cell_kw: float | None
    """Rated power of a fuel cell in kW."""

    meets_conditions: bool | None
    """Whether a plug-in hybrid meets the conditions of energy and fuel."""


class Factors(Record):
    """Factors on the standard credit; 1 where the edition has none."""

    range: float
    """By range."""

    density: float
    """By energy per mass of the pack."""

    energy: float
    """By consumption."""


class Slopes(Record):
    """Change of the credit per unit of one figure, the others held."""

    per_kg: float
    """Per kg of kerb mass (the energy line moves with mass)."""

    per_km: float
    """Per km of range."""

    per_kwh_per_100km: float
    """Per kWh/100 km of consumption."""

    per_wh_per_kg: float
    """Per Wh/kg of the pack."""


class Cliff(Record):
    """A boundary at which the credit jumps."""

    quantity: str
    """The figure that crosses it: `range_km`, `density_wh_per_kg` or `consumption_kwh_per_100km`."""

    at: float
    """Where it lies."""

    distance: float
    """How far the car is from it: boundary less figure."""

    credit_across: float
    """The credit on its other side, the other figures held."""

    gain: float
    """That credit less the car's own."""


class Citation(Record):
    """One row, for a list of the rules."""

    item: str
    """The constant."""

    edition: str
    """The act."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """How it is known."""

    source: str
    """Key of its source."""

    locator: str
    """Place in it."""


class DesignSlope(Record):
    """Change of the credit per unit of a lever, everything that follows it included."""

    lever: Literal["pack-energy", "kerb-mass", "drag", "rolling-resistance"]
    """The lever."""

    credit_per_unit: float
    """Change per unit."""

    unit: str
    """The unit."""


class Crossing(Record):
    """A change of the design that crosses a cliff."""

    quantity: str
    """The figure of the cliff."""

    at: float
    """Where it lies."""

    lever: Literal["pack-energy", "kerb-mass", "drag", "rolling-resistance"]
    """The lever turned."""

    change: float
    """How far, in its unit."""

    unit: str
    """Its unit."""

    credit: float
    """The credit of the changed car."""

    cost_usd: float | None
    """What the change costs to make in US dollars; `None`: the tables have no price of it."""


class DesignCredit(Record):
    """The credit of a car file."""

    car: str
    """The car."""

    facts: CarFacts
    """Its figures."""

    cycle: str
    """The cycle of range and consumption."""

    given: list[str]
    """Which figures the user gave; the others are the model's."""

    year: int
    """The accounting year."""

    credit: float
    """The credit."""

    standard: float
    """The standard credit, capped."""

    standard_is_capped: bool
    """Whether the cap binds it."""

    factors: Factors
    """Factors on it."""

    edition: str
    """The act."""

    weakest_status: Literal["read", "derived", "recalled", "assumption"]
    """How well the weakest constant is known."""

    energy_line_kwh_per_100km: float | None
    """Greatest consumption at which the energy condition is met, in kWh/100 km."""

    slopes: Slopes
    """Slopes."""

    cliffs: Records[Cliff]
    """Boundaries, by figure and place."""

    rules: Records[Citation]
    """The rows used."""

    design_slopes: Records[DesignSlope]
    """Slopes by design."""

    crossings: Records[Crossing]
    """Changes that cross a cliff upwards, the cheapest first."""


__all__ = [
    "CarFacts",
    "Citation",
    "Cliff",
    "Crossing",
    "DesignCredit",
    "DesignSlope",
    "Factors",
    "Slopes",
]
