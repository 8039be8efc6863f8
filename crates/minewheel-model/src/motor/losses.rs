//! Losses of a machine and its inverter.
//!
//! ```text
//! copper      P = 3/2·R(T)·I²·(1 + (F(f) − 1)·L/(L + l_end))          F: Dowell 1966
//! iron        P = b·Σ_parts m·[k_h·f·B̂^α + k_e/(2π²)·⟨(dB/dt)²⟩ + k_x·(f·B_e)^1.5]
//! surface     P = m_s·[k_e·(f_s·B_s)² + k_x·(f_s·B_s)^1.5]            slot ripple on the rotor's surface
//! magnet      P = V·(2π·f_s·B_s)²·w²/(24·ρ)                          surface magnets only
//! windage     P = ½·C·π·ρ_a·Ω³·r⁴·L,  C = C_0·(g/r)^0.3·Re^−0.2
//! bearings    P = (μ·(m·g/2 + F_p)·d_b + k_s·d_b²/4)·Ω
//! ripple      P = 3/2·R·F(f_e)·⟨|λ|²⟩/L_h² + e·⟨|λ'|²⟩           λ: flux left by the pulses of space-vector modulation
//!               + V_m·w²/(12·ρ_m)·K(w/δ)·(dB_m/dψ_d)²·½·⟨|λ'|²⟩   in the magnets, K for their own reaction
//! inverter    P = 3·(2/π·V_0·I + ½·r·I²) + 6/π·f_sw·t_sw·V·I + P_0
//! ```
//!
//! | symbol | meaning                                      | unit | from             |
//! |--------|----------------------------------------------|------|------------------|
//! | `k_h, α, k_e, k_x` | Bertotti's terms of the steel    | –    | `materials.csv`  |
//! | `b`    | built core over strips                       | –    | `design.csv`     |
//! | `B_e`  | sine of equal ⟨(dB/dt)²⟩                     | T    | circuit          |
//! | `B_s`  | slot ripple, `½(1 − 1/√(1+(b_o/2g)²))·B`     | T    | Carter           |
//! | `L_h`  | mean incremental inductance at the point     | H    | flux map         |
//! | `f_e`  | `√(⟨|λ'|²⟩/⟨|λ|²⟩)/2π`                       | Hz   | pulse pattern    |
//! | `e`    | eddy loss over squared rate of flux linkage  | W/V² | no-load field    |
//! | `C_0`  | gap between cylinders, turbulent             | –    | Bilgen and Boulos 1973 |
//!
//! The eddy term scales with the square of the lamination. Waves of flux come from the circuit, averaged over a slot
//! pitch. The eddy loss of the pulses takes no account of skin effect in the laminations, nor of
//! the rotor's laminations.

use std::f64::consts::PI;

use minewheel_data::row::Draw;
use minewheel_data::units::STANDARD_GRAVITY_M_S2;

use super::MotorError;
use super::circuit::{CELLS, Curve, Field, MU_0};
use super::geometry::{Geometry, PHASES, Rotor};
use super::tables::{InverterRows, MotorTables, Steel};

/// Iron loss as a function of electrical frequency: `hysteresis·f + eddy·f² + excess·f^1.5`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct IronTerms {
    /// W per Hz.
    pub hysteresis: f64,
    /// W per Hz².
    pub eddy: f64,
    /// W per Hz^1.5.
    pub excess: f64,
}

impl IronTerms {
    /// Loss in W at an electrical frequency in Hz.
    pub fn at(&self, frequency_hz: f64) -> f64 {
        let f = frequency_hz.abs();
        f * (self.hysteresis + f * self.eddy + f.sqrt() * self.excess)
    }
    fn add(&mut self, other: Self) {
        self.hysteresis += other.hysteresis;
        self.eddy += other.eddy;
        self.excess += other.excess;
    }
    /// Weighted sum, for interpolation.
    pub(super) fn plus(&self, other: &Self, weight: f64) -> Self {
        Self {
            hysteresis: self.hysteresis + weight * other.hysteresis,
            eddy: self.eddy + weight * other.eddy,
            excess: self.excess + weight * other.excess,
        }
    }
}

