"""Results of `rules_list`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from ..records import Record

class SetLine(Record):
    """A rule set in a line."""

    set: str
    """The edition."""

    family: str
    """Its family."""

    title: str
    """Its title."""

    body: str
    """Who issued it."""

    place: str
    """Where it holds."""

    is_draft: bool
    """Whether it is a draft."""

    published: str
    """Day of publication."""

    in_force: str | None
    """First day in force."""

    replaced: str | None
    """First day on which another edition holds."""

    numbers: int
    """Clauses that ask for a number."""

    evidence: int
    """Clauses that ask for yes or no."""

    statements: int
    """Clauses that only state."""

    by_status: dict[str, int]
    """Clauses by status."""


__all__ = [
    "SetLine",
]
