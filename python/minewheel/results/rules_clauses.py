"""Results of `rules_clauses`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record

class ClauseLine(Record):
    """A clause in a line."""

    clause: str
    """Our id."""

    title: str
    """What it asks."""

    subject: str
    """Of what it asks it."""

    quantity: str
    """The quantity, a key of a rule file."""

    asked: str
    """What is asked."""

    condition: str
    """On which traits it depends."""

    from_: str | None
    """First day."""

    until: str | None
    """First day on which it no longer holds."""

    force: Literal["binding", "pending", "encouraged", "informative"]
    """Its force."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """How it is known."""

    source: str
    """Key of its source."""


__all__ = [
    "ClauseLine",
]
