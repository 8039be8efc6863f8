//! One machine with its inverter: geometry and materials become something that can be asked for a torque.

use std::f64::consts::PI;

use minewheel_data::car::Topology;
use minewheel_data::row::Draw;

use super::MotorError;
use super::circuit::{CELLS, Circuit, Curve, Field, MU_0, Magnetics, end_leakage_h, force_per_ampere, slot_leakage_h};
use super::geometry::{Geometry, PHASES, Rotor};
use super::losses::{Blocks, Inverter, Iron, IronTerms, Mechanical, Pulses, Winding};
use super::masses::{Masses, field_copper_m3};
use super::operating::{Cage, Electric, FluxMap, Limits, LossParts, MAP, Point, Pulsed, Sample, synchronous, synchronous_peak};
use super::tables::{Cooling, MagnetGrade, MotorTables, Steel, Switch};

/// Levels of field current that are mapped.
const FIELD_LEVELS: usize = 6;
/// Magnetising currents that are tried.
const MAGNETISING: usize = 40;
/// Highest magnetising current over the current limit.
const MAGNETISING_SHARE: f64 = 0.6;
/// Rounds in which air-gap torque and iron loss agree; each cuts the error to the drag's share of the torque.
const ROUNDS: usize = 4;

/// What a machine is built of and fed with.
#[derive(Debug, Clone)]
pub struct Make {
    /// Steel, by id.
    pub steel: String,
    /// Magnet grade, by id; unused without magnets.
    pub magnet: Option<String>,
    /// Cooling.
    pub cooling: Cooling,
    /// Inverter.
    pub switch: Switch,
    /// DC voltage in V.
    pub dc_v: f64,
    /// Highest peak phase current in A.
    pub peak_a: f64,
    /// Lasting peak phase current in A.
    pub continuous_a: f64,
    /// Highest shaft power in W.
    pub peak_w: f64,
    /// Highest speed in rad/s.
    pub top_rad_s: f64,
    /// Highest field magnetomotive force of a pole in A.
    pub field_a: f64,
    /// Switching frequency in Hz; `None`: that of the inverter's row.
    pub switching_hz: Option<f64>,
    /// Temperature of the magnets in °C; `None`: that of the cooling.
    pub magnet_c: Option<f64>,
}

/// Bisections of a voltage; they reach 10⁻⁶ of the range.
const BISECTIONS: usize = 20;
/// Voltages over the limit within which that of a pulse is sought.
const PULSE_VOLTAGES: f64 = 20.0;

#[derive(Debug, Clone)]
enum Core {
    Synchronous(Vec<FluxMap>),
    Induction(Cage),
    Reluctance(Pulsed),
}

/// One machine with its inverter.
#[derive(Debug, Clone)]
pub struct Machine {
    /// Dimensions.
    pub geometry: Geometry,
    /// Materials and limits.
    pub make: Make,
    /// Masses.
    pub masses: Masses,
    /// Stator winding.
    pub winding: Winding,
    /// Winding temperature in °C at which it is asked.
    pub winding_c: f64,
    /// Magnet temperature in °C.
    pub magnet_c: f64,
    /// Remanence that the measured no-load voltage asks for, over the table's; one where no voltage was measured.
    pub magnet_scale: f64,
    mechanical: Mechanical,
    inverter: Inverter,
    voltage_v: f64,
    core: Core,
    idle: IronTerms,
    pulses: Pulses,
    blocks: Blocks,
    pulse_iron: PulseIron,
}

/// Iron loss by the rate of flux linkage, `e·⟨|λ'|²⟩ + x·⟨|λ'|²⟩^¾`.
#[derive(Debug, Clone, Copy, Default)]
struct PulseIron {
    /// Eddy loss in W/V².
    eddy: f64,
    /// Excess loss in W/V^1.5.
    excess: f64,
}

impl PulseIron {
    /// A sine of peak linkage `flux` in V·s turns at a rate of `2π·f·flux`.
    fn of(iron: &IronTerms, flux: f64) -> Self {
        let rate = 2.0 * PI * flux;
        Self { eddy: iron.eddy / (rate * rate), excess: iron.excess / rate.powf(1.5) }
    }

