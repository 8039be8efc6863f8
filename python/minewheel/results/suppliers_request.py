"""Results of `suppliers_request`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Any

from ..records import Record

class Request(Record):
    """A request to a supplier."""

    id: str
    """The event's id."""

    supplier: str
    """The supplier asked."""

    through: list[str]
    """The line of suppliers that hand it on, from the car maker's own supplier down; the one asked last."""

    event: Any
    """The event, as JSON."""


__all__ = [
    "Request",
]
