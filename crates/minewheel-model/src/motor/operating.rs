//! Which currents make a torque at a speed.
//!
//! For each current along the magnet axis, the current across it follows from the torque; among the pairs within
//! the voltage and the current limit, the one of least current is taken. So maximum torque per ampere, field
//! weakening and maximum torque per volt are one search: the first is its inside, the second its edge at the voltage
//! limit, the third the end of what it finds.
//!
//! ```text
//! min √(i_d² + i_q²)   subject to   T(i_d, i_q) = T,   |v| ≤ v_max,   i ≤ i_max
//! induction:  ψ_r = L_m·i_d,  T = 3/2·p·L_m/L_r·ψ_r·i_q,  ω_slip = R_r·L_m·i_q/(L_r·ψ_r),  P_cage = 3/2·R_r·(L_m/L_r·i_q)²
//! reluctance: T = m·N_r/(2π)·η·(W_aligned(I, λ_max) − ½·L_u·I²),  λ_max = V·θ/Ω
//! ```
//!
//! Induction and externally excited machines take the excitation that loses least. The reluctance machine has
//! flat-topped pulses; its mean torque is the area between its two magnetisation curves.

use std::f64::consts::PI;

use super::geometry::PHASES;
use super::losses::IronTerms;

/// Points of a flux map along each current.
pub const MAP: usize = 13;
/// Currents along the magnet axis that are tried before refining.
const TRIES: usize = 40;
/// Golden-section steps; they narrow a bracket to its 10⁻⁴ part.
const GOLDEN: usize = 20;
/// Bisections of a current; they reach 10⁻⁶ of the limit.
const BISECTIONS: usize = 20;

/// Flux linkages and iron loss at one pair of currents.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sample {
    /// Along the magnet axis, in V·s, leakage included.
    pub direct_vs: f64,
    /// Across it.
    pub quadrature_vs: f64,
    /// Iron loss.
    pub iron: IronTerms,
}

/// Flux linkages over currents: `i_d` from minus the limit to nought, `i_q` from nought to the limit.
#[derive(Debug, Clone)]
pub struct FluxMap {
    /// Current limit in A (peak).
    pub limit_a: f64,
    /// Samples, by `i_d` then `i_q`.
    pub samples: Vec<Sample>,
    /// Field current's magnetomotive force in A and its loss in W; nought with magnets.
    pub field: (f64, f64),
    /// Change of flux density in the magnets over that of the flux linkage along their axis, in T/(V·s).
    pub magnet_per_vs: f64,
}

impl FluxMap {
    /// Linear between samples.
    pub fn at(&self, direct_a: f64, quadrature_a: f64) -> Sample {
        let last = (MAP - 1) as f64;
        let x = ((direct_a / self.limit_a + 1.0) * last).clamp(0.0, last);
        let y = (quadrature_a / self.limit_a * last).clamp(0.0, last);
        let (i, j) = ((x as usize).min(MAP - 2), (y as usize).min(MAP - 2));
        let (u, v) = (x - i as f64, y - j as f64);
        let mut out = Sample::default();
        for (di, dj, w) in [(0, 0, (1.0 - u) * (1.0 - v)), (1, 0, u * (1.0 - v)), (0, 1, (1.0 - u) * v), (1, 1, u * v)] {
            let s = &self.samples[(i + di) * MAP + j + dj];
            out.direct_vs += w * s.direct_vs;
            out.quadrature_vs += w * s.quadrature_vs;
            out.iron = out.iron.plus(&s.iron, w);
        }
        out
    }

    /// Air-gap torque in Nm.
    pub fn torque(&self, pole_pairs: f64, direct_a: f64, quadrature_a: f64) -> f64 {
        let s = self.at(direct_a, quadrature_a);
        0.5 * PHASES * pole_pairs * (s.direct_vs * quadrature_a - s.quadrature_vs * direct_a)
    }
}

/// Limits of one request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Peak phase current in A.
    pub current_a: f64,
    /// Peak phase voltage in V.
    pub voltage_v: f64,
    /// Phase resistance in Ω.
    pub resistance: f64,
    /// Electrical speed in rad/s.
    pub omega: f64,
    /// Pole pairs.
    pub pole_pairs: f64,
}

/// Currents, voltage and losses before mechanics.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Electric {
    /// Along the magnet axis (or magnetising) in A, peak.
    pub direct_a: f64,
    /// Across it (or torque current).
    pub quadrature_a: f64,
    /// Phase voltage in V, peak.
    pub voltage_v: f64,
    /// Electrical frequency in Hz.
    pub frequency_hz: f64,
    /// Loss in W of field winding or cage.
    pub rotor_w: f64,
    /// Iron loss in W.
    pub iron_w: f64,
    /// Peak current in A that sizes copper loss; of pulses: that with the same heat in a sine.
    pub current_a: f64,
}