    /// What pulses add to the loss of a sine, in W; both are squared rates in V².
    fn added(&self, sine: f64, pulses: f64) -> f64 {
        self.eddy * pulses + self.excess * ((sine + pulses).powf(0.75) - sine.powf(0.75))
    }
}

impl Core {
    /// Iron loss by rate of flux linkage, from a field near that of half the current.
    fn pulse_iron(&self) -> PulseIron {
        match self {
            Self::Synchronous(levels) => levels.last().map_or_else(PulseIron::default, |level| {
                let s = level.at(0.0, 0.5 * level.limit_a);
                PulseIron::of(&s.iron, s.direct_vs.hypot(s.quadrature_vs))
            }),
            Self::Induction(cage) => {
                let (_, flux, iron) = cage.magnetising[cage.magnetising.len() / 2];
                PulseIron::of(&iron, flux)
            }
            Self::Reluctance(_) => PulseIron::default(),
        }
    }

    /// Mean incremental inductance in H at a point; `None` where pulses are not those of a sine inverter.
    fn incremental_h(&self, electric: &Electric) -> Option<f64> {
        match self {
            Self::Synchronous(levels) => {
                let level = levels.last()?;
                let step = level.limit_a / (MAP - 1) as f64;
                let (d, q) = (electric.direct_a.min(-0.5 * step), electric.quadrature_a.abs().max(0.5 * step));
                let along = level.at(d + 0.5 * step, q).direct_vs - level.at(d - 0.5 * step, q).direct_vs;
                let across = level.at(d, q + 0.5 * step).quadrature_vs - level.at(d, q - 0.5 * step).quadrature_vs;
                Some(0.5 * (along + across) / step)
            }
            Self::Induction(cage) => Some(cage.stator_leakage_h + cage.rotor_leakage_h),
            Self::Reluctance(_) => None,
        }
    }
}

impl Machine {
    /// Builds the maps of a machine.
    ///
    /// # Errors
    /// A parameter is missing, or the magnetic circuit does not settle.
    pub fn new(geometry: Geometry, make: Make, tables: &MotorTables, draw: &Draw<'_>) -> Result<Self, MotorError> {
        let steel = tables.steel(&make.steel)?;
        let has_magnets = matches!(geometry.rotor, Rotor::Buried { .. } | Rotor::Surface { .. });
        let grade = match &make.magnet {
            Some(id) if has_magnets => Some(tables.magnet(id)?),
            _ => None,
        };
        let masses = Masses::of(&geometry, steel, grade, tables, draw)?;
        let cooling = tables.cooling(make.cooling)?;
        let (winding_c, magnet_c) = (draw.of(&cooling.winding_c), make.magnet_c.unwrap_or_else(|| draw.of(&cooling.magnet_c)));
        let winding = Winding::new(&geometry, tables, draw);
        let mechanical = Mechanical::new(&geometry, masses.rotor_kg(), tables, draw)?;
        let inverter = Inverter::new(&tables.inverter(make.switch)?, make.peak_a, draw);
        let voltage_v = draw.of(&tables.shared("voltage_share", "1")?) * make.dc_v / PHASES.sqrt();
        let builder = CoreBuilder { geometry: &geometry, make: &make, steel, tables, draw };
        let magnet_scale = builder.magnet_scale(grade)?;
        let core = builder.core(grade, magnet_scale, magnet_c, winding_c)?;
        let idle = match &core {
            Core::Synchronous(levels) if has_magnets => levels[0].at(0.0, 0.0).iron,
            _ => IronTerms::default(),
        };
        let pulse_iron = core.pulse_iron();
        let inverter = match make.switching_hz {
            Some(frequency) => inverter.switching_at(frequency),
            None => inverter,
        };
        let pulses = Pulses::space_vector();
        let is_sintered = grade.is_some_and(|g| g.composition.is_some());
        let mut blocks = Blocks::new(&geometry, tables, draw);
        if !is_sintered {
            // Ferrite does not conduct.
            blocks.per_rate = 0.0;
        }
        Ok(Self {
            geometry,
            make,
            masses,
            winding,
            winding_c,
            magnet_c,
            magnet_scale,
            mechanical,
            inverter,
            voltage_v,
            core,
            idle,
            pulses,
            blocks,
            pulse_iron,
        })
    }

