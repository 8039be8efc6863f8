"""Results of `body`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from ..records import Record, Records

class BodyVariant(Record):
    """One of the cars compared."""

    variant: str
    """`base`, `chosen`, or `resized`."""

    kerb_mass_kg: float
    """Kerb mass."""

    body_kg: float
    """Body structure."""

    closures_kg: float
    """Doors, lids, wings."""

    bought_kg: float
    """Material bought for both."""

    contained_kg: float
    """Of that: in the car."""

    scrap_kg: float
    """Of that: scrap, sold for remelting."""

    material_yield: float
    """In the car over bought."""

    melt_returns_kg: float
    """Runners that return to the melt beside the machine."""

    melt_loss_kg: float
    """Metal burnt in melting castings."""

    pieces: float
    """Pieces of both."""

    joints: float
    """Joints of both."""

    material_kg_co2e: float
    """Footprint of the material of both, and of the metal that a recycled share swaps, in kg CO2e."""

    plant_kg_co2e: float
    """Footprint of forming both and of welding, painting and assembly at the plant, in kg CO2e."""

    production_kg_co2e: float
    """Footprint of making the car in kg CO2e."""

    use_kg_co2e: float
    """Footprint of driving and keeping it in kg CO2e."""

    end_of_life_kg_co2e: float
    """Footprint of its end in kg CO2e."""

    life_kg_co2e: float
    """All of it in kg CO2e."""

    consumption_kwh_per_100km: float | None
    """Energy at the wall."""

    fuel_l_per_100km: float | None
    """Fuel."""

    range_km: float | None
    """Electric range."""

    parts: Records[PartLine]
    """By group of parts and material."""

    steps: Records[StepLine]
    """Energy of forming and joining."""

    alloys: Records[AlloyLine]
    """Aluminium by alloy family."""


class PartLine(Record):
    """One group of parts in one material."""

    component: str
    """`body-in-white` or `closures`."""

    part: str
    """The group, or the part that replaces others."""

    material: str
    """The material bought."""

    contained_kg: float
    """In the car, in kg."""

    bought_kg: float
    """Bought, in kg."""

    scrap_kg: float
    """Bought and not in the car, in kg."""

    material_yield: float
    """In the car over bought."""

    pieces: float
    """Pieces."""

    kg_co2e: float
    """Footprint of the material bought in kg CO2e."""


class StepLine(Record):
    """One step of forming or joining, with what its own card takes."""

    step: str
    """The step."""

    amount: float
    """How much goes through it, in the unit of its product."""

    unit: str
    """That unit."""

    electricity_kwh: float
    """Electricity in kWh."""

    heat_mj: float
    """Heat in MJ."""


class AlloyLine(Record):
    """One alloy family of the car without its traction battery."""

    alloy: str
    """The family."""

    bought_kg: float
    """Metal bought in kg."""

    market_share: float
    """Share of secondary metal that the market delivers in the family."""

    share: float | None
    """Share of secondary metal that the design asks for; `None`: the market's."""

    highest_share: float
    """Highest share of the scrap that the alloy takes."""

    limiting_element: str | None
    """The element that sets it."""


class BodyReport(Record):
    """A body with its choices."""

    car: str
    """The car."""

    choices: list[str]
    """Its choices, as keys of the car file and their values."""

    scrap: str
    """The scrap that limits are those of."""

    plant: str
    """Where the plant stands."""

    country: str
    """Where the car drives."""

    year: int
    """The year of its making."""

    lifetime_km: float
    """Distance over life."""

    variants: Records[BodyVariant]
    """Base first."""

    notices: list[str]
    """What the reader must know of stand-ins."""


__all__ = [
    "AlloyLine",
    "BodyReport",
    "BodyVariant",
    "PartLine",
    "StepLine",
]
