//! Dimensions from a specification, for six topologies.
//!
//! ```text
//! bore      D from T ∝ D³ at L = λ·D and the peak current density, not above 2·v_tip/Ω_top
//! stack     L = λ·D·T_wanted/T(λ·D)                     flux and torque are proportional to the length
//! turns     N so that the voltage at base speed and peak torque is the limit; fewer, until the power at top speed holds
//! copper    I_peak·N = √2·J·k_fill·A_slots/6
//! magnets   the grade with least heavy rare earth whose coercivity, hot, exceeds the worst field by the margin
//! ```
//!
//! Proportions (tooth, slot depth, yoke, gap, magnets) are those of `design.csv` by topology. They are not optimised:
//! a comparison of topologies is one of usual designs, not of best ones.

use std::f64::consts::PI;

use minewheel_data::car::Topology;
use minewheel_data::row::Draw;

use super::MotorError;
use super::circuit::{Circuit, force_per_ampere};
use super::geometry::{Geometry, Layer, PHASES, Rotor};
use super::machine::{Machine, Make, magnetics, worst_magnet_field};
use super::tables::{Cooling, MagnetGrade, MotorTables, Switch};

/// What a machine must do.
#[derive(Debug, Clone, PartialEq)]
pub struct MotorSpec {
    /// Kind of machine.
    pub topology: Topology,
    /// Short-time shaft power in W.
    pub peak_w: f64,
    /// Short-time shaft torque in Nm.
    pub peak_nm: f64,
    /// Top speed in rad/s.
    pub top_rad_s: f64,
    /// DC voltage in V.
    pub dc_v: f64,
    /// Cooling.
    pub cooling: Cooling,
    /// Inverter.
    pub switch: Switch,
    /// Magnet grade; `None`: the one with least heavy rare earth that is safe.
    pub magnet: Option<String>,
    /// Steel.
    pub steel: String,
    /// Lamination in m.
    pub lamination_m: f64,
}

/// A machine made for a specification.
#[derive(Debug, Clone)]
pub struct Sized {
    /// The machine.
    pub machine: Machine,
    /// Coercivity of the hot magnet over the worst field; below the margin of `design.csv` it may lose magnetisation.
    pub demagnetisation: Option<f64>,
    /// Power at top speed over peak power.
    pub top_power_share: f64,
}

/// Turns of the first attempt; scaled afterwards.
const FIRST_TURNS: f64 = 40.0;
/// Rounds of the bore; each cuts the error to a few per cent of itself.
const ROUNDS: usize = 10;
/// Exponent of torque in bore at constant proportions and current density; only steers the rounds.
const TORQUE_EXPONENT: f64 = 3.5;
/// Turns are cut by this much until the power at top speed holds.
const FEWER: f64 = 0.96;
/// Fewest turns over those that meet the voltage at base speed.
const FEWEST: f64 = 0.35;
/// Part of the torque kept for drag and interpolation.
const RESERVE: f64 = 1.01;

struct Sizer<'a> {
    spec: &'a MotorSpec,
    tables: &'a MotorTables,
    draw: &'a Draw<'a>,
}

/// Sizes a machine.
///
/// # Errors
/// The specification is outside what can be sized, or a parameter is missing.
pub fn size_machine(spec: &MotorSpec, tables: &MotorTables, draw: &Draw<'_>) -> Result<Sized, MotorError> {
    check(spec)?;
    let sizer = Sizer { spec, tables, draw };
    match (spec.topology, &spec.magnet) {
        (Topology::Ipm | Topology::Spm | Topology::PmaSynRm, None) => sizer.with_safe_grade(),
        (Topology::Ipm | Topology::Spm | Topology::PmaSynRm, Some(id)) => sizer.machine(Some(tables.magnet(id)?)),
        _ => sizer.machine(None),
    }
}

