"""Credits of a car, accounts of companies, the market for credits."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from . import _native
from ._native import Tables
from .cars import CarLike, built_in, native_car
from .files import text_of
from .records import record_of
from .results.credits_car import DesignCredit
from .results.credits_fleets import Fleets
from .results.credits_ledger import Ledger
from .results.credits_market import CreditMarket

Affiliates = Literal["stated", "all"]


def car(
    car: CarLike,
    *,
    year: int = 2025,
    kerb_mass_kg: float | None = None,
    range_km: float | None = None,
    consumption_kwh_per_100km: float | None = None,
    density_wh_per_kg: float | None = None,
    meets_conditions: bool | None = None,
    cycle: Literal["nedc", "cltc"] | None = None,
    tables: Tables | None = None,
) -> DesignCredit:
    """New-energy credit of a car under China's edition of a year: factors, slopes, cliffs and what crosses them.

    A figure given here stands in place of the model's; ``density_wh_per_kg`` is that of the pack. ``meets_conditions`` says
    whether a plug-in hybrid meets the conditions of energy and fuel.
    """
    known = tables or built_in()
    options: _native.CreditOptions = {
        "kerb_mass_kg": kerb_mass_kg,
        "range_km": range_km,
        "consumption_kwh_per_100km": consumption_kwh_per_100km,
        "density_wh_per_kg": density_wh_per_kg,
        "meets_conditions": meets_conditions,
        "cycle": cycle,
    }
    return record_of(DesignCredit, _native.credit_of_car(known, native_car(car, known), year, options))


def ledger(
    study: str | os.PathLike[str] | None = None,
    *,
    system: Literal["cn", "eu", "us", "uk"] = "cn",
    year: int | None = None,
    affiliates: Affiliates = "stated",
    tables: Tables | None = None,
) -> Ledger | Fleets:
    """Accounts of companies, year after year, and how deficits are cleared.

    ``study`` is a study (TOML) or its models (CSV); left out it is China's industry, 2019 to 2023. A study under China's
    rules gives a ``Ledger`` with both accounts, one under others gives ``Fleets``.
    """
    options = _study(study, system, affiliates)
    is_accounts, text = _native.credit_ledger(tables or built_in(), options, year)
    return record_of(Ledger, text) if is_accounts else record_of(Fleets, text)


def market(
    study: str | os.PathLike[str] | None = None,
    *,
    affiliates: Affiliates = "stated",
    foresight: Literal["perfect", "none"] | None = None,
    cournot: Iterable[str] | None = None,
    tables: Tables | None = None,
) -> CreditMarket:
    """Price of a credit in CNY by year, who pays whom, and the same after each change that the study names.

    ``foresight`` is what firms know of later years; ``cournot`` names sellers that know their weight.
    """
    options = _study(study, "cn", affiliates)
    sellers = None if cournot is None else [*cournot]
    return record_of(CreditMarket, _native.credit_market(tables or built_in(), options, foresight, sellers))


def _study(study: str | os.PathLike[str] | None, system: str, affiliates: str) -> _native.StudyOptions:
    options: _native.StudyOptions = {"file": None, "text": None, "models": None, "system": system, "affiliates": affiliates}
    if study is None:
        return options
    file, text = text_of(study, "study.toml")
    options["file"], options["text"] = file, text
    if not file.lower().endswith(".csv") and (models := _native.credit_models(file, text)) is not None:
        options["models"] = (models, (Path(file).parent / models).read_text(encoding="utf-8-sig"))
    return options


__all__ = ["car", "ledger", "market"]
