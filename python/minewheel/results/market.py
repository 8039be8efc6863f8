"""Results of `market`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record, Records

class Line(Record):
    """One figure of the report."""

    period: str
    """The period; a stock stands at its end."""

    indicator: str
    """Indicator."""

    holder: str
    """Company, drive or kind of point; empty: all."""

    title: str
    """What it is."""

    counts: str
    """What makes a thing count, and which things."""

    exports: str
    """Whether exports are inside: included, excluded, only, or empty."""

    value: float
    """The figure."""

    unit: str
    """Its unit."""

    rounding: float
    """Half of its last printed digit."""

    growth: float | None
    """Growth over the same months a year before, as a share of one."""

    way: Literal["published", "added-up", "difference"]
    """How it was had."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """The weakest status it rests on."""

    sources: list[str]
    """Keys of its sources."""


class Gap(Record):
    """A difference between figures that a reader may take for equal, or a break in a series."""

    kind: str
    """Which: `dealers`, `domestic`, `exits`, `parts`, `register`, `batteries`, `break`."""

    period: str
    """The period or the moment."""

    difference: float | None
    """The difference; `None` for a break."""

    share: float | None
    """The difference as a share of the smaller side."""

    rounding: float
    """Rounding of the figures that it rests on."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """The weakest status it rests on."""

    words: str
    """In words."""


class MarketReport(Record):
    """The answer for a place and a span of time."""

    place: str
    """The place."""

    span: str
    """First month to last."""

    lines: Records[Line]
    """Figures, by indicator and period."""

    missing: list[str]
    """Figures that a reader may expect and no row gives."""

    gaps: Records[Gap]
    """What does not add up, and where series break."""


__all__ = [
    "Gap",
    "Line",
    "MarketReport",
]
