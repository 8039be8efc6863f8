"""Credits of a car, accounts of companies, the market for credits."""

from __future__ import annotations

from typing import Literal

from ._native import Tables
from .asking import Many, ask, car_of, file_of, many
from .cars import CarLike
from .files import FileLike
from .records import Record, record_among, record_of
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
    arguments = {
        "car": car_of(car),
        "year": year,
        "kerb_mass": kerb_mass_kg,
        "range": range_km,
        "consumption": consumption_kwh_per_100km,
        "density": density_wh_per_kg,
        # An option with a value, not a switch.
        "meets_conditions": None if meets_conditions is None else str(meets_conditions).lower(),
        "cycle": cycle,
    }
    return record_of(DesignCredit, ask(tables, "credits/car", arguments))


def ledger(
    study: FileLike | None = None,
    *,
    system: Literal["cn", "eu", "us", "uk"] = "cn",
    year: int | None = None,
    affiliates: Affiliates = "stated",
    tables: Tables | None = None,
) -> Ledger | Fleets:
    """Accounts of companies, year after year, and how deficits are cleared.

    ``study`` is a study (TOML) or its models (CSV); left out it is China's industry, 2016 to 2023. A study under China's
    rules gives a ``Ledger`` with both accounts, one under others gives ``Fleets``.
    """
    arguments = {"study": _study(study), "system": system, "year": year, "affiliates": affiliates}
    kinds: tuple[type[Record], ...] = (Ledger, Fleets)
    found = record_among(kinds, ask(tables, "credits/ledger", arguments))
    assert isinstance(found, (Ledger, Fleets))
    return found


def market(
    study: FileLike | None = None,
    *,
    affiliates: Affiliates = "stated",
    foresight: Literal["perfect", "none"] | None = None,
    cournot: Many | None = None,
    tables: Tables | None = None,
) -> CreditMarket:
    """Price of a credit in CNY by year, who pays whom, and the same after each change that the study names.

    ``foresight`` is what firms know of later years; ``cournot`` names sellers that know their weight.
    """
    arguments = {"study": _study(study), "affiliates": affiliates, "foresight": foresight, "cournot": many(cournot)}
    return record_of(CreditMarket, ask(tables, "credits/market", arguments))


def _study(study: FileLike | None) -> object:
    # A study is TOML and holds a sign of equality; its models are CSV and hold none.
    return file_of(study, "toml" if isinstance(study, str) and "=" in study else "text")


__all__ = ["car", "ledger", "market"]