/// Iron of a machine as numbers.
#[derive(Debug, Clone)]
pub struct Iron {
    hysteresis: f64,
    exponent: f64,
    eddy: f64,
    excess: f64,
    build: f64,
    tooth_kg: f64,
    yoke_kg: f64,
    surface_kg: f64,
    /// Slots that pass a point of the rotor in one electrical period.
    slots_per_period: f64,
    ripple: f64,
    window: usize,
    /// Flux density in the tooth's iron by that in the gap.
    tooth: Curve,
    magnet_eddy: f64,
}

impl Iron {
    /// From geometry and steel.
    ///
    /// # Errors
    /// A parameter is missing.
    pub fn new(geometry: &Geometry, steel: &Steel, tables: &MotorTables, draw: &Draw<'_>) -> Result<Self, MotorError> {
        let stacking = draw.of(&tables.shared("stacking_factor", "1")?);
        let density = draw.of(&steel.density) * stacking;
        let thin = (geometry.lamination_m / draw.of(&steel.thickness)).powi(2);
        let g = geometry;
        let yoke = g.yoke_m();
        let share = stacking * g.tooth_m / g.slot_pitch_m();
        let tooth = Curve::new(steel.curve.iter().map(|&(h, b)| (share * b + (1.0 - share) * MU_0 * h, b)).collect());
        let ratio = g.slot_opening_m / (2.0 * g.gap_m);
        // Ripple of slot pitch enters iron about one slot pitch over 2π deep.
        let depth = g.slot_pitch_m() / (2.0 * PI);
        let magnet_eddy = match &g.rotor {
            Rotor::Surface { thickness_m, sleeve_m, .. } => {
                let effective = g.gap_m + sleeve_m + 0.5 * thickness_m;
                let weak = (-2.0 * PI * effective / g.slot_pitch_m()).exp() / (-2.0 * PI * g.gap_m / g.slot_pitch_m()).exp();
                let width = 0.5 * g.slot_pitch_m();
                g.magnet_m3() * (2.0 * PI * weak * width).powi(2) / (24.0 * draw.of(&tables.magnet_resistivity))
            }
            _ => 0.0,
        };
        Ok(Self {
            hysteresis: draw.of(&steel.hysteresis),
            exponent: draw.of(&steel.hysteresis_exponent),
            eddy: draw.of(&steel.eddy) * thin,
            excess: draw.of(&steel.excess),
            build: draw.of(&tables.shared("iron_build_factor", "1")?),
            tooth_kg: g.slots * g.tooth_m * g.slot_depth_m * g.stack_m * density,
            yoke_kg: PI * (g.outer_m - yoke) * yoke * g.stack_m * density,
            surface_kg: if matches!(g.rotor, Rotor::Surface { .. }) { 0.0 } else { PI * g.rotor_m * depth * g.stack_m * density },
            slots_per_period: g.slots / g.pole_pairs,
            ripple: 0.5 * (1.0 - 1.0 / (1.0 + ratio * ratio).sqrt()),
            window: ((CELLS as f64 * 2.0 * g.pole_pairs / g.slots).round() as usize).clamp(1, CELLS),
            tooth,
            magnet_eddy,
        })
    }

    /// Terms of the stator's iron and of the rotor's surface for a field that stands still on the rotor.
    pub fn terms(&self, field: &Field) -> IronTerms {
        let teeth = self.smoothed(&field.gap_t).map(|b| self.tooth.at(b).0);
        let mut terms = self.part(&teeth, self.tooth_kg);
        terms.add(self.part(&field.yoke_t, self.yoke_kg));
        terms.add(self.surface(field));
        terms
    }