impl Electric {
    /// Iron loss in W that brakes the shaft: that of the field's turning with the rotor. What slip adds is fed by the inverter.
    pub fn shaft_iron_w(&self, omega: f64) -> f64 {
        let whole = 2.0 * PI * self.frequency_hz;
        if whole > 0.0 { self.iron_w * (omega / whole).min(1.0) } else { 0.0 }
    }
}

/// Where the losses are, in W.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize, schemars::JsonSchema)]
pub struct LossParts {
    /// Stator copper.
    pub copper_w: f64,
    /// Cage or field winding.
    pub rotor_w: f64,
    /// Laminations, and magnets on the surface.
    pub iron_w: f64,
    /// Bearings and air.
    pub mechanical_w: f64,
    /// Inverter.
    pub inverter_w: f64,
}

impl LossParts {
    /// Machine without inverter.
    pub fn machine_w(&self) -> f64 {
        self.copper_w + self.rotor_w + self.iron_w + self.mechanical_w
    }
    /// Machine and inverter.
    pub fn total_w(&self) -> f64 {
        self.machine_w() + self.inverter_w
    }
}

/// One operating point.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct Point {
    /// Speed in rad/s.
    pub speed_rad_s: f64,
    /// Torque at the shaft in Nm.
    pub torque_nm: f64,
    /// Current along the magnet axis in A, peak.
    pub direct_a: f64,
    /// Current across it in A, peak.
    pub quadrature_a: f64,
    /// Phase voltage in V, peak.
    pub voltage_v: f64,
    /// Power at the machine's terminals in W; negative when generating.
    pub electrical_w: f64,
    /// Power at the inverter's DC side in W.
    pub dc_w: f64,
    /// Losses.
    pub loss: LossParts,
}

impl Point {
    /// Efficiency of the machine without inverter, driving or generating.
    pub fn machine_efficiency(&self) -> f64 {
        ratio(self.torque_nm * self.speed_rad_s, self.electrical_w)
    }
    /// Efficiency of machine and inverter, driving or generating.
    pub fn efficiency(&self) -> f64 {
        ratio(self.torque_nm * self.speed_rad_s, self.dc_w)
    }
}

fn ratio(shaft_w: f64, electrical_w: f64) -> f64 {
    let efficiency = if shaft_w >= 0.0 { shaft_w / electrical_w } else { electrical_w / shaft_w };
    if efficiency.is_finite() { efficiency.max(0.0) } else { 0.0 }
}

/// Least-current operation of a synchronous machine for an air-gap torque of either sign.
pub fn synchronous(map: &FluxMap, torque_nm: f64, limits: &Limits) -> Option<Electric> {
    let wanted = torque_nm.abs();
    let sign = if torque_nm < 0.0 { -1.0 } else { 1.0 };
    let at = |direct: f64| -> Option<(f64, Electric)> {
        let room = (limits.current_a * limits.current_a - direct * direct).max(0.0).sqrt();
        let quadrature = current_for(map, wanted, direct, room, limits.pole_pairs)?;
        let found = electric(map, direct, sign * quadrature, limits);
        (found.voltage_v <= limits.voltage_v).then_some((found.current_a, found))
    };
    let step = limits.current_a / TRIES as f64;
    let mut best: Option<(f64, Electric)> = None;
    for index in 0..=TRIES {
        if let Some(found) = at(-(index as f64) * step)
            && best.as_ref().is_none_or(|b| found.0 < b.0)
        {
            best = Some(found);
        }
    }
    let middle = best?.1.direct_a;
    let (mut low, mut high) = ((middle - step).max(-limits.current_a), (middle + step).min(0.0));
    let golden = 0.5 * (5.0_f64.sqrt() - 1.0);
    for _ in 0..GOLDEN {
        let (a, b) = (high - golden * (high - low), low + golden * (high - low));
        let (fa, fb) = (at(a), at(b));
        for found in [fa, fb].into_iter().flatten() {
            if best.as_ref().is_none_or(|best| found.0 < best.0) {
                best = Some(found);
            }
        }
        // Where neither will do, the feasible part lies towards the weaker field.
        let (ca, cb) = (fa.map_or(f64::INFINITY, |f| f.0), fb.map_or(f64::INFINITY, |f| f.0));
        if ca < cb || (ca.is_infinite() && cb.is_infinite() && best.is_some_and(|x| x.1.direct_a < a)) {
            high = b;
        } else {
            low = a;
        }
    }
    best.map(|b| b.1)
}

