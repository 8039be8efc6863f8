"""Results of `recycle`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record, Records
from .assess import Interval

class RouteReport(Record):
    """One route."""

    route: Literal["hydro", "pyro", "direct"]
    """Its name."""

    fed_kg_per_kwh: float
    """Mass fed in kg a kWh."""

    elements: Records[ElementLine]
    """Elements, in and out."""

    products: Records[ProductLine]
    """What is sold."""

    losses: Records[LossLine]
    """What is not."""

    black_mass: Powder | None
    """Black mass, where the route makes it."""

    inputs: Records[InputLine]
    """Energy, reagents, emissions by step."""

    electricity_kwh_per_kwh: float
    """Electricity of all steps in kWh a kWh."""

    heat_mj_per_kwh: float
    """Heat of all steps in MJ a kWh."""

    burnt_co2_kg_per_kwh: float
    """Carbon of the cells burnt, as CO2 in kg a kWh."""

    largest_gap: float
    """Largest gap of an element, over what was fed of it."""

    climate: Climate
    """Footprints."""

    recycling_kg_co2e_per_kg: Interval
    """Footprint of recycling in kg CO2e a kg fed."""

    money: Money
    """Money."""

    recycling_efficiency: Interval
    """Mass in products that count over mass fed."""

    recycling_efficiency_left_out: Interval
    """The same without what a recycler may leave out: carbon and phosphorus of the cells."""

    targets: Records[TargetLine]
    """Targets of Regulation (EU) 2023/1542, Annex XII."""

    recycled_content: Records[ContentLine]
    """Recycled content of a new pack, Article 8."""

    weakest_status: Literal["read", "derived", "recalled", "assumption"]
    """Weakest status of what the footprint rests on."""


class ElementLine(Record):
    """An element, in and out."""

    element: str
    """Its name."""

    fed_kg_per_kwh: float
    """Fed, in kg a kWh."""

    recovered_kg_per_kwh: float
    """In products that count, in kg a kWh."""

    recovery: Interval
    """Share recovered."""


class ProductLine(Record):
    """A product sold."""

    product: str
    """Its name."""

    kg_per_kwh: float
    """Mass in kg a kWh."""

    replaces: str | None
    """The product whose making it saves."""

    avoided_kg_co2e_per_kwh: float
    """What that saves, in kg CO2e a kWh."""

    revenue_usd_per_kwh: float | None
    """What it sells for, in USD a kWh; `None`: no price is known."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """How well its mass is known."""


class LossLine(Record):
    """A stream that is not sold."""

    stream: str
    """The stream."""

    kg_per_kwh: float
    """Mass of it that was in the battery, in kg a kWh."""


class Powder(Record):
    """The powder between shredding and leaching."""

    kg_per_kwh: float
    """Mass in kg a kWh."""

    composition: dict[str, float]
    """Shares by substance."""


class InputLine(Record):
    """Energy, a reagent or an emission of a step."""

    step: str
    """The step."""

    input: str
    """Product or flow."""

    amount_per_kwh: float
    """How much a kWh."""

    unit: str
    """Its unit."""

    kg_co2e_per_kwh: float
    """Its footprint in kg CO2e a kWh."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """How well it is known."""


class Climate(Record):
    """Footprints in kg CO2e a kWh of pack."""

    recycling: Interval
    """Of recycling."""

    avoided: Interval
    """Of the primary materials that are not made."""

    net: Interval
    """Of recycling less what is avoided; below nought: a gain."""


class Money(Record):
    """Money in USD a kWh of pack."""

    processing: Interval
    """Processing, without the purchase of the pack."""

    revenue: Interval
    """Sales."""

    margin: Interval
    """Sales less processing."""

    without_price: list[str]
    """Products without a price."""


class TargetLine(Record):
    """A target and how it is met."""

    quantity: str
    """What is measured."""

    year: int
    """The year by whose end it holds."""

    required: float
    """Least share."""

    value: float | None
    """The share reached."""

    margin: float | None
    """Share reached less that required."""

    share_of_draws: float | None
    """Share of the draws that meet it."""

    verdict: Literal["pass", "fail", "unknown"]
    """Verdict at best estimates."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """How well the target is known."""

    source: str
    """Key of its source."""


class ContentLine(Record):
    """How far recovered metal would fill the recycled content of a new pack of the same kind."""

    element: str
    """The element."""

    year: int
    """The year from which the content is asked for."""

    required: float
    """Least share of the element in active materials."""

    available: float | None
    """Share that one old pack gives, after collection and losses of making."""

    packs_needed: float | None
    """Old packs that one new pack needs."""

    verdict: Literal["pass", "fail", "unknown"]
    """Verdict with one old pack for a new one."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """How well the requirement is known."""


class SecondLife(Record):
    """A second life, with what it would be credited."""

    starts_at: float
    """Capacity at its start, over that of the new pack."""

    ends_at: float
    """Capacity at its end."""

    years: Interval
    """Years of it."""

    delivered_kwh_per_kwh: Interval
    """Energy delivered in it, in kWh a kWh of the new pack."""

    reused_share: float
    """Share of packs that have one."""

    new_pack_kg_per_kwh: Interval
    """Footprint of a new storage pack in kg CO2e a kWh, made where this pack is recycled."""

    credit_kg_per_kwh: Interval
    """Credit in kg CO2e a kWh of the pack, after refurbishing."""

    statement: str
    """What the credit claims."""


class RecycleReport(Record):
    """A pack and its routes."""

    car: str | None
    """The car, if it is a car's pack."""

    chemistry: str
    """The chemistry."""

    gross_energy_kwh: float
    """Gross energy of the new pack."""

    pack_mass_kg: float
    """Mass of the pack."""

    feed: Literal["eol", "scrap"]
    """What is fed."""

    country: str
    """Where the recycler stands."""

    year: int
    """Year of grid, markets and prices."""

    collection_rate: Interval
    """Share of packs that reach a recycler."""

    routes: Records[RouteReport]
    """The routes, in the order asked for."""

    second_life: SecondLife | None
    """A second life, where it was asked for."""

    method: str
    """Climate method."""

    samples: int | None
    """Draws of the intervals."""

    seed: int | None
    """Their seed."""

    data: str
    """Fingerprint of the tables."""

    notices: list[str]
    """What the reader must know of stand-ins."""


__all__ = [
    "Climate",
    "ContentLine",
    "ElementLine",
    "InputLine",
    "LossLine",
    "Money",
    "Powder",
    "ProductLine",
    "RecycleReport",
    "RouteReport",
    "SecondLife",
    "TargetLine",
]
