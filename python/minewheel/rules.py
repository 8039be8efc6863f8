"""Rule sets as data, and cars, companies, plants and products held against them."""

from __future__ import annotations

import os
from pathlib import Path

from . import _native
from ._native import Tables
from .cars import Car, CarLike, built_in, native_car
from .files import text_of
from .records import record_of
from .results.rules import Report


def check(set: str, of: CarLike, *, date: str | None = None, tables: Tables | None = None) -> Report:
    """Verdict on every clause: pass, fail or unknown, with margin, status and source, and what would turn a failure.

    ``set`` is an edition (``miit-battery-2024``) or a family (``miit-battery``: the edition of the day, else the last);
    ``of`` a car, or the path of a rule file (TOML of company, plant, product …). ``date`` is a day as ``YYYY-MM-DD``; left
    out every dated clause counts, whenever it holds.
    """
    known = tables or built_in()
    if isinstance(of, Car):
        return record_of(Report, _native.rules_check(known, set, of.id, of._native, None, date))
    name = os.fspath(of)
    if name.lower().endswith(".toml") or "/" in name or "\\" in name:
        _, text = text_of(Path(name), name)
        if not _native.is_car_file(text):
            return record_of(Report, _native.rules_check(known, set, name, None, text, date))
    return record_of(Report, _native.rules_check(known, set, name, native_car(name, known), None, date))


__all__ = ["check"]
