"""Rule sets as data, and cars, companies, plants and products held against them."""

from __future__ import annotations

import builtins

from ._native import Tables
from .asking import ask, car_of
from .cars import CarLike
from .records import Records, record_of, records_of
from .results.rules_check import Report
from .results.rules_clauses import ClauseLine
from .results.rules_diff import Difference
from .results.rules_list import SetLine


def check(set: str, of: CarLike, *, date: str | None = None, tables: Tables | None = None) -> Report:
    """Verdict on every clause: pass, fail or unknown, with margin, status and source, and what would turn a failure.

    ``set`` is an edition (``miit-battery-2024``) or a family (``miit-battery``: the edition of the day, else the last);
    ``of`` a car, or the path of a rule file (TOML of company, plant, product …). ``date`` is a day as ``YYYY-MM-DD``; left
    out every dated clause counts, whenever it holds.
    """
    return record_of(Report, ask(tables, "rules/check", {"set": set, "file": car_of(of), "date": date}))


def diff(old: str, new: str, *, unchanged: bool = False, tables: Tables | None = None) -> Records[Difference]:
    """Two editions side by side: clauses that came, went, or ask otherwise; ``unchanged`` adds the rest."""
    return records_of(Difference, ask(tables, "rules/diff", {"first": old, "second": new, "all": unchanged}))


def list(*, date: str | None = None, tables: Tables | None = None) -> Records[SetLine]:
    """The rule sets; with a ``date`` those that hold on that day."""
    return records_of(SetLine, ask(tables, "rules/list", {"date": date}))


def clauses(set: str, *, date: str | None = None, tables: Tables | None = None) -> Records[ClauseLine]:
    """The clauses of an edition or family: what each asks of whom, since when, and how that is known."""
    return records_of(ClauseLine, ask(tables, "rules/list", {"set": set, "date": date}))


__all__: builtins.list[str] = ["check", "clauses", "diff", "list"]
