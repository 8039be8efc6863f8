"""Results of `tco`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record, Records

class TcoCountry(Record):
    """Two cars in one country."""

    country: str
    """The country."""

    purchase_parity: int | None
    """First year from which the battery car is no dearer to buy."""

    ownership_parity: int | None
    """First year from which it is no dearer to own."""

    years: Records[TcoYear]
    """Years."""

    weakest_status: Literal["read", "derived", "recalled", "assumption"]
    """Weakest status of the prices."""


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
    "TcoCountry",
    "TcoYear",
]
