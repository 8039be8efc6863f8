"""Results of `rules_diff`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record

class Difference(Record):
    """One clause in two editions."""

    clause: str
    """Our id of the clause."""

    title: str
    """What it asks."""

    first: str | None
    """What the first edition asks."""

    second: str | None
    """What the second edition asks."""

    turn: Literal["added", "dropped", "stricter", "looser", "other", "same"]
    """How it differs."""

    relative: float | None
    """Change of a number over the first edition's."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """The weaker status of the two."""


__all__ = [
    "Difference",
]
