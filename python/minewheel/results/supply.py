"""Results of `supply`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record, Records

class MaterialReport(Record):
    """One material."""

    material: str
    """The material."""

    kg_per_car: float | None
    """Mass in the car."""

    tiers: Records[TierReport]
    """Its tiers, from the mine."""

    binding_tier: str | None
    """The tier of the highest EU-type supply risk."""

    touched_share: float
    """Share of the buyer's supply that passed the place asked about at any tier."""

    price: PriceExposure | None
    """The price."""


class TierReport(Record):
    """One tier of one material."""

    commodity: str
    """What is traded there."""

    tier: str
    """The tier."""

    year: int
    """The year of the shares."""

    shares: dict[str, float]
    """Share of world output by place."""

    largest: str | None
    """The largest named producer."""

    largest_share: float
    """Its share."""

    largest_three_share: float
    """Share of the three largest."""

    rest_share: float
    """Share of the unnamed rest."""

    hhi: float
    """Sum of squared shares of named producers (lower bound)."""

    hhi_with_rest: float
    """The same with the rest as one producer (upper bound)."""

    governance_hhi: Weighted
    """Weighted by instability."""

    share_of_dominant: float
    """Share of world output of the place asked about."""

    owned_share_of_dominant: float | None
    """The same with works that its companies own elsewhere; `None`: no ownership is known."""

    import_dependence: float
    """Share of the buyer's supply at this tier that was made elsewhere."""

    supply_mix: dict[str, float]
    """Share of the buyer's supply at this tier by place of making, own output included."""

    dependence: float
    """Share of the buyer's supply at this tier from the place asked about."""

    dependence_by_remainders: float
    """The same if only net exporters sell: with `dependence` it brackets who sells to whom."""

    supply_risk: float
    """EU-type supply risk."""

    recycling_input_rate: float | None
    """End-of-life recycling input rate that relieves it; `None`: none is known, and it is relieved by nothing."""

    substitution_index: float | None
    """Substitution index that relieves it; `None`: none is known, and it is relieved by nothing."""

    geopolitical_risk: float
    """GeoPolRisk."""

    geopolitical_factor_usd_per_kg: float | None
    """GeoPolRisk times price, in USD per kg of material."""

    measures: Records[MeasureLine]
    """Restrictions of export in force in the year."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """How well the shares are known."""


class Weighted(Record):
    """Sum of squared shares, under both editions of the governance scores."""

    earlier_edition: float
    """Scores of the earlier edition."""

    later_edition: float
    """Scores of the later edition."""


class MeasureLine(Record):
    """A restriction of export in force."""

    place: str
    """Who restricts."""

    destination: str | None
    """Buyers in this place alone; `None`: everybody abroad."""

    measure: str
    """How: licence, tax, quota, ban."""

    since: str
    """Since when."""

    until: str | None
    """Until when; `None`: still in force."""


class PriceExposure(Record):
    """What a material's price has done."""

    product: str
    """The product as which it is sold."""

    year: int
    """The year of the price."""

    usd_per_kg: float
    """Price per kilogram of the material itself."""

    lowest_usd_per_kg: float
    """Lowest yearly price up to the year."""

    lowest_year: int
    """Its year."""

    highest_usd_per_kg: float
    """Highest yearly price up to the year."""

    highest_year: int
    """Its year."""

    usd_per_car: float | None
    """What the car's content costs."""

    usd_per_car_at_risk: float | None
    """What it would cost more at the highest price."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """How well the price is known."""


class DefaultedRelief(Record):
    """A parameter of supply risk that no row gives."""

    commodity: str
    """What is traded."""

    field: str
    """The parameter: `recycling_input_rate` or `substitution_index`."""

    value: float
    """What the risk was computed with: the value that relieves it by nothing."""


class SupplyReport(Record):
    """The answer."""

    subject: str
    """The car or material."""

    buyer: str
    """The country or bloc whose supply it is."""

    dominant: str
    """The place whose weight is asked about."""

    year: int
    """The year."""

    risk_threshold: float
    """The threshold of supply risk."""

    materials: Records[MaterialReport]
    """The materials."""

    binding: str | None
    """The material and tier of the highest EU-type supply risk."""

    dominated: list[str]
    """Tiers of which the place makes more than half, as `commodity/tier`."""

    not_dominated: list[str]
    """Tiers of which it makes no more."""

    weakest_status: Literal["read", "derived", "recalled", "assumption"]
    """The weakest status that the shares rest on."""

    defaulted: Records[DefaultedRelief]
    """Recycling rates and substitution indices that no row gives, each commodity once."""

    notices: list[str]
    """What must be known to read it."""


__all__ = [
    "DefaultedRelief",
    "MaterialReport",
    "MeasureLine",
    "PriceExposure",
    "SupplyReport",
    "TierReport",
    "Weighted",
]