    fn limits(&self, speed_rad_s: f64, current_a: f64, winding_c: f64) -> Limits {
        let poles = match &self.core {
            Core::Reluctance(pulsed) => pulsed.rotor_poles,
            _ => self.geometry.pole_pairs,
        };
        let omega = poles * speed_rad_s;
        let frequency = omega / (2.0 * PI);
        let resistance = self.winding.resistance(winding_c) * self.winding.alternating(frequency, winding_c);
        Limits { current_a, voltage_v: self.voltage_v, resistance, omega, pole_pairs: self.geometry.pole_pairs }
    }

    fn electric(&self, air_gap_nm: f64, limits: &Limits, winding_c: f64) -> Option<Electric> {
        let copper = |e: &Electric| self.winding.loss(e.current_a, e.frequency_hz, winding_c);
        match &self.core {
            Core::Synchronous(levels) => {
                let loss = |e: &Electric| copper(e) + e.rotor_w + e.iron_w;
                let found = levels.iter().filter_map(|level| synchronous(level, air_gap_nm, limits));
                found.min_by(|a, b| loss(a).total_cmp(&loss(b)))
            }
            Core::Induction(cage) => cage.operate(air_gap_nm, limits, copper),
            Core::Reluctance(pulsed) => pulsed.operate(air_gap_nm, limits),
        }
    }

    /// The operating point of a shaft torque at a speed; `None` beyond voltage or current.
    pub fn point(&self, torque_nm: f64, speed_rad_s: f64) -> Option<Point> {
        self.point_at(torque_nm, speed_rad_s, self.winding_c)
    }

    /// As [`Machine::point`] at a winding temperature in °C.
    pub fn point_at(&self, torque_nm: f64, speed_rad_s: f64, winding_c: f64) -> Option<Point> {
        let limits = self.limits(speed_rad_s, self.make.peak_a, winding_c);
        let mechanical_w = self.mechanical.loss(speed_rad_s);
        let mut electric = Electric::default();
        let mut air_gap_nm = torque_nm;
        for _ in 0..ROUNDS {
            let drag_w = electric.shaft_iron_w(limits.omega) + mechanical_w;
            air_gap_nm = torque_nm + if speed_rad_s > 0.0 { drag_w / speed_rad_s } else { 0.0 };
            electric = self.electric(air_gap_nm, &limits, winding_c)?;
        }
        let sine_w = self.winding.loss(electric.current_a, electric.frequency_hz, winding_c);
        let ripple_w = self.ripple_w(&electric, winding_c);
        let copper_w = sine_w + ripple_w.0;
        // What the shaft gets is what the gap gives less the drag of the last round.
        let shaft_iron_w = electric.shaft_iron_w(limits.omega);
        let torque_nm = if speed_rad_s > 0.0 { air_gap_nm - (shaft_iron_w + mechanical_w) / speed_rad_s } else { air_gap_nm };
        let switched_a = electric.direct_a.hypot(electric.quadrature_a);
        let inverter_w = if switched_a > 0.0 { self.inverter.loss(switched_a, self.make.dc_v) } else { 0.0 };
        let loss = LossParts { copper_w, rotor_w: electric.rotor_w, iron_w: electric.iron_w + ripple_w.1, mechanical_w, inverter_w };
        let fed_iron_w = ripple_w.1 + if speed_rad_s > 0.0 { electric.iron_w - shaft_iron_w } else { electric.iron_w + mechanical_w };
        let electrical_w = air_gap_nm * speed_rad_s + copper_w + fed_iron_w + electric.rotor_w;
        Some(Point {
            speed_rad_s,
            torque_nm,
            direct_a: electric.direct_a,
            quadrature_a: electric.quadrature_a,
            voltage_v: electric.voltage_v,
            electrical_w,
            dc_w: electrical_w + inverter_w,
            loss,
        })
    }

