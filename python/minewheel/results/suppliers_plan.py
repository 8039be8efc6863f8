"""Results of `suppliers_plan`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from ..records import Record, Records

class Decision(Record):
    """A measure that is decided."""

    year: int
    """The year of the decision."""

    effective_year: int
    """From when it has effect."""

    supplier: str
    """The supplier."""

    measure: str
    """The kind."""

    abated_kg_per_year: float
    """What it avoids in a year, in kg CO2e."""

    electricity_saved_kwh: float
    """Electricity less in a year, in kWh; below nought: more."""

    heat_saved_mj: float
    """Heat less in a year, in MJ."""

    waste_cut: float
    """Waste less in a year, in parts of the works' input."""

    investment_usd: float
    """Investment in USD."""

    saving_usd_per_year: float
    """Saving a year in USD; below nought: a cost."""

    usd_per_tonne: float
    """Cost of a tonne avoided, in USD."""

    lead_years: float
    """Years from the decision to the effect."""

    done_year: int | None
    """The year in which it was done."""

    source: str
    """Where its numbers are from."""

    status: str
    """How well they are known."""


class PlanYear(Record):
    """One year of a plan."""

    year: int
    """The year."""

    budget_usd: float
    """Budget in USD."""

    spent_usd: float
    """Spent in USD: investments, and what measures in effect cost."""

    saved_usd: float
    """Saved by works in USD."""

    abated_kg: float
    """Avoided in kg CO2e."""

    target_kg: float | None
    """The target in kg CO2e."""

    missed_kg: float
    """What is missed of it."""

    suppliers_kg_per_car: float
    """The suppliers' footprint in kg CO2e a car."""

    electricity_saved_kwh: float
    """Electricity less, in kWh."""

    heat_saved_mj: float
    """Heat less, in MJ."""


class CurveStep(Record):
    """One step of the curve."""

    supplier: str
    """The supplier."""

    measure: str
    """The kind."""

    abated_kg_per_year: float
    """What it avoids in a year, in kg CO2e."""

    electricity_saved_kwh: float
    """Electricity less in a year, in kWh; below nought: more."""

    heat_saved_mj: float
    """Heat less in a year, in MJ."""

    waste_cut: float
    """Waste less in a year, in parts of the works' input."""

    investment_usd: float
    """Investment in USD."""

    saving_usd_per_year: float
    """Saving a year in USD; below nought: a cost."""

    usd_per_tonne: float
    """Cost of a tonne avoided, in USD."""

    lead_years: float
    """Years from the decision to the effect."""

    done_year: int | None
    """The year in which it was done."""

    source: str
    """Where its numbers are from."""

    status: str
    """How well they are known."""

    cumulative_kg_per_year: float
    """Abatement of this and all cheaper measures, in kg CO2e a year."""


class Plan(Record):
    """The plan."""

    programme: str
    """The programme."""

    is_synthetic: bool
    """Whether it is made up."""

    car: str
    """The car."""

    suppliers: int
    """Suppliers."""

    measures: int
    """Measures to choose from."""

    decisions: Records[Decision]
    """Decisions, by year."""

    years: Records[PlanYear]
    """Years."""

    abated_kg: float
    """Avoided over all years, in kg CO2e."""

    bound_kg: float
    """What no plan exceeds that misses no more of its targets, by a relaxation."""

    gap: float
    """How far the plan is below the bound, in parts of it."""

    meets_targets: bool
    """Whether every target is met."""

    targets_within_reach: bool
    """Whether the relaxation could meet them; if not, no plan can."""

    curve: Records[CurveStep]
    """The curve of abatement by cost."""

    notices: list[str]
    """What must be known to read it."""


__all__ = [
    "CurveStep",
    "Decision",
    "Plan",
    "PlanYear",
]
