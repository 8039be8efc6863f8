"""Results of `motor`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Any, Literal

from ..records import Record, Records

class Machine(Record):
    """One machine as JSON."""

    topology: str
    """Kind of machine."""

    magnet_grade: str | None
    """Magnet grade."""

    demagnetisation_margin: float | None
    """Coercivity of the hot magnet over the worst field."""

    outer_mm: float
    """Outer diameter of the stator in mm."""

    bore_mm: float
    """Bore in mm."""

    stack_mm: float
    """Stack in mm."""

    turns: float
    """Series turns of a phase."""

    peak_a_rms: float
    """Peak current in A rms."""

    volume_l: float
    """Volume of the machine with its end turns in litres."""

    mass_kg: float
    """Mass without gear and inverter in kg."""

    kw_per_kg: float
    """Peak power over that mass, in kW/kg. The power is the short-time rating asked for."""

    masses: Masses
    """Masses by material."""

    magnet_g_per_peak_kw: float
    """Magnet in g per kW of short-time peak power."""

    rare_earth_kg: float
    """Rare earths in kg."""

    best_efficiency: float
    """Best efficiency of machine and inverter."""

    continuous_nm: float
    """Lasting torque in Nm at a quarter of the top speed."""

    top_power_share: float
    """Power at top speed over peak power."""

    cycle_efficiency: float | None
    """Energy-weighted efficiency of machine and inverter on the cycle, driving and braking."""

    wall_wh_per_km: float | None
    """At the wall, on the cycle, in Wh/km."""

    footprint_kg: float
    """Footprint of machine, gear and inverter in kg CO2e."""

    machine_footprint_kg: float
    """Of that: the machine alone."""

    cost_usd: float
    """Cost in US dollars of machine and inverter."""

    risk_kg: float
    """Rare earths weighed with the concentration of their supply, in kg."""

    is_pareto: bool | None
    """Whether no other machine of the table is as good in efficiency, rare earths, cost and risk, and better in one;
    `null`: there is no other."""

    notices: list[str] | None
    """What the figures must not be read without: kinds that a comparison leaves out, and why. Absent where there is
    nothing to say."""

    geometry: Geometry
    """Its dimensions in SI."""

    bill: Records[ScoredLine]
    """What is bought for it, with gear and inverter, and the footprint of each line."""

    map: LossMap
    """Losses of machine and inverter over speed and torque."""


class Masses(Record):
    """Masses in kg."""

    magnet_kg: float
    """Magnets with rare earths."""

    ferrite_kg: float
    """Ferrite magnets."""

    elements_kg: MagnetShares
    """What the rare-earth magnets hold, by element, in kg."""

    copper_kg: float
    """Copper of stator, field winding and cage."""

    stator_copper_kg: float
    """Of that: stator winding."""

    stator_core_kg: float
    """Laminations of the stator."""

    rotor_core_kg: float
    """Laminations of the rotor."""

    cage_aluminium_kg: float
    """Aluminium of a cage."""

    housing_kg: float
    """Aluminium of housing and shields."""

    shaft_kg: float
    """Shaft and hub."""

    insulation_kg: float
    """Insulation and resin."""


class MagnetShares(Record):
    """Elements of a magnet by mass. They sum to one."""

    neodymium: float
    """Neodymium."""

    praseodymium: float
    """Praseodymium."""

    dysprosium: float
    """Dysprosium."""

    terbium: float
    """Terbium."""

    boron: float
    """Boron."""

    iron: float
    """Iron, with the few per cent of cobalt, copper and aluminium that makers add."""


class Geometry(Record):
    """Dimensions of a machine."""

    pole_pairs: float
    """Pole pairs."""

    slots: float
    """Stator slots."""

    outer_m: float
    """Outer diameter of the stator in m."""

    bore_m: float
    """Bore in m."""

    rotor_m: float
    """Outer diameter of the rotor in m."""

    rotor_inner_m: float
    """Inner diameter of the rotor's laminations in m."""

    stack_m: float
    """Length of the stack in m."""

    magnet_length_m: float
    """Length of the magnets in m."""

    gap_m: float
    """Air gap in m."""

    slot_depth_m: float
    """Depth of a slot in m."""

    slot_opening_m: float
    """Opening of a slot in m."""

    slot_m2: float
    """Section of a slot in m²."""

    tooth_m: float
    """Width of a tooth in m at a third of the slot depth."""

    tooth_taper_m: float
    """Width that a tooth gains from the bore to the bottom of the slot in m."""

    turns: float
    """Turns in series of one phase."""

    turn_m2: float
    """Copper section of one turn, all strands and legs, in m²."""

    strand_m: float
    """Thickness of one strand across the slot's field in m; a round wire counts as the square of equal section."""

    strand_layers: float
    """Strands above each other in a slot."""

    coil_span: float
    """Span of a coil over the pole pitch."""

    end_turn_factor: float
    """End turn over coil span."""

    block_m: float
    """Width in m of one block of magnet across the flux."""

    lamination_m: float
    """Lamination in m."""

    measured_resistance_ohm: float | None
    """Phase resistance in Ω at 20 °C where it was measured."""

    measured_linkage_vs: list[float] | None
    """No-load flux linkage of a phase in V·s (peak) and the temperature of the magnets in °C, where the voltage was
    measured."""

    rotor: dict[str, Any]
    """The rotor."""


class Layer(Record):
    """One layer of magnets and barriers, from the deepest outwards."""

    arc: float
    """Span at the rotor surface over the pole pitch."""

    magnet_m: float
    """Magnet width of one pole in m."""

    barrier_m: float
    """Width of the whole barrier of one pole, magnets and air, in m."""

    thickness_m: float
    """Thickness in m."""

    bridge_m: float
    """Iron that bridges the layer, width per pole in m."""

    depth_m: float
    """Depth of the layer below the rotor surface at the magnet axis in m."""


class ScoredLine(Record):
    """One product of a bill with its footprint."""

    part: str
    """The part."""

    product: str
    """The product bought."""

    amount: float
    """How much of it, in its unit."""

    unit: str
    """Its unit."""

    kg_co2e: float
    """Footprint in kg CO2e."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """How well the amount is known."""


class LossMap(Record):
    """Losses of a machine with its inverter."""

    speeds_rad_s: list[float]
    """Speeds in rad/s, rising."""

    shares: list[float]
    """Shares of the peak torque, from −1 to 1."""

    peak_nm: list[float]
    """Short-time torque in Nm by speed."""

    continuous_nm: list[float]
    """Lasting torque in Nm by speed."""

    loss_w: list[float]
    """Loss in W of machine and inverter, by speed then share."""

    drag_w: list[float]
    """Loss in W of a machine that turns without current (or at zero torque, where its magnets ask for current)."""


__all__ = [
    "Geometry",
    "Layer",
    "LossMap",
    "Machine",
    "MagnetShares",
    "Masses",
    "ScoredLine",
]
