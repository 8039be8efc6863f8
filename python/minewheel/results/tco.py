"""Results of `tco`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record, Records

class TcoCountry(Record):
    """Two cars in one country."""

    segment: str | None
    """Size of the cars, where they are a pair of the tables."""

    battery: str
    """The battery car."""

    fuel: str
    """The fuel car."""

    country: str
    """The country."""

    use_basis: str
    """Basis of the consumption that is paid for: `real-world`, with the measured gap between test and traffic, or
    `official`, as in the test."""

    purchase_parity: int | None
    """First year from which the battery car is no dearer to buy."""

    purchase_parity_or_before: bool
    """Whether that is the first year asked for, so that it may have been so before."""

    ownership_parity: int | None
    """First year from which it is no dearer to own."""

    ownership_parity_or_before: bool
    """Whether that is the first year asked for, so that it may have been so before."""

    published: PublishedRatio | None
    """What shops were seen to ask, price of battery cars over that of fuel cars, where it is published for the segment
    and country."""

    years: Records[TcoYear]
    """Years."""

    weakest_status: Literal["read", "derived", "recalled", "assumption"]
    """Weakest status of the prices."""


class PublishedRatio(Record):
    """Prices that were seen: of many models of a segment, with all that costs of making leave out."""

    year: int
    """The year."""

    price_ratio: float
    """Price of battery cars over that of fuel cars."""


class TcoYear(Record):
    """One year of two cars in one country."""

    year: int
    """The year."""

    battery_purchase_usd: float
    """Cost of the battery car to its buyer in USD."""

    fuel_purchase_usd: float
    """Of the fuel car."""

    battery_usd_per_km: float
    """Cost of the battery car per km in USD."""

    fuel_usd_per_km: float
    """Of the fuel car."""

    pack_usd_per_kwh: float
    """Price of the battery car's pack in USD per kWh."""


__all__ = [
    "PublishedRatio",
    "TcoCountry",
    "TcoYear",
]