/// The current across the magnet axis that makes a torque, if `room` allows it.
fn current_for(map: &FluxMap, torque_nm: f64, direct: f64, room: f64, pole_pairs: f64) -> Option<f64> {
    if torque_nm <= 0.0 {
        return Some(0.0);
    }
    let at = |q: f64| map.torque(pole_pairs, direct, q);
    if at(room) < torque_nm {
        return None;
    }
    let (mut low, mut high) = (0.0, room);
    for _ in 0..BISECTIONS {
        let middle = 0.5 * (low + high);
        if at(middle) < torque_nm { low = middle } else { high = middle }
    }
    Some(high)
}

fn electric(map: &FluxMap, direct: f64, quadrature: f64, limits: &Limits) -> Electric {
    let sample = map.at(direct, quadrature.abs());
    let psi_q = if quadrature < 0.0 { -sample.quadrature_vs } else { sample.quadrature_vs };
    let v_d = limits.resistance * direct - limits.omega * psi_q;
    let v_q = limits.resistance * quadrature + limits.omega * sample.direct_vs;
    let frequency_hz = limits.omega / (2.0 * PI);
    Electric {
        direct_a: direct,
        quadrature_a: quadrature,
        voltage_v: v_d.hypot(v_q),
        frequency_hz,
        rotor_w: map.field.1,
        iron_w: sample.iron.at(frequency_hz),
        current_a: direct.hypot(quadrature),
    }
}

/// The highest air-gap torque within the limits.
pub fn synchronous_peak(map: &FluxMap, limits: &Limits) -> f64 {
    let mut best: f64 = 0.0;
    for index in 0..=2 * TRIES {
        let direct = -(index as f64) / (2 * TRIES) as f64 * limits.current_a;
        let room = (limits.current_a * limits.current_a - direct * direct).max(0.0).sqrt();
        let fits = |q: f64| electric(map, direct, q, limits).voltage_v <= limits.voltage_v;
        if !fits(0.0) {
            continue;
        }
        let mut quadrature = room;
        if !fits(room) {
            let (mut low, mut high) = (0.0, room);
            for _ in 0..BISECTIONS {
                let middle = 0.5 * (low + high);
                if fits(middle) { low = middle } else { high = middle }
            }
            quadrature = low;
        }
        best = best.max(map.torque(limits.pole_pairs, direct, quadrature));
    }
    best
}

/// An induction machine in rotor-flux coordinates.
#[derive(Debug, Clone)]
pub struct Cage {
    /// Magnetising current in A (peak), flux linkage of the gap in V·s, iron loss; from nought up.
    pub magnetising: Vec<(f64, f64, IronTerms)>,
    /// Leakage of the stator in H.
    pub stator_leakage_h: f64,
    /// Leakage of the cage, referred, in H.
    pub rotor_leakage_h: f64,
    /// Cage resistance, referred, in Ω, warm.
    pub rotor_resistance: f64,
}

impl Cage {
    /// Operation at a magnetising current; `None` beyond the limits.
    fn at(&self, index: usize, torque_nm: f64, limits: &Limits) -> Option<Electric> {
        let (direct, flux, iron) = self.magnetising[index];
        let magnetising_h = flux / direct;
        let rotor_h = magnetising_h + self.rotor_leakage_h;
        let coupling = magnetising_h / rotor_h;
        let quadrature = torque_nm / (0.5 * PHASES * limits.pole_pairs * coupling * flux);
        let slip = self.rotor_resistance * coupling * quadrature / flux;
        // The sign of the slip follows the torque: a generator runs ahead of its field.
        let omega = limits.omega + slip;
        let psi_d = flux + self.stator_leakage_h * direct;
        let psi_q = (self.stator_leakage_h + self.rotor_leakage_h * coupling) * quadrature;
        let voltage_v = (limits.resistance * direct - omega * psi_q).hypot(limits.resistance * quadrature + omega * psi_d);
        let current_a = direct.hypot(quadrature);
        let frequency_hz = (omega / (2.0 * PI)).abs();
        (current_a <= limits.current_a && voltage_v <= limits.voltage_v).then(|| Electric {
            direct_a: direct,
            quadrature_a: quadrature,
            voltage_v,
            frequency_hz,
            rotor_w: 0.5 * PHASES * self.rotor_resistance * (coupling * quadrature).powi(2),
            iron_w: iron.at(frequency_hz),
            current_a,
        })
    }

    /// Operation of least loss, with the stator's loss given by `copper`.
    pub fn operate(&self, torque_nm: f64, limits: &Limits, copper: impl Fn(&Electric) -> f64) -> Option<Electric> {
        if torque_nm == 0.0 {
            return Some(Electric { frequency_hz: limits.omega / (2.0 * PI), ..Electric::default() });
        }
        let loss = |e: &Electric| copper(e) + e.rotor_w + e.iron_w;
        let found = (1..self.magnetising.len()).filter_map(|i| self.at(i, torque_nm, limits));
        found.min_by(|a, b| loss(a).total_cmp(&loss(b)))
    }