    /// Loss of a part of a mass under one wave, half a period long and then mirrored.
    fn part(&self, wave: &[f64; CELLS], kg: f64) -> IronTerms {
        let peak = wave.iter().fold(0.0_f64, |m, b| m.max(b.abs()));
        // Mean of (dB/dφ)² over the electrical angle φ.
        let step = PI / CELLS as f64;
        let square = (0..CELLS)
            .map(|i| {
                let next = if i + 1 < CELLS { wave[i + 1] } else { -wave[0] };
                ((next - wave[i]) / step).powi(2)
            })
            .sum::<f64>()
            / CELLS as f64;
        // ⟨(dB/dt)²⟩ = ω²·square; a sine of amplitude B has ω²·B²/2.
        let equal_sine = (2.0 * square).sqrt();
        IronTerms {
            hysteresis: self.build * kg * self.hysteresis * peak.powf(self.exponent),
            eddy: self.build * kg * self.eddy * equal_sine * equal_sine,
            excess: self.build * kg * self.excess * equal_sine.powf(1.5),
        }
    }

    fn surface(&self, field: &Field) -> IronTerms {
        let mean_square = field.gap_t.iter().map(|b| b * b).sum::<f64>() / CELLS as f64;
        let ripple = self.ripple * mean_square.sqrt();
        let n = self.slots_per_period;
        IronTerms {
            hysteresis: 0.0,
            eddy: self.build * self.surface_kg * self.eddy * (n * ripple).powi(2) + self.magnet_eddy * (n * ripple).powi(2),
            excess: self.build * self.surface_kg * self.excess * (n * ripple).powf(1.5),
        }
    }

    fn smoothed(&self, gap: &[f64; CELLS]) -> [f64; CELLS] {
        let at = |i: isize| {
            let n = CELLS as isize;
            let sign = if i.div_euclid(n) % 2 == 0 { 1.0 } else { -1.0 };
            sign * gap[i.rem_euclid(n) as usize]
        };
        let mut out = [0.0; CELLS];
        for (i, value) in out.iter_mut().enumerate() {
            let first = i as isize - (self.window / 2) as isize;
            *value = (0..self.window as isize).map(|k| at(first + k)).sum::<f64>() / self.window as f64;
        }
        out
    }
}

/// The stator winding as numbers.
#[derive(Debug, Clone, Copy)]
pub struct Winding {
    /// Resistance of a phase in Ω at 20 °C.
    pub resistance_20c: f64,
    resistivity_20c: f64,
    change_per_k: f64,
    strand_m: f64,
    layers: f64,
    slot_share: f64,
}

impl Winding {
    /// From geometry and copper.
    pub fn new(geometry: &Geometry, tables: &MotorTables, draw: &Draw<'_>) -> Self {
        let rho = draw.of(&tables.copper.resistivity);
        Self {
            resistance_20c: geometry.resistance_ohm(rho, rho),
            resistivity_20c: rho,
            change_per_k: draw.of(&tables.copper.resistivity_change),
            strand_m: geometry.strand_m,
            layers: geometry.strand_layers,
            slot_share: geometry.stack_m / (geometry.stack_m + geometry.end_turn_m()),
        }
    }

    /// Resistance in Ω at direct current.
    pub fn resistance(&self, temperature_c: f64) -> f64 {
        self.resistance_20c * (1.0 + self.change_per_k * (temperature_c - super::tables::REFERENCE_C))
    }

    /// Resistance over that at direct current.
    ///
    /// Dowell 1966: layers of strands in a slot, `ξ` strand over skin depth.
    pub fn alternating(&self, frequency_hz: f64, temperature_c: f64) -> f64 {
        if frequency_hz <= 0.0 {
            return 1.0;
        }
        let rho = self.resistivity_20c * (1.0 + self.change_per_k * (temperature_c - super::tables::REFERENCE_C));
        let skin = (rho / (PI * frequency_hz * MU_0)).sqrt();
        let x = self.strand_m / skin;
        if x < 1e-3 {
            return 1.0;
        }
        let own = x * ((2.0 * x).sinh() + (2.0 * x).sin()) / ((2.0 * x).cosh() - (2.0 * x).cos());
        let near = 2.0 * x * (x.sinh() - x.sin()) / (x.cosh() + x.cos());
        let factor = own + (self.layers * self.layers - 1.0).max(0.0) / 3.0 * near;
        1.0 + self.slot_share * (factor - 1.0)
    }

    /// Copper loss in W at a peak phase current.
    pub fn loss(&self, current_a: f64, frequency_hz: f64, temperature_c: f64) -> f64 {
        0.5 * PHASES * self.resistance(temperature_c) * self.alternating(frequency_hz, temperature_c) * current_a * current_a
    }
}