    /// Losses in W by the inverter's pulses: copper, iron. Nought without current, when the inverter is off.
    fn ripple_w(&self, electric: &Electric, winding_c: f64) -> (f64, f64) {
        let Some(inductance) = self.core.incremental_h(electric) else { return (0.0, 0.0) };
        if electric.current_a == 0.0 {
            return (0.0, 0.0);
        }
        let voltage = electric.voltage_v.min(self.voltage_v);
        let (flux, rate) = self.pulses.at(voltage, self.make.dc_v, self.inverter.frequency());
        if flux <= 0.0 {
            return (0.0, 0.0);
        }
        let frequency = (rate / flux).sqrt() / (2.0 * PI);
        let magnet = match &self.core {
            Core::Synchronous(levels) => {
                let per_vs = levels.last().map_or(0.0, |l| l.magnet_per_vs);
                self.blocks.per_rate * self.blocks.reaction(frequency) * per_vs * per_vs * 0.5 * rate
            }
            _ => 0.0,
        };
        (self.winding.loss(flux.sqrt() / inductance, frequency, winding_c), self.pulse_iron.added(voltage * voltage, rate) + magnet)
    }

    /// Highest shaft torque in Nm at a speed, short-time or lasting.
    pub fn peak_torque(&self, speed_rad_s: f64, is_continuous: bool) -> f64 {
        let current = if is_continuous { self.make.continuous_a } else { self.make.peak_a };
        let limits = self.limits(speed_rad_s, current, self.winding_c);
        let air_gap = match &self.core {
            Core::Synchronous(levels) => levels.iter().map(|level| synchronous_peak(level, &limits)).fold(0.0, f64::max),
            Core::Induction(cage) => cage.peak(&limits),
            Core::Reluctance(pulsed) => pulsed.peak(&limits),
        };
        if speed_rad_s <= 0.0 {
            return air_gap;
        }
        let mut torque = (air_gap - self.mechanical.loss(speed_rad_s) / speed_rad_s).max(0.0);
        if let Some(electric) = self.electric(0.999 * air_gap, &limits, self.winding_c) {
            torque = (torque - electric.shaft_iron_w(limits.omega) / speed_rad_s).max(0.0);
        }
        torque.min(self.make.peak_w / speed_rad_s)
    }

    /// Highest air-gap torque in Nm at standstill.
    pub fn standstill_torque(&self) -> f64 {
        self.peak_torque(0.0, false)
    }

    /// Phase voltage in V (peak) that the inverter can give.
    pub fn voltage_limit(&self) -> f64 {
        self.voltage_v
    }

    /// Phase voltage in V (peak) that a torque at a speed would take without a voltage limit.
    pub fn voltage_for(&self, torque_nm: f64, speed_rad_s: f64) -> Option<f64> {
        let free = Self { voltage_v: f64::MAX, ..self.clone() };
        match &free.core {
            Core::Reluctance(pulsed) => {
                // Least voltage at which the capped area still gives the torque.
                let (mut low, mut high) = (0.0, PULSE_VOLTAGES * self.voltage_v);
                let fits = |voltage_v: f64| {
                    let limits = Limits { voltage_v, ..free.limits(speed_rad_s, free.make.peak_a, free.winding_c) };
                    pulsed.peak(&limits) >= torque_nm
                };
                if !fits(high) {
                    return None;
                }
                for _ in 0..BISECTIONS {
                    let middle = 0.5 * (low + high);
                    if fits(middle) { high = middle } else { low = middle }
                }
                Some(high)
            }
            _ => free.point(torque_nm, speed_rad_s).map(|p| p.voltage_v),
        }
    }

