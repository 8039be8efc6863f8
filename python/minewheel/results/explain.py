"""Results of `explain`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record, Records

class Node(Record):
    """One node of an explanation."""

    label: str
    """What it is."""

    amount: float | None
    """How much is delivered."""

    unit: str | None
    """Unit of the amount."""

    place: str | None
    """Where."""

    value: float
    """The figure, in the tree's unit."""

    share: float
    """Its share of the whole."""

    own: float
    """What is emitted or used here and not further down."""

    below_cut: float
    """What lies in branches below the cut."""

    evidence: Records[Evidence]
    """The rows that set the amount."""

    children: Records[Node]
    """What it is made of, largest first."""


class Evidence(Record):
    """A table row that a figure rests on."""

    what: str
    """What the row says."""

    at: str
    """File and line."""

    source: str
    """Key of its source."""

    title: str
    """Title of its source."""

    locator: str
    """Page, table or field in it."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """How it is known."""


class Explanation(Record):
    """A figure explained."""

    car: str
    """The car."""

    of: str
    """What is explained."""

    unit: str
    """Unit of the figures."""

    root: Node
    """The tree."""


__all__ = [
    "Evidence",
    "Explanation",
    "Node",
]