    /// The highest air-gap torque within the limits.
    pub fn peak(&self, limits: &Limits) -> f64 {
        let (mut low, mut high) = (0.0, 0.0_f64);
        for &(direct, flux, _) in self.magnetising.iter().skip(1) {
            let room = (limits.current_a * limits.current_a - direct * direct).max(0.0).sqrt();
            high = high.max(0.5 * PHASES * limits.pole_pairs * flux * room);
        }
        for _ in 0..2 * BISECTIONS {
            let middle = 0.5 * (low + high);
            let fits = (1..self.magnetising.len()).any(|i| self.at(i, middle, limits).is_some());
            if fits { low = middle } else { high = middle }
        }
        low
    }
}

/// A switched reluctance machine by the area between its magnetisation curves.
#[derive(Debug, Clone)]
pub struct Pulsed {
    /// Current in A, aligned flux linkage in V·s, flux density in the tooth in T; from nought up.
    pub aligned: Vec<(f64, f64, f64)>,
    /// Unaligned inductance in H.
    pub unaligned_h: f64,
    /// Rotor teeth.
    pub rotor_poles: f64,
    /// Share of the area that the switching angles use.
    pub loop_share: f64,
    /// Phase rms over peak current.
    pub rms_factor: f64,
    /// Iron loss at 1 T.
    pub iron: IronTerms,
    /// Exponent of hysteresis in flux density.
    pub exponent: f64,
}

impl Pulsed {
    /// Mean air-gap torque in Nm at a flat current with a cap on the flux linkage.
    fn torque(&self, current_a: f64, cap_vs: f64) -> f64 {
        let mut area = 0.0;
        for pair in self.aligned.windows(2) {
            let ((i0, l0, _), (i1, l1, _)) = (pair[0], pair[1]);
            if i0 >= current_a {
                break;
            }
            let end = i1.min(current_a);
            let flux = l0 + (l1 - l0) * (end - i0) / (i1 - i0);
            area += 0.5 * (l0.min(cap_vs) + flux.min(cap_vs)) * (end - i0);
        }
        let unaligned = 0.5 * self.unaligned_h * current_a * current_a;
        PHASES * self.rotor_poles / (2.0 * PI) * self.loop_share * (area - unaligned).max(0.0)
    }

    /// Flux linkage that the voltage can build in half a rotor pitch.
    fn cap(limits: &Limits) -> f64 {
        // Full DC voltage stands at a phase: √3 times the peak of a star's phase voltage.
        let voltage = 3.0_f64.sqrt() * limits.voltage_v;
        if limits.omega <= 0.0 { f64::INFINITY } else { voltage * PI / limits.omega }
    }

    /// Operation for an air-gap torque; `omega` is that of a phase, `N_r·Ω`.
    pub fn operate(&self, torque_nm: f64, limits: &Limits) -> Option<Electric> {
        let (wanted, cap) = (torque_nm.abs(), Self::cap(limits));
        let frequency_hz = limits.omega / (2.0 * PI);
        if wanted == 0.0 {
            return Some(Electric { frequency_hz, ..Electric::default() });
        }
        let mut high = limits.current_a;
        // Torque rises with current until the unaligned area takes over.
        if self.torque(high, cap) < wanted {
            return None;
        }
        let mut low = 0.0;
        for _ in 0..BISECTIONS {
            let middle = 0.5 * (low + high);
            if self.torque(middle, cap) < wanted { low = middle } else { high = middle }
        }
        let at = self.aligned.partition_point(|p| p.0 < high).clamp(1, self.aligned.len() - 1);
        let density = self.aligned[at].2 * (cap / self.aligned[at].1).min(1.0);
        let iron = IronTerms {
            hysteresis: self.iron.hysteresis * density.powf(self.exponent),
            eddy: self.iron.eddy * density * density,
            excess: self.iron.excess * density.powf(1.5),
        };
        Some(Electric {
            direct_a: 0.0,
            quadrature_a: high.copysign(torque_nm),
            voltage_v: limits.voltage_v,
            frequency_hz,
            rotor_w: 0.0,
            iron_w: iron.at(frequency_hz),
            current_a: self.rms_factor * high * 2.0_f64.sqrt(),
        })
    }

    /// The highest air-gap torque within the limits.
    pub fn peak(&self, limits: &Limits) -> f64 {
        self.torque(limits.current_a, Self::cap(limits))
    }
}