fn check(spec: &MotorSpec) -> Result<(), MotorError> {
    let within = |field: &'static str, seen: f64, low: f64, high: f64, unit: &str| {
        if (low..=high).contains(&seen) {
            Ok(())
        } else {
            Err(MotorError::Specification { field, seen, wanted: format!("{low:.0} to {high:.0} {unit}") })
        }
    };
    within("peak power", spec.peak_w, 1e3, 1e6, "W")?;
    within("peak torque", spec.peak_nm, 1.0, 5e3, "Nm")?;
    within("top speed", spec.top_rad_s, 50.0, 4e3, "rad/s")?;
    within("DC voltage", spec.dc_v, 40.0, 1500.0, "V")?;
    let base = spec.peak_w / spec.peak_nm;
    within("base speed, peak power over peak torque,", base, 5.0, 0.98 * spec.top_rad_s, "rad/s, below top speed")
}

impl Sizer<'_> {
    fn shared(&self, name: &str, unit: &str) -> Result<f64, MotorError> {
        Ok(self.draw.of(&self.tables.shared(name, unit)?))
    }
    fn own(&self, name: &str, unit: &str) -> Result<f64, MotorError> {
        Ok(self.draw.of(&self.tables.of_topology(self.spec.topology, name, unit)?))
    }

    fn with_safe_grade(&self) -> Result<Sized, MotorError> {
        let margin = self.shared("demagnetisation_margin", "1")?;
        let mut sintered: Vec<(&MagnetGrade, f64)> = self
            .tables
            .magnets
            .iter()
            .filter(|m| m.id.starts_with("ndfeb-"))
            .filter_map(|m| m.composition.as_ref().map(|c| (m, self.draw.of(&c.heavy))))
            .collect();
        sintered.sort_by(|a, b| a.1.total_cmp(&b.1));
        let mut best: Option<(&MagnetGrade, f64)> = None;
        for (grade, _) in sintered {
            let geometry = self.shape(Some(grade))?;
            let found = self.demagnetisation(&geometry, grade)?;
            if best.is_none_or(|b| found > b.1) {
                best = Some((grade, found));
            }
            if found >= margin {
                break;
            }
        }
        let Some((grade, _)) = best else {
            return Err(self.infeasible("the tables have no sintered magnet"));
        };
        self.machine(Some(grade))
    }

    fn infeasible(&self, reason: &'static str) -> MotorError {
        MotorError::Infeasible { topology: self.spec.topology.word(), power_kw: self.spec.peak_w * 1e-3, reason }
    }

    fn demagnetisation(&self, geometry: &Geometry, grade: &MagnetGrade) -> Result<f64, MotorError> {
        let cooling = self.tables.cooling(self.spec.cooling)?;
        let hot = self.draw.of(&cooling.magnet_c) + self.shared("magnet_hot_rise", "K")?;
        let steel = self.tables.steel(&self.spec.steel)?;
        let magnetics = magnetics(steel, Some(grade), hot, self.tables, self.draw)?;
        let field = worst_magnet_field(geometry, &magnetics, self.peak_current(geometry)?)?;
        Ok(grade.coercivity_at(hot, self.draw) / field.max(1.0))
    }

    fn peak_current(&self, geometry: &Geometry) -> Result<f64, MotorError> {
        let density = self.draw.of(&self.tables.cooling(self.spec.cooling)?.peak_current_density);
        Ok(2.0_f64.sqrt() * density * geometry.turn_m2)
    }

    fn make(&self, geometry: &Geometry, grade: Option<&MagnetGrade>) -> Result<Make, MotorError> {
        let cooling = self.tables.cooling(self.spec.cooling)?;
        let peak_a = self.peak_current(geometry)?;
        let share = self.draw.of(&cooling.continuous_current_density) / self.draw.of(&cooling.peak_current_density);
        let field_a = match geometry.rotor {
            Rotor::Salient { copper_m2, .. } => copper_m2 * self.own("field_current_density", "A/m2")?,
            _ => 0.0,
        };
        Ok(Make {
            steel: self.spec.steel.clone(),
            magnet: grade.map(|g| g.id.clone()),
            cooling: self.spec.cooling,
            switch: self.spec.switch,
            dc_v: self.spec.dc_v,
            peak_a,
            continuous_a: share.min(1.0) * peak_a,
            peak_w: self.spec.peak_w,
            top_rad_s: self.spec.top_rad_s,
            field_a,
            switching_hz: None,
            magnet_c: None,
        })
    }

    fn machine(&self, grade: Option<&MagnetGrade>) -> Result<Sized, MotorError> {
        let mut geometry = self.shape(grade)?;
        let make = self.make(&geometry, grade)?;
        let first = Machine::new(geometry.clone(), make.clone(), self.tables, self.draw)?;
        // The map knows the torque better than the few points of the first search.
        let reached = first.standstill_torque();
        if reached <= 0.0 {
            return Err(self.infeasible("it makes no torque"));
        }
        let longer = RESERVE * RESERVE * self.spec.peak_nm / reached;
        geometry.stack_m *= longer;
        geometry.magnet_length_m *= longer;
        if geometry.stack_m > self.shared("stack_over_bore_most", "1")? * geometry.bore_m {
            return Err(self.infeasible("top speed bounds its bore, and the torque would ask for a rotor too long to hold"));
        }
        let machine = Machine::new(geometry.clone(), make, self.tables, self.draw)?;
        let base = self.spec.peak_w / self.spec.peak_nm;
        let asked = machine.voltage_for(RESERVE * self.spec.peak_nm, base).ok_or_else(|| self.infeasible("its peak torque is out of reach"))?;
        let most = machine.voltage_limit() / asked;
        let wanted = self.shared("top_power_share", "1")?;
        let share = |m: &Machine| m.peak_torque(self.spec.top_rad_s, false) * self.spec.top_rad_s / self.spec.peak_w;
        let mut turns = most;
        let mut best = machine.with_turns(turns);
        let mut best_share = share(&best);
        while best_share < wanted && turns > FEWEST * most {
            turns *= FEWER;
            let next = machine.with_turns(turns);
            let next_share = share(&next);
            // Past the best, fewer turns only cost current.
            if next_share <= best_share && best_share > 0.0 {
                break;
            }
            (best, best_share) = (next, next_share);
        }
        let demagnetisation = match grade {
            Some(grade) => Some(self.demagnetisation(&best.geometry, grade)?),
            None => None,
        };
        Ok(Sized { machine: best, demagnetisation, top_power_share: best_share })
    }

    /// Bore and stack for the torque.
    fn shape(&self, grade: Option<&MagnetGrade>) -> Result<Geometry, MotorError> {
        let ratio = self.own("stack_over_bore", "1")?;
        let widest = 2.0 * self.own("tip_speed", "m/s")? / self.spec.top_rad_s;
        let wanted = RESERVE * self.spec.peak_nm;
        // Start: 50 kPa of shear on a rotor of L = λ·D.
        let mut bore = (2.0 * wanted / (PI * ratio * FIRST_SHEAR_PA)).cbrt().min(widest);
        let mut geometry = self.proportions(bore, ratio * bore)?;
        for _ in 0..ROUNDS {
            let torque = self.torque(&geometry, grade)?;
            if torque <= 0.0 {
                return Err(self.infeasible("it makes no torque"));
            }
            let next = (bore * (wanted / torque).powf(1.0 / TORQUE_EXPONENT)).min(widest);
            if next == bore {
                let stack = geometry.stack_m * wanted / torque;
                return self.proportions(bore, stack);
            }
            bore = next;
            geometry = self.proportions(bore, ratio * bore)?;
        }
        let torque = self.torque(&geometry, grade)?;
        self.proportions(bore, geometry.stack_m * wanted / torque)
    }

    /// Greatest torque of a geometry at peak current, by a few current angles.
    fn torque(&self, geometry: &Geometry, grade: Option<&MagnetGrade>) -> Result<f64, MotorError> {
        let make = self.make(geometry, grade)?;
        if matches!(geometry.rotor, Rotor::Toothed { .. }) {
            return Ok(Machine::new(geometry.clone(), make, self.tables, self.draw)?.standstill_torque());
        }
        let steel = self.tables.steel(&self.spec.steel)?;
        let magnet_c = self.draw.of(&self.tables.cooling(self.spec.cooling)?.magnet_c);
        let magnetics = magnetics(steel, grade, magnet_c, self.tables, self.draw)?;
        let circuit = Circuit::new(geometry, &magnetics);
        let force = force_per_ampere(geometry) * make.peak_a;
        let linkage = geometry.winding_factor() * geometry.turns;
        let mut best: f64 = 0.0;
        for degrees in (90..=150).step_by(10) {
            let angle = f64::from(degrees).to_radians();
            let (direct, quadrature) = (angle.cos(), angle.sin());
            let flux = if matches!(geometry.rotor, Rotor::Cage { .. }) {
                // Magnetising along d; the cage cancels the flux across it.
                let solved = circuit.solve(-force * direct, 0.0, 0.0, None)?;
                linkage * solved.direct_wb * quadrature
            } else {
                let solved = circuit.solve(force * direct, force * quadrature, make.field_a, None)?;
                linkage * (solved.direct_wb * quadrature - solved.quadrature_wb * direct)
            };
            best = best.max(0.5 * PHASES * geometry.pole_pairs * flux * make.peak_a);
        }
        Ok(best)
    }

    fn proportions(&self, bore: f64, stack: f64) -> Result<Geometry, MotorError> {
        let topology = self.spec.topology;
        let pole_pairs = self.own("pole_pairs", "1")?;
        let slots =
            if topology == Topology::Srm { PHASES * pole_pairs } else { 2.0 * PHASES * pole_pairs * self.own("slots_per_pole_phase", "1")? };
        let gap = self.own("air_gap", "m")?;
        let slot_depth = self.own("slot_depth_share", "1")? * bore;
        let pitch = PI * (bore + 2.0 / 3.0 * slot_depth) / slots;
        let tooth = self.own("tooth_share", "1")? * pitch;
        let slot_m2 = slot_depth * (pitch - tooth);
        let per_pole = slots / (2.0 * pole_pairs);
        let yoke = self.own("yoke_share", "1")? * 0.5 * if topology == Topology::Srm { 2.0 * tooth } else { per_pole * tooth };
        let fill = self.shared(if topology == Topology::Srm { "fill_round" } else { "fill_hairpin" }, "1")?;
        let rotor_m = bore - 2.0 * gap;
        let layers = self.shared("hairpin_layers", "1")?;
        let rotor = self.rotor(bore, rotor_m, pole_pairs, slots)?;
        let magnet_m = match &rotor {
            Rotor::Buried { layers } => layers.iter().map(|l| l.magnet_m).fold(0.0, f64::max),
            Rotor::Surface { arc, .. } => arc * PI * rotor_m / (2.0 * pole_pairs),
            _ => 0.0,
        };
        let block_m = if magnet_m > 0.0 { magnet_m / self.own("blocks_per_pole", "1")? } else { 0.0 };
        Ok(Geometry {
            topology,
            pole_pairs,
            slots,
            outer_m: bore + 2.0 * (slot_depth + yoke),
            bore_m: bore,
            rotor_m,
            rotor_inner_m: self.own("rotor_bore_share", "1")? * rotor_m,
            stack_m: stack,
            magnet_length_m: stack,
            gap_m: gap,
            slot_depth_m: slot_depth,
            slot_opening_m: if topology == Topology::Srm { 0.0 } else { self.shared("slot_opening_share", "1")? * (pitch - tooth) },
            slot_m2,
            tooth_m: tooth,
            tooth_taper_m: 2.0 * PI * slot_depth / slots,
            turns: FIRST_TURNS,
            turn_m2: slots * slot_m2 * fill / (2.0 * PHASES * FIRST_TURNS),
            strand_m: if topology == Topology::Srm {
                self.shared("round_strand", "m")?
            } else {
                self.shared("strand_share", "1")? * slot_depth / layers
            },
            strand_layers: if topology == Topology::Srm { slot_depth / self.shared("round_strand", "m")? * fill.sqrt() } else { layers },
            coil_span: if topology == Topology::Srm { 2.0 * pole_pairs / slots } else { 1.0 },
            end_turn_factor: self.shared("end_turn_factor", "1")?,
            lamination_m: self.spec.lamination_m,
            measured_resistance_ohm: None,
            measured_linkage_vs: None,
            block_m,
            rotor,
        })
    }

    fn rotor(&self, bore: f64, rotor_m: f64, pole_pairs: f64, slots: f64) -> Result<Rotor, MotorError> {
        let pole_pitch = PI * rotor_m / (2.0 * pole_pairs);
        Ok(match self.spec.topology {
            Topology::Ipm | Topology::PmaSynRm => {
                let (count, arc) = (self.own("layers", "1")?, self.own("pole_arc", "1")?);
                let (share, thickness) = (self.own("magnet_width_share", "1")?, self.own("magnet_thickness", "m")?);
                let bridge = 2.0 * self.own("bridge", "m")?;
                let depth = self.own("layer_depth_share", "1")? * 0.5 * rotor_m;
                let layers = (0..count as usize).map(|at| {
                    // Deepest first; spans shrink in equal steps.
                    let span = arc * (1.0 - at as f64 / (count + 0.5));
                    let barrier = pole_pitch * span;
                    let magnet = share * if count > 1.0 { barrier } else { pole_pitch };
                    Layer {
                        arc: span,
                        magnet_m: magnet,
                        barrier_m: barrier.max(magnet),
                        thickness_m: thickness,
                        bridge_m: bridge,
                        depth_m: depth * span / arc,
                    }
                });
                Rotor::Buried { layers: layers.collect() }
            }
            Topology::Spm => Rotor::Surface {
                arc: self.own("pole_arc", "1")?,
                thickness_m: self.own("magnet_thickness", "m")?,
                sleeve_m: self.own("sleeve", "m")?,
            },
            Topology::Eesm => {
                let height = self.own("field_slot_share", "1")? * 0.5 * rotor_m;
                let pitch = PI * (rotor_m - height) / (2.0 * pole_pairs);
                let body = self.own("pole_body_share", "1")? * pole_pitch;
                let side = 0.5 * (pitch - body).max(0.0) * height * self.own("field_fill", "1")?;
                Rotor::Salient {
                    arc: self.own("pole_arc", "1")?,
                    body_m: body,
                    height_m: height,
                    space_m: self.own("interpolar_gap", "m")?,
                    copper_m2: side,
                }
            }
            Topology::Induction => {
                let bars = (self.own("bars_per_slot", "1")? * slots).round();
                let depth = self.own("bar_depth_share", "1")? * 0.5 * rotor_m;
                let width = self.own("bar_share", "1")? * PI * (rotor_m - depth) / bars;
                let ring = self.own("ring_over_bar", "1")? * width * depth * bars / (2.0 * PI * pole_pairs);
                Rotor::Cage { bars, width_m: width, depth_m: depth, ring_m2: ring, is_copper: self.own("copper_cage", "1")? > 0.5 }
            }
            Topology::Srm => {
                let poles = self.own("rotor_poles", "1")?;
                let tooth = self.own("pole_arc", "1")? * PI * bore / slots;
                Rotor::Toothed { poles, tooth_m: tooth, depth_m: self.own("salient_depth_share", "1")? * 0.5 * rotor_m }
            }
        })
    }
}

/// Shear in Pa of the first guess; only steers the rounds.
const FIRST_SHEAR_PA: f64 = 5e4;
