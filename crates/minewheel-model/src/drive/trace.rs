//! A cycle made ready for the kernels: mid-step speed, acceleration, step, and the sums that no car changes.
//!
//! ```text
//! v = ½ (v_i + v_(i+1))    a = (v_(i+1) − v_i) / Δt    S_n = Σ vⁿ Δt   (n = 1, 2, 3)
//! ```
//!
//! With mid-step speed, `Σ m·a·v·Δt` is exactly the change of kinetic energy, so a ledger closes.

use minewheel_data::cycles::{Cycle, CycleError, Cycles};
use minewheel_data::row::Value;
use minewheel_data::units::{Length, Mass, Power, Speed};

use super::procedures::{ProcedureTables, WltcLimits};

/// Steps in a block, over which a kernel may treat the battery's voltage as constant.
pub(super) const BLOCK: usize = 16;

/// Steps of a cycle side by side, so that a kernel works on several at once. The last block is filled up with
/// steps of no duration at rest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Block {
    /// Mid-step speed.
    pub speed_m_s: [f64; BLOCK],
    /// Its reciprocal; nought at rest.
    pub per_speed_s_m: [f64; BLOCK],
    /// Acceleration.
    pub acceleration_m_s2: [f64; BLOCK],
    /// Duration.
    pub duration_s: [f64; BLOCK],
    /// One while the car moves, else nought.
    pub moving: [f64; BLOCK],
    /// Sum of the durations.
    pub total_s: f64,
    /// The duration of every step, if all are alike.
    pub step_s: Option<f64>,
    /// Highest speed.
    pub top_speed_m_s: f64,
    /// Strongest acceleration and strongest braking, both nought or more.
    pub strongest_m_s2: (f64, f64),
    /// Mid-step speed and acceleration in single precision.
    pub single: [(f32, f32); BLOCK],
}

impl Block {
    const REST: Self = Self {
        speed_m_s: [0.0; BLOCK],
        per_speed_s_m: [0.0; BLOCK],
        acceleration_m_s2: [0.0; BLOCK],
        duration_s: [0.0; BLOCK],
        moving: [0.0; BLOCK],
        total_s: 0.0,
        step_s: None,
        top_speed_m_s: 0.0,
        strongest_m_s2: (0.0, 0.0),
        single: [(0.0, 0.0); BLOCK],
    };

    /// The block with what follows from its steps.
    fn finished(mut self) -> Self {
        let first = self.duration_s[0];
        self.step_s = self.duration_s.iter().all(|&d| d == first).then_some(first);
        for ((&speed, &acceleration), single) in self.speed_m_s.iter().zip(&self.acceleration_m_s2).zip(&mut self.single) {
            *single = (speed as f32, acceleration as f32);
            self.top_speed_m_s = self.top_speed_m_s.max(speed);
            self.strongest_m_s2 = (self.strongest_m_s2.0.max(acceleration), self.strongest_m_s2.1.max(-acceleration));
        }
        self
    }
}

/// A cycle made ready to be driven. Prepare once, drive with many cars.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    id: std::sync::Arc<str>,
    pub(super) blocks: Vec<Block>,
    pub(super) duration_s: f64,
    /// `Σ v Δt`, `Σ v² Δt`, `Σ v³ Δt`.
    pub(super) moments: [f64; 3],
    /// `½ (v_end² − v_start²)`.
    pub(super) kinetic_m2_s2: f64,
}

