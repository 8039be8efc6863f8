"""Published statements about the industry, each recomputed, with a verdict and the reason."""

from __future__ import annotations

import builtins
from typing import Any, Literal

from ._native import Tables
from .asking import ask
from .records import Record, Records, record_of, records_of


class Statement(Record):
    """What was said, by whom, and the question it answers."""

    id: str
    """Its id, for :func:`run`."""

    title: str
    """The question it answers."""

    statement: str
    """What was said."""

    said_by: str
    """Who said it."""

    source: str
    """Key of the source."""

    year: int
    """When."""

    status: str
    """How the statement is known."""

    note: str
    """What must be known of it."""


class Judgement(Record):
    """A statement recomputed. What was computed depends on the case: ``to_dict()`` holds all, :meth:`table` one list."""

    case: Statement
    """The statement."""

    verdict: Literal["true", "depends", "false", "not-decidable"]
    """What the numbers say of it."""

    words: str
    """The reason in words."""

    def table(self, name: str) -> Records[Record]:
        """A list of what was computed, such as ``lines`` or ``grid``, as a table."""
        items: builtins.list[dict[str, Any]] = self.to_dict()[name]
        return Records(Record(item) for item in items)


def list(*, tables: Tables | None = None) -> Records[Statement]:
    """The statements that :func:`run` judges."""
    return records_of(Statement, ask(tables, "case/list", {}))


def run(id: str, *, tables: Tables | None = None) -> Judgement:
    """Recomputes one statement and judges it."""
    return record_of(Judgement, ask(tables, "case/run", {"name": id}))


__all__: builtins.list[str] = ["Judgement", "Statement", "list", "run"]
