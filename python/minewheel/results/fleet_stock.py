"""Results of `fleet_stock`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from ..records import Record

class StockYear(Record):
    """One year of one series."""

    series: str
    """The series."""

    year: int
    """The year."""

    stock: float
    """Cars at its end."""

    inflow: float
    """Cars that entered."""

    outflow: float
    """Cars that left, with those retired early, without used exports."""

    extra_retirement: float
    """Cars retired so that the wanted stock is met."""

    traded: float
    """Used cars in, less those out."""


__all__ = [
    "StockYear",
]