    /// The same machine with `factor` times the turns of a wire as much thinner.
    ///
    /// Fluxes, losses and torques stay; currents shrink and voltages grow by the factor.
    #[must_use]
    pub fn with_turns(&self, factor: f64) -> Self {
        let mut out = self.clone();
        let square = factor * factor;
        out.geometry.turns *= factor;
        out.geometry.turn_m2 /= factor;
        out.winding.resistance_20c *= square;
        out.make.peak_a /= factor;
        out.make.continuous_a /= factor;
        out.inverter = self.inverter.for_current(factor);
        out.pulse_iron.eddy /= square;
        out.pulse_iron.excess /= factor.powf(1.5);
        match &mut out.core {
            Core::Synchronous(levels) => {
                for level in levels {
                    level.limit_a /= factor;
                    for sample in &mut level.samples {
                        sample.direct_vs *= factor;
                        sample.quadrature_vs *= factor;
                    }
                    level.magnet_per_vs /= factor;
                }
            }
            Core::Induction(cage) => {
                for (current, flux, _) in &mut cage.magnetising {
                    *current /= factor;
                    *flux *= factor;
                }
                cage.stator_leakage_h *= square;
                cage.rotor_leakage_h *= square;
                cage.rotor_resistance *= square;
            }
            Core::Reluctance(pulsed) => {
                for (current, flux, _) in &mut pulsed.aligned {
                    *current /= factor;
                    *flux *= factor;
                }
                pulsed.unaligned_h *= square;
            }
        }
        out
    }

    /// Loss in W of a machine that turns with its inverter off: iron under magnets, bearings, air.
    ///
    /// With the inverter off the magnets' voltage may exceed that of the battery; then the inverter must stay on, and
    /// the loss is that of zero torque.
    pub fn drag_w(&self, speed_rad_s: f64) -> f64 {
        self.idle.at(self.geometry.pole_pairs * speed_rad_s / (2.0 * PI)) + self.mechanical.loss(speed_rad_s)
    }

    /// Loss in W at zero torque: drag, or field weakening where the magnets' voltage asks for it.
    pub fn idle_w(&self, speed_rad_s: f64) -> f64 {
        if self.back_emf_v(speed_rad_s) <= self.voltage_v {
            return self.drag_w(speed_rad_s);
        }
        self.point(0.0, speed_rad_s).map_or_else(|| self.drag_w(speed_rad_s), |p| p.loss.total_w())
    }

    /// Voltage of a phase in V (peak) that the magnets induce.
    pub fn back_emf_v(&self, speed_rad_s: f64) -> f64 {
        match (&self.core, &self.geometry.rotor) {
            (Core::Synchronous(levels), Rotor::Buried { .. } | Rotor::Surface { .. }) => {
                self.geometry.pole_pairs * speed_rad_s * levels[0].at(0.0, 0.0).direct_vs
            }
            _ => 0.0,
        }
    }

    /// Flux linkages in V·s at a pair of currents, of a synchronous machine at full field.
    pub fn flux(&self, direct_a: f64, quadrature_a: f64) -> Option<(f64, f64)> {
        match &self.core {
            Core::Synchronous(levels) => {
                let sample = levels.last()?.at(direct_a, quadrature_a);
                Some((sample.direct_vs, sample.quadrature_vs))
            }
            _ => None,
        }
    }

    /// Air-gap torque in Nm at a pair of currents, of a synchronous machine at full field.
    pub fn air_gap_torque(&self, direct_a: f64, quadrature_a: f64) -> Option<f64> {
        match &self.core {
            Core::Synchronous(levels) => Some(levels.last()?.torque(self.geometry.pole_pairs, direct_a, quadrature_a)),
            _ => None,
        }
    }
}

/// Points put between two solved ones, straight.
const BETWEEN: usize = 6;

fn refined(points: &[(f64, f64, IronTerms)]) -> Vec<(f64, f64, IronTerms)> {
    let mut out = vec![points[0]];
    for pair in points.windows(2) {
        let ((i0, p0, t0), (i1, p1, t1)) = (pair[0], pair[1]);
        for step in 1..=BETWEEN {
            let u = step as f64 / BETWEEN as f64;
            let iron = IronTerms::default().plus(&t0, 1.0 - u).plus(&t1, u);
            out.push((i0 + u * (i1 - i0), p0 + u * (p1 - p0), iron));
        }
    }
    out
}