/// Blocks of magnet as numbers.
#[derive(Debug, Clone, Copy)]
pub struct Blocks {
    /// Loss in W over the squared rate of flux density in (T/s)², at low frequency.
    pub per_rate: f64,
    width_m: f64,
    resistivity: f64,
}

impl Blocks {
    /// From geometry; blocks of nought width lose nothing.
    pub fn new(geometry: &Geometry, tables: &MotorTables, draw: &Draw<'_>) -> Self {
        let resistivity = draw.of(&tables.magnet_resistivity);
        let width_m = geometry.block_m;
        Self { per_rate: geometry.magnet_m3() * width_m * width_m / (12.0 * resistivity), width_m, resistivity }
    }

    /// Loss over that without the eddies' own field: `3/ξ·(sinh ξ − sin ξ)/(cosh ξ − cos ξ)`.
    pub fn reaction(&self, frequency_hz: f64) -> f64 {
        let x = self.width_m * (PI * frequency_hz * MU_0 / self.resistivity).sqrt();
        if x < 1e-2 { 1.0 } else { 3.0 / x * (x.sinh() - x.sin()) / (x.cosh() - x.cos()) }
    }
}

/// What the pulses of a modulation leave, by its depth.
#[derive(Debug, Clone, PartialEq)]
pub struct Pulses {
    /// Depth (phase voltage over half the DC voltage), `⟨|λ|²⟩` over `(V/f)²`, `⟨|λ'|²⟩` over `V²`.
    table: Vec<(f64, f64, f64)>,
}

/// Depths and angles at which the pattern is worked out.
const DEPTHS: usize = 24;
const ANGLES: usize = 16;

impl Pulses {
    /// Symmetric space-vector modulation.
    pub fn space_vector() -> Self {
        // Linear range: a phase voltage of V/√3.
        let deepest = 2.0 / 3.0_f64.sqrt();
        let at = |step: usize| {
            let depth = deepest * step as f64 / DEPTHS as f64;
            let (mut flux, mut rate) = (0.0, 0.0);
            for index in 0..ANGLES {
                let angle = (index as f64 + 0.5) / ANGLES as f64 * PI / 3.0;
                let (f, r) = Self::half_period(0.5 * depth, angle);
                flux += f / ANGLES as f64;
                rate += r / ANGLES as f64;
            }
            (depth, flux, rate)
        };
        Self { table: (0..=DEPTHS).map(at).collect() }
    }

    /// Mean squares over half a switching period, for a voltage over V and its angle in the sector.
    fn half_period(voltage: f64, angle: f64) -> (f64, f64) {
        let third = PI / 3.0;
        let (first, second) = (3.0_f64.sqrt() * voltage * (third - angle).sin(), 3.0_f64.sqrt() * voltage * angle.sin());
        let rest = (1.0 - first - second).max(0.0);
        let wanted = (voltage * angle.cos(), voltage * angle.sin());
        let active = 2.0 / 3.0;
        let pattern =
            [(0.5 * rest, (0.0, 0.0)), (first, (active, 0.0)), (second, (active * third.cos(), active * third.sin())), (0.5 * rest, (0.0, 0.0))];
        let (mut flux, mut rate, mut at) = (0.0, 0.0, (0.0_f64, 0.0_f64));
        for (share, vector) in pattern {
            let error = (vector.0 - wanted.0, vector.1 - wanted.1);
            let next = (at.0 + 0.5 * share * error.0, at.1 + 0.5 * share * error.1);
            // A straight line's mean square.
            flux += share * (at.0 * at.0 + at.1 * at.1 + at.0 * next.0 + at.1 * next.1 + next.0 * next.0 + next.1 * next.1) / 3.0;
            rate += share * (error.0 * error.0 + error.1 * error.1);
            at = next;
        }
        (flux, rate)
    }