impl Trace {
    /// Prepares a cycle.
    ///
    /// ```
    /// use minewheel_data::cycles::Cycle;
    /// use minewheel_model::drive::Trace;
    /// let cycle = Cycle::parse("hop", "time_s,speed_km_h\n0,0\n1,36\n2,0\n").unwrap();
    /// assert!((Trace::new(&cycle).distance_km() - 0.01).abs() < 1e-12);
    /// ```
    pub fn new(cycle: &Cycle) -> Self {
        let (time, speed) = (cycle.time_s(), cycle.speed_m_s());
        let count = time.len().saturating_sub(1);
        let mut blocks = vec![Block::REST; count.div_ceil(BLOCK)];
        let mut moments = [0.0; 3];
        for at in 0..count {
            let (block, lane) = (&mut blocks[at / BLOCK], at % BLOCK);
            let duration_s = time[at + 1] - time[at];
            let mid = 0.5 * (speed[at] + speed[at + 1]);
            block.speed_m_s[lane] = mid;
            block.acceleration_m_s2[lane] = (speed[at + 1] - speed[at]) / duration_s;
            block.duration_s[lane] = duration_s;
            block.total_s += duration_s;
            if mid > 0.0 {
                block.per_speed_s_m[lane] = 1.0 / mid;
                block.moving[lane] = 1.0;
            }
            let mut power = duration_s;
            for moment in &mut moments {
                power *= mid;
                *moment += power;
            }
        }
        let (first, last) = (speed.first().copied().unwrap_or(0.0), speed.last().copied().unwrap_or(0.0));
        Self {
            id: std::sync::Arc::clone(cycle.id()),
            duration_s: cycle.duration_s(),
            moments,
            kinetic_m2_s2: 0.5 * (last * last - first * first),
            blocks: blocks.into_iter().map(Block::finished).collect(),
        }
    }

    /// Mid-step speed, acceleration and duration of each step, in SI.
    pub(super) fn steps(&self) -> impl Iterator<Item = (f64, f64, f64)> + '_ {
        self.blocks.iter().flat_map(|b| (0..BLOCK).map(|k| (b.speed_m_s[k], b.acceleration_m_s2[k], b.duration_s[k])))
    }

    /// Id of the cycle.
    pub fn id(&self) -> &str {
        &self.id
    }
    /// Duration in s.
    pub fn duration_s(&self) -> f64 {
        self.duration_s
    }
    /// Distance in km.
    pub fn distance_km(&self) -> f64 {
        Length::from_m(self.moments[0]).km()
    }
}

/// The class of WLTC that a car must drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WltcClass {
    /// The weakest.
    One,
    /// The weak.
    Two,
    /// Strong enough for the full cycle, but slow.
    ThreeA,
    /// Strong and fast.
    ThreeB,
}

impl WltcClass {
    /// The class by rated power over kerb mass, and top speed (unknown: fast enough for 3b), UN GTR 15, Annex 1, 2.
    pub fn of(power: Power, kerb_mass: Mass, top_speed: Option<Speed>, limits: &WltcLimits) -> Self {
        let ratio = power.w() / kerb_mass.kg();
        if ratio <= limits.one_w_per_kg.best {
            Self::One
        } else if ratio <= limits.two_w_per_kg.best {
            Self::Two
        } else if top_speed.is_some_and(|v| v.m_s() < limits.fast_m_s.best) {
            Self::ThreeA
        } else {
            Self::ThreeB
        }
    }

    /// Id of its cycle.
    pub const fn cycle_id(self) -> &'static str {
        match self {
            Self::One => "wltc1",
            Self::Two => "wltc2",
            Self::ThreeA => "wltc3a",
            Self::ThreeB => "wltc3b",
        }
    }
}

/// Traces of the certification procedures, prepared once, and how the US ones are combined.
#[derive(Debug, Clone)]
pub struct CertificationTraces {
    /// WLTC class 3b.
    pub wltp: Trace,
    /// NEDC.
    pub nedc: Trace,
    /// US city.
    pub udds: Trace,
    /// US highway.
    pub hwfet: Trace,
    /// Share of the city cycle in the combined figure (US).
    pub city_share: Value,
}

impl CertificationTraces {
    /// Prepares them.
    ///
    /// # Errors
    /// A cycle is missing or disagrees with its index.
    pub fn new(cycles: &Cycles, procedures: &ProcedureTables) -> Result<Self, CycleError> {
        let trace = |id: &str| cycles.get(id).map(|c| Trace::new(&c));
        let [wltp, nedc, udds, hwfet] = [trace("wltc3b")?, trace("nedc")?, trace("udds")?, trace("hwfet")?];
        Ok(Self { wltp, nedc, udds, hwfet, city_share: procedures.city_share })
    }
}