/// What a published machine was built of and fed with, as `geometry.csv` says.
///
/// # Errors
/// The machine is not there, or lacks a row.
pub fn published_make(machine: &str, tables: &MotorTables, draw: &Draw<'_>) -> Result<Make, MotorError> {
    let of = tables.published(machine)?;
    let number = |property: &str, unit: &str| -> Result<f64, MotorError> { Ok(draw.of(&of.value(property, unit)?)) };
    let peak_a = number("peak_current", "A")?;
    Ok(Make {
        steel: "m19-29ga".to_owned(),
        magnet: Some(machine.to_owned()),
        cooling: Cooling::Jacket,
        switch: Switch::Igbt,
        dc_v: number("dc_voltage", "V")?,
        peak_a,
        continuous_a: 0.5 * peak_a,
        peak_w: number("peak_power", "W")?,
        top_rad_s: number("top_speed", "rad/s")?,
        field_a: 0.0,
        switching_hz: of.optional("switching_frequency", "1/s")?.map(|v| draw.of(&v)),
        magnet_c: None,
    })
}

/// Flux density in T along the magnetisation at the worst: all peak current against the magnets, which are hot.
///
/// # Errors
/// The magnetic circuit does not settle.
pub(super) fn worst_magnet_field(geometry: &Geometry, magnetics: &Magnetics, peak_a: f64) -> Result<f64, MotorError> {
    let circuit = Circuit::new(geometry, magnetics);
    let field = circuit.solve(-force_per_ampere(geometry) * peak_a, 0.0, 0.0, None)?;
    // A magnet on the surface is as deep in the reverse field as the cell over it.
    let density = field.magnet_t.unwrap_or_else(|| field.gap_t[CELLS / 2]);
    Ok((magnetics.remanence_t - density) / (MU_0 * magnetics.recoil))
}

/// Steel and magnets as the circuit needs them.
///
/// # Errors
/// A parameter is missing.
pub(super) fn magnetics(
    steel: &Steel,
    grade: Option<&MagnetGrade>,
    magnet_c: f64,
    tables: &MotorTables,
    draw: &Draw<'_>,
) -> Result<Magnetics, MotorError> {
    Ok(Magnetics {
        steel: Curve::new(steel.curve.clone()),
        stacking: draw.of(&tables.shared("stacking_factor", "1")?),
        remanence_t: grade.map_or(0.0, |m| m.remanence_at(magnet_c, draw)),
        recoil: grade.map_or(1.0, |m| draw.of(&m.recoil_permeability)),
        lip_m: draw.of(&tables.shared("slot_opening_depth", "m")?),
    })
}

struct CoreBuilder<'a> {
    geometry: &'a Geometry,
    make: &'a Make,
    steel: &'a Steel,
    tables: &'a MotorTables,
    draw: &'a Draw<'a>,
}