    /// `⟨|λ|²⟩` in (V·s)² and `⟨|λ'|²⟩` in V².
    pub fn at(&self, voltage_v: f64, dc_v: f64, frequency: f64) -> (f64, f64) {
        let depth = voltage_v / (0.5 * dc_v);
        let last = self.table.len() - 1;
        let high = self.table.partition_point(|p| p.0 < depth).clamp(1, last);
        let (a, b) = (self.table[high - 1], self.table[high]);
        let u = ((depth - a.0) / (b.0 - a.0)).clamp(0.0, 1.0);
        let scale = dc_v / frequency;
        ((a.1 + u * (b.1 - a.1)) * scale * scale, (a.2 + u * (b.2 - a.2)) * dc_v * dc_v)
    }
}

/// Bearings and windage as numbers.
#[derive(Debug, Clone, Copy)]
pub struct Mechanical {
    torque_nm: f64,
    windage: f64,
    radius_m: f64,
    gap_m: f64,
    kinematic: f64,
}

impl Mechanical {
    /// From geometry and the rotor's mass.
    ///
    /// # Errors
    /// A parameter is missing.
    pub fn new(geometry: &Geometry, rotor_kg: f64, tables: &MotorTables, draw: &Draw<'_>) -> Result<Self, MotorError> {
        let of = |name: &str, unit: &str| -> Result<f64, MotorError> { Ok(draw.of(&tables.shared(name, unit)?)) };
        let bore = of("bearing_bore_share", "1")? * geometry.rotor_m;
        let load = rotor_kg * STANDARD_GRAVITY_M_S2 + 2.0 * of("bearing_preload", "N")?;
        let seal = of("seal_torque_per_radius_squared", "N*m/m2")? * 0.25 * bore * bore;
        let radius = 0.5 * geometry.rotor_m;
        let air = draw.of(&tables.air_density);
        Ok(Self {
            torque_nm: of("bearing_friction", "1")? * 0.5 * load * bore + seal,
            windage: of("windage_coefficient", "1")? * (geometry.gap_m / radius).powf(0.3) * 0.5 * PI * air * radius.powi(4) * geometry.stack_m,
            radius_m: radius,
            gap_m: geometry.gap_m,
            kinematic: draw.of(&tables.air_viscosity) / air,
        })
    }

    /// Loss in W at a speed in rad/s.
    pub fn loss(&self, speed_rad_s: f64) -> f64 {
        let speed = speed_rad_s.abs();
        if speed == 0.0 {
            return 0.0;
        }
        let reynolds = speed * self.radius_m * self.gap_m / self.kinematic;
        self.torque_nm * speed + self.windage * speed.powi(3) * reynolds.powf(-0.2)
    }
}

/// The inverter as numbers.
#[derive(Debug, Clone, Copy)]
pub struct Inverter {
    threshold_v: f64,
    resistance: f64,
    switching_s: f64,
    frequency: f64,
    standing_w: f64,
}

impl Inverter {
    /// Switching frequency in Hz.
    pub fn frequency(&self) -> f64 {
        self.frequency
    }
    /// The same inverter at another switching frequency.
    #[must_use]
    pub fn switching_at(&self, frequency: f64) -> Self {
        Self { frequency, ..*self }
    }

    /// Chips chosen for a peak current in A.
    pub fn new(rows: &InverterRows, peak_a: f64, draw: &Draw<'_>) -> Self {
        let threshold_v = draw.of(&rows.threshold_v);
        Self {
            threshold_v,
            resistance: (draw.of(&rows.peak_drop_v) - threshold_v).max(0.0) / peak_a,
            switching_s: draw.of(&rows.switching_s),
            frequency: draw.of(&rows.frequency),
            standing_w: draw.of(&rows.standing_w),
        }
    }

    /// The inverter for a machine whose current is smaller by a factor: chips shrink with it.
    #[must_use]
    pub fn for_current(&self, smaller: f64) -> Self {
        Self { resistance: self.resistance * smaller, ..*self }
    }

    /// Loss in W at a peak phase current and a DC voltage, while it switches.
    pub fn loss(&self, current_a: f64, dc_v: f64) -> f64 {
        let conduction = PHASES * (2.0 / PI * self.threshold_v * current_a + 0.5 * self.resistance * current_a * current_a);
        conduction + 2.0 * PHASES / PI * self.frequency * self.switching_s * dc_v * current_a + self.standing_w
    }
}
