"""Results of `rules_check`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record, Records

class FootprintBasis(Record):
    """What the footprint of a car's battery was computed with."""

    year: int
    """The year whose grids and markets the battery is made on."""

    method: str
    """The climate method."""

    sold_in: str
    """Where the battery is sold."""


class Counts(Record):
    """How many of each."""

    pass_: int
    """Met."""

    fail: int
    """Not met."""

    unknown: int
    """Not known."""


class Decision(Record):
    """The answer to what a company asks for."""

    subject: str
    """The subject."""

    request: str
    """What it asks for."""

    verdict: Literal["pass", "unknown", "fail"]
    """The answer by the clauses on companies and projects."""

    words: str
    """The answer in words."""


class Change(Record):
    """One way to turn a failed clause."""

    clause: str
    """The clause that fails."""

    subject: str
    """The subject."""

    quantity: str
    """What must change."""

    is_: float | bool
    """What it is."""

    needed: float | bool
    """What it must be at least, at most, or exactly."""

    by: float | None
    """The difference; `None` for yes or no."""

    unit: str
    """Unit of the numbers."""

    words: str
    """The same in words."""


class Verdict(Record):
    """One clause on one subject."""

    clause: str
    """Our id of the clause."""

    title: str
    """What it asks."""

    kind: str
    """The kind of subject."""

    subject: str
    """The subject."""

    quantity: str
    """The quantity."""

    operator: Literal[">=", ">", "<=", "<", "=", "is"]
    """How the value is held against what is required."""

    required: float | bool | None
    """What is required; `None`: the rule leaves it to a further act."""

    unit: str
    """Unit of `required`, `value` and `margin`; empty for yes or no."""

    value: float | bool | None
    """What the subject has; `None`: not known."""

    value_range: list[float] | None
    """Least and greatest that it may be, if a model computed it."""

    margin: float | None
    """Room that is left; negative: what is short."""

    margin_relative: float | None
    """The margin over what is required."""

    verdict: Literal["pass", "unknown", "fail"]
    """How it fares."""

    reason: str | None
    """Why it is not known."""

    force: Literal["binding", "pending", "encouraged", "informative"]
    """The clause's force."""

    from_: str | None
    """First day of the clause, if it has one of its own."""

    until: str | None
    """First day on which it no longer holds."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """The weaker of the clause's status and the value's."""

    source: str
    """Key of the clause's source."""

    locator: str
    """Where in that source."""

    value_source: str | None
    """Where the value comes from."""

    note: str
    """What must be known of the clause."""


class NotAsked(Record):
    """Clauses about subjects that the file does not hold."""

    subject: str
    """The kind of subject."""

    clauses: int
    """How many clauses."""


class Statement(Record):
    """What an edition only states."""

    clause: str
    """Our id of the clause."""

    states: str
    """What is stated."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """How the clause is known."""

    source: str
    """Key of its source."""


class Report(Record):
    """A file or car held against an edition."""

    set: str
    """The set that was asked for."""

    edition: str
    """The edition."""

    title: str
    """Its title."""

    body: str
    """Who issued it."""

    is_draft: bool
    """Whether it is a draft."""

    date: str | None
    """The day; `None`: every dated clause is judged, whenever it holds."""

    of: str
    """What was judged."""

    footprint: FootprintBasis | None
    """What the footprint of a car's battery was computed with; `None`: none was."""

    verdict: Literal["pass", "unknown", "fail"]
    """Over the binding clauses on the subjects that are there."""

    weakest_status: Literal["read", "derived", "recalled", "assumption"]
    """The weakest status of any verdict."""

    binding: Counts
    """Binding clauses."""

    other: Counts
    """Clauses that are encouraged or wait for a further act."""

    decision: Decision | None
    """The answer to what a company asks for."""

    changes: Records[Change]
    """What would turn each failure."""

    verdicts: Records[Verdict]
    """Every clause on every subject it asks anything of."""

    not_asked: Records[NotAsked]
    """Clauses about subjects that are not there: not judged."""

    statements: Records[Statement]
    """What the edition only states."""

    left_out: str
    """Law that no clause of the set asks: a pass says nothing about it."""


__all__ = [
    "Change",
    "Counts",
    "Decision",
    "FootprintBasis",
    "NotAsked",
    "Report",
    "Statement",
    "Verdict",
]