impl CoreBuilder<'_> {
    /// The remanence that makes the measured no-load flux, over that of the grade; one where none was measured.
    fn magnet_scale(&self, grade: Option<&MagnetGrade>) -> Result<f64, MotorError> {
        let (Some((measured_vs, cold_c)), Some(_)) = (self.geometry.measured_linkage_vs, grade) else { return Ok(1.0) };
        let cold = magnetics(self.steel, grade, cold_c, self.tables, self.draw)?;
        let (mut low, mut high) = (0.0, 2.0);
        for _ in 0..BISECTIONS {
            let middle = 0.5 * (low + high);
            let circuit = Circuit::new(self.geometry, &Magnetics { remanence_t: middle * cold.remanence_t, ..cold.clone() });
            if self.linkage() * circuit.solve(0.0, 0.0, 0.0, None)?.direct_wb < measured_vs { low = middle } else { high = middle }
        }
        Ok(0.5 * (low + high))
    }

    fn core(&self, grade: Option<&MagnetGrade>, magnet_scale: f64, magnet_c: f64, winding_c: f64) -> Result<Core, MotorError> {
        let mut magnetics = magnetics(self.steel, grade, magnet_c, self.tables, self.draw)?;
        magnetics.remanence_t *= magnet_scale;
        let iron = Iron::new(self.geometry, self.steel, self.tables, self.draw)?;
        match &self.geometry.rotor {
            Rotor::Buried { .. } | Rotor::Surface { .. } => Ok(Core::Synchronous(vec![self.flux_map(&magnetics, &iron, (0.0, 0.0))?])),
            Rotor::Salient { copper_m2, .. } => {
                let brush = self.draw.of(&self.tables.of_topology(Topology::Eesm, "brush_loss", "W")?);
                let rho = self.tables.copper.resistivity_at(winding_c, self.draw);
                // Loss of all coils is ρ·J²·V with J = F/A.
                let full = rho * (self.make.field_a / copper_m2).powi(2) * field_copper_m3(self.geometry, *copper_m2);
                let levels = (1..=FIELD_LEVELS).map(|level| {
                    let share = level as f64 / FIELD_LEVELS as f64;
                    self.flux_map(&magnetics, &iron, (share * self.make.field_a, share * share * full + share * brush))
                });
                Ok(Core::Synchronous(levels.collect::<Result<_, _>>()?))
            }
            Rotor::Cage { .. } => self.cage(&magnetics, &iron).map(Core::Induction),
            Rotor::Toothed { .. } => self.pulsed(&magnetics).map(Core::Reluctance),
        }
    }

    fn leakage(&self) -> Result<f64, MotorError> {
        let end = self.draw.of(&self.tables.shared("end_leakage_permeance", "1")?);
        Ok(end_leakage_h(self.geometry, end))
    }

    fn linkage(&self) -> f64 {
        self.geometry.winding_factor() * self.geometry.turns
    }

    fn flux_map(&self, magnetics: &Magnetics, iron: &Iron, field: (f64, f64)) -> Result<FluxMap, MotorError> {
        let circuit = Circuit::new(self.geometry, magnetics);
        let (force, linkage, leakage) = (force_per_ampere(self.geometry), self.linkage(), self.leakage()?);
        let limit_a = self.make.peak_a;
        let mut samples = Vec::with_capacity(MAP * MAP);
        let mut row_start: Option<Field> = None;
        // Of the last two currents along the magnet axis, the second is nought.
        let mut magnets: [Option<(f64, f64)>; 2] = [None, None];
        for i in 0..MAP {
            let direct = (i as f64 / (MAP - 1) as f64 - 1.0) * limit_a;
            let mut last: Option<Field> = row_start.take();
            for j in 0..MAP {
                let quadrature = j as f64 / (MAP - 1) as f64 * limit_a;
                let solved = circuit.solve(force * direct, force * quadrature, field.0, last.as_ref())?;
                samples.push(Sample {
                    direct_vs: linkage * solved.direct_wb + leakage * direct,
                    quadrature_vs: linkage * solved.quadrature_wb + leakage * quadrature,
                    iron: iron.terms(&solved),
                });
                if j == 0 {
                    let surface = matches!(self.geometry.rotor, Rotor::Surface { .. }).then(|| solved.gap_t[CELLS / 2]);
                    let density = solved.magnet_t.or(surface);
                    let linked = samples.last().map_or(0.0, |s: &Sample| s.direct_vs);
                    magnets = [magnets[1], density.map(|b| (b, linked))];
                    row_start = Some(solved.clone());
                }
                last = Some(solved);
            }
        }
        let magnet_per_vs = match magnets {
            [Some((first, flux)), Some((second, other))] if flux != other => (first - second) / (flux - other),
            _ => 0.0,
        };
        Ok(FluxMap { limit_a, samples, field, magnet_per_vs })
    }

    fn cage(&self, magnetics: &Magnetics, iron: &Iron) -> Result<Cage, MotorError> {
        let g = self.geometry;
        let Rotor::Cage { bars, width_m, depth_m, ring_m2, is_copper } = g.rotor else {
            return Err(MotorError::Infeasible { topology: g.topology.word(), power_kw: 0.0, reason: "it has no cage" });
        };
        let circuit = Circuit::new(g, magnetics);
        let (force, linkage) = (force_per_ampere(g), self.linkage());
        let slot_h = slot_leakage_h(g, magnetics.lip_m);
        let mut magnetising = vec![(0.0, 0.0, IronTerms::default())];
        let mut last: Option<Field> = None;
        for index in 1..=MAGNETISING {
            // Closer where the field is weak: that decides the torque at top speed.
            let current = MAGNETISING_SHARE * self.make.peak_a * (index as f64 / MAGNETISING as f64).powi(2);
            let solved = circuit.solve(force * current, 0.0, 0.0, last.as_ref())?;
            // What crosses the gap: the circuit's linkage holds the slot leakage too.
            magnetising.push((current, linkage * solved.direct_wb - slot_h * current, iron.terms(&solved)));
            last = Some(solved);
        }
        let magnetising = refined(&magnetising);
        let metal = if is_copper { &self.tables.copper } else { &self.tables.aluminium };
        let warm = self.draw.of(&self.tables.of_topology(Topology::Induction, "cage_temperature_c", "1")?);
        let rho = metal.resistivity_at(warm, self.draw);
        let refer = 4.0 * PHASES * linkage * linkage / bars;
        let bar = rho * g.stack_m / (width_m * depth_m);
        let segment = rho * PI * (g.rotor_m - depth_m) / (bars * ring_m2);
        let ring = segment / (2.0 * (PI * g.pole_pairs / bars).sin().powi(2));
        Ok(Cage {
            magnetising,
            stator_leakage_h: self.leakage()? + slot_h,
            rotor_leakage_h: refer * MU_0 * g.stack_m * depth_m / (3.0 * width_m),
            rotor_resistance: refer * (bar + ring),
        })
    }

    fn pulsed(&self, magnetics: &Magnetics) -> Result<Pulsed, MotorError> {
        let g = self.geometry;
        let of = |name: &str| -> Result<f64, MotorError> { Ok(self.draw.of(&self.tables.of_topology(Topology::Srm, name, "1")?)) };
        let Rotor::Toothed { poles, depth_m, .. } = g.rotor else {
            return Err(MotorError::Infeasible { topology: g.topology.word(), power_kw: 0.0, reason: "its rotor has no teeth" });
        };
        let teeth = g.slots / PHASES;
        let per_tooth = g.turns / teeth;
        let section = g.tooth_m * g.stack_m * magnetics.stacking;
        let yoke_path = PI * (g.outer_m - g.yoke_m()) / (2.0 * teeth);
        let yoke_share = 0.5 * g.tooth_m / g.yoke_m();
        let mut aligned = vec![(0.0, 0.0, 0.0)];
        for &(field, density) in self.steel.curve.iter().skip(1) {
            let gap = density * magnetics.stacking * g.gap_m / MU_0;
            let yoke = magnetics.steel.inverse(density * yoke_share) * yoke_path;
            let current = (gap + field * (g.slot_depth_m + depth_m) + yoke) / per_tooth;
            aligned.push((current, g.turns * density * section, density));
        }
        let unsaturated = aligned[1].1 / aligned[1].0;
        // One tesla in teeth and yoke, a sine: the pulse's harmonics are within the build factor.
        let wave: [f64; CELLS] = std::array::from_fn(|cell| super::circuit::cell_angle(cell).cos());
        let iron = Iron::new(g, self.steel, self.tables, self.draw)?;
        // A tooth's flux has one sign: it swings half as far as a sine of the same peak.
        let wave = wave.map(|w| 0.5 * w);
        let unit = Field::sine(wave.map(|w| w * g.tooth_m / g.slot_pitch_m() * magnetics.stacking), wave);
        Ok(Pulsed {
            aligned,
            unaligned_h: of("unaligned_ratio")? * unsaturated,
            rotor_poles: poles,
            loop_share: of("loop_share")?,
            rms_factor: of("rms_factor")?,
            iron: iron.terms(&unit),
            exponent: self.draw.of(&self.steel.hysteresis_exponent),
        })
    }
}
