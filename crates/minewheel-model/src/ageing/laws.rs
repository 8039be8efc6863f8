//! The published cell laws: coefficients of loss from the stress of a day.
//!
//! `T` in K, `s` state of charge, `U` potential of the graphite against lithium in V, `d` depth, `C` rate in 1/h; `θ = T/T_0`
//! and `u = U/U_0` with the references of the cell's table; small letters are rows of `ageing/cells.csv`.
//!
//! ```text
//! lfp-gr-250ahprismatic     days    p1·exp(p2/T)·exp(p3·U/T)                              ^ pcal
//!                           cycles  (p4 + p5·d + p6·C)·(exp(p7/T) + exp(−p8/T))           ^ pcyc
//! nca-gr-panasonic3ah       days    a·exp(b/T)·exp(c·s/T)                                 ^ qcal_p
//!                           cycles  (a + b·C + c·d)·(exp(d/T) + exp(−e/T))                ^ qcyc_p
//! nmc111-gr-kokam75ah       days    q1_0·exp(q1_1/θ)·exp(q1_2·u/θ)                        ^ q2
//!                           cycles  q3_0·exp(q3_1/θ)·exp(q3_2·exp(d²))                    ^ q4
//!                           knee    x_0 = q5_0 + q5_1·(T_C − 55)·d·s̄/0.6                  ^ p_lam
//! nmc811-grsi-lgm50-5ah     days    b0 + b1·exp(θ³·u^−⅓) + b2·θ³·u^−½ + b3·exp(√s/θ²) + b4·exp(s³)   ^ p_cal
//!                           cycles  b0·exp(b1·C_d³)·exp(b2·θ³·√C_d)                       ^ p_cyc
//! nmc622-gr-denso50ah       days    A(T, Ea)·(b0 + b1·s̄ + b2·s̄² + b3·s̄³ + b4·s̄·T + b5·max(0, T − T_hot))   ^ ½
//!                           cycles  days' coefficient·b1N·b1N_4, b1N = max(0, b0·A·√(d·C_c)·(1 + b1·s̄) + b2) + b3·A·d⁶   ^ ½
//! nmc-gr-50ah-b1            days    p1·exp(p2·u^⅓/θ³)                                     ^ pcal
//!                           cycles  p3·(d²·θ³·√C)^p4                                      ^ pcyc
//! nmc-lto-10ah              days    gain α0·exp(α1/θ)·exp(α2·s/θ) ^ α_p, loss β alike ^ β_p
//!                           cycles  (γ0 + γ1·C + γ2·d³)·exp(γ3/θ)                         ^ γ_p
//! ```
//!
//! The law of the LTO cell gains capacity in storage; that is an artefact of its fit and is kept as published.

use minewheel_data::units::{GAS_CONSTANT_J_PER_MOL_K, ZERO_CELSIUS_K};

use super::duty::Day;

/// Which published equations a cell obeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Large LFP cell.
    LfpLarge,
    /// Small NCA cell.
    NcaSmall,
    /// NMC111 pouch with a knee.
    Nmc111Knee,
    /// NMC811 against graphite with silicon.
    Nmc811Silicon,
    /// NMC622 of a car maker.
    Nmc622Car,
    /// Large NMC cell.
    NmcLarge,
    /// NMC against titanate.
    NmcTitanate,
}

impl Form {
    /// All forms with the cell of each and the parameters it needs, in the order of the equations.
    pub(super) const ALL: [(Self, &'static str, &'static [&'static str]); 7] = [
        (Self::LfpLarge, "lfp-gr-250ahprismatic", &["p1", "p2", "p3", "pcal", "p4", "p5", "p6", "p7", "p8", "pcyc"]),
        (
            Self::NcaSmall,
            "nca-gr-panasonic3ah-battery",
            &["qcal_a", "qcal_b", "qcal_c", "qcal_p", "qcyc_a", "qcyc_b", "qcyc_c", "qcyc_d", "qcyc_e", "qcyc_p"],
        ),
        (
            Self::Nmc111Knee,
            "nmc111-gr-kokam75ah-battery",
            &["q1_0", "q1_1", "q1_2", "q2", "q3_0", "q3_1", "q3_2", "q4", "q5_0", "q5_1", "p_lam", "lam_temperature_c", "lam_soc", "lam_capacity"],
        ),
        (
            Self::Nmc811Silicon,
            "nmc811-grsi-lgm50-5ah-battery",
            &["q1_b0", "q1_b1", "q1_b2", "q1_b3", "q1_b4", "p_cal", "q3_b0", "q3_b1", "q3_b2", "p_cyc", "per_days", "per_cycles"],
        ),
        (
            Self::Nmc622Car,
            "nmc622-gr-denso50ah-battery",
            &[
                "b1t_ea", "b1t_0", "b1t_1", "b1t_2", "b1t_3", "b1t_4", "b1t_5", "b1n_ea_1", "b1n_0", "b1n_1", "b1n_2", "b1n_3", "b1n_ea_2", "b1n_4",
                "exponent",
            ],
        ),
        (Self::NmcLarge, "nmc-gr-50ah-b1", &["p1", "p2", "pcal", "p3", "p4", "pcyc", "per_days", "per_cycles"]),
        (
            Self::NmcTitanate,
            "nmc-lto-10ah-battery",
            &[
                "alpha_0", "alpha_1", "alpha_2", "alpha_p", "beta_0", "beta_1", "beta_2", "beta_p", "gamma_0", "gamma_1", "gamma_2", "gamma_3",
                "gamma_p",
            ],
        ),
    ];
}

/// What a loss grows with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driver {
    /// Days.
    Time,
    /// Equivalent full cycles.
    Throughput,
}

/// One loss `sign·k·(x/per)^p`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term {
    /// What it grows with.
    pub driver: Driver,
    /// The coefficient.
    pub k: f64,
    /// The exponent.
    pub p: f64,
    /// Unit of `x`.
    pub per: f64,
    /// 1 for a loss, −1 for a gain.
    pub sign: f64,
}

impl Term {
    const NONE: Self = Self { driver: Driver::Time, k: 0.0, p: 1.0, per: 1.0, sign: 1.0 };
}

/// Loss of active material, which takes over late.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Knee {
    /// Cycles at which it has grown to its scale.
    pub scale: f64,
    /// The exponent.
    pub p: f64,
    /// Capacity of the limiting electrode when new, over that of the cell.
    pub capacity: f64,
}

/// All losses of a cell in one day's stress.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Losses {
    /// Additive losses.
    pub terms: [Term; 3],
    /// The knee, if the law has one.
    pub knee: Option<Knee>,
}

/// References of a law, `NaN` where it has none; and the potential of its graphite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct References<'a> {
    /// `T_0` in K.
    pub kelvin: f64,
    /// `U_0` in V.
    pub volt: f64,
    /// Temperature in K above which a law ages faster.
    pub hot_kelvin: f64,
    /// U(s) in V.
    pub graphite: &'a Graphite,
}

/// Potential of graphite against lithium (Safari and Delacourt): offset, exponential, four steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Graphite {
    /// Lithiation of an empty and of a full cell.
    pub lithiation: (f64, f64),
    /// Offset in V.
    pub offset: f64,
    /// Height in V and rate of the exponential.
    pub exponential: (f64, f64),
    /// Height in V, centre and width of each step.
    pub steps: [(f64, f64, f64); 4],
}

impl Graphite {
    /// Potential in V at a state of charge.
    pub fn volt(&self, soc: f64) -> f64 {
        let x = self.lithiation.0 + soc * (self.lithiation.1 - self.lithiation.0);
        let steps: f64 = self.steps.iter().map(|(height, centre, width)| height * ((x - centre) / width).tanh()).sum();
        self.offset + self.exponential.0 * (-self.exponential.1 * x).exp() + steps
    }
}

fn two(days: Term, cycles: Term) -> Losses {
    Losses { terms: [days, cycles, Term::NONE], knee: None }
}

fn time(k: f64, p: f64, per: f64) -> Term {
    Term { driver: Driver::Time, k, p, per, sign: 1.0 }
}

fn throughput(k: f64, p: f64, per: f64) -> Term {
    Term { driver: Driver::Throughput, k, p, per, sign: 1.0 }
}

impl Form {
    /// The losses of a day, with the parameters in the order of [`Form::ALL`].
    pub(super) fn losses(self, v: &[f64], of: &References<'_>, day: &Day) -> Losses {
        match self {
            Self::LfpLarge => {
                let k = day.mean(|t, s| v[0] * (v[1] / t).exp() * (v[2] * of.graphite.volt(s) / t).exp());
                let c = day.mean(|t, _| (v[4] + v[5] * day.depth + v[6] * day.rate) * ((v[7] / t).exp() + (-v[8] / t).exp()));
                two(time(k, v[3], 1.0), throughput(c, v[9], 1.0))
            }
            Self::NcaSmall => {
                let k = day.mean(|t, s| v[0] * (v[1] / t).exp() * (v[2] * s / t).exp());
                let c = day.mean(|t, _| (v[4] + v[5] * day.rate + v[6] * day.depth) * ((v[7] / t).exp() + (-v[8] / t).exp()));
                two(time(k, v[3], 1.0), throughput(c, v[9], 1.0))
            }
            Self::Nmc111Knee => {
                let soc = day.mean(|_, s| s);
                let k = day.mean(|t, s| {
                    let theta = t / of.kelvin;
                    v[0] * (v[1] / theta).exp() * (v[2] * of.graphite.volt(s) / of.volt / theta).exp()
                });
                let c = day.mean(|t, _| v[4] * (v[5] * of.kelvin / t).exp() * (v[6] * (day.depth * day.depth).exp()).exp());
                let scale = day.mean(|t, _| v[8] + v[9] * (t - ZERO_CELSIUS_K - v[11]) * day.depth * soc / v[12]);
                Losses { knee: Some(Knee { scale, p: v[10], capacity: v[13] }), ..two(time(k, v[3], 1.0), throughput(c, v[7], 1.0)) }
            }
            Self::Nmc811Silicon => {
                let k = day.mean(|t, s| {
                    let (theta, u) = (t / of.kelvin, of.graphite.volt(s) / of.volt);
                    v[0] + v[1] * (theta.powi(3) / u.cbrt()).exp()
                        + v[2] * theta.powi(3) / u.sqrt()
                        + v[3] * (s.sqrt() / theta.powi(2)).exp()
                        + v[4] * s.powi(3).exp()
                });
                let rate = day.discharge_rate;
                let c = day.mean(|t, _| v[6] * (v[7] * rate.powi(3)).exp() * (v[8] * (t / of.kelvin).powi(3) * rate.sqrt()).exp());
                two(time(k, v[5], v[10]), throughput(c, v[9], v[11]))
            }
            Self::Nmc622Car => {
                let (t, s) = (day.mean(|t, _| t), day.mean(|_, s| s));
                let arrhenius = |energy: f64| (-(energy / GAS_CONSTANT_J_PER_MOL_K) * (1.0 / t - 1.0 / of.kelvin)).exp();
                let hot = (t - of.hot_kelvin).max(0.0);
                let k = arrhenius(v[0]) * (v[1] + v[2] * s + v[3] * s * s + v[4] * s.powi(3) + v[5] * s * t + v[6] * hot);
                let stress = (day.depth * day.charge_rate).sqrt();
                let cyclic = (v[8] * arrhenius(v[7]) * stress * (1.0 + v[9] * s) + v[10]).max(0.0) + v[11] * arrhenius(v[12]) * day.depth.powi(6);
                two(time(k, v[14], 1.0), throughput(k * cyclic * v[13], v[14], 1.0))
            }
            Self::NmcLarge => {
                let k = day.mean(|t, s| v[0] * (v[1] * (of.graphite.volt(s) / of.volt).cbrt() / (t / of.kelvin).powi(3)).exp());
                let c = day.mean(|t, _| v[3] * (day.depth.powi(2) * (t / of.kelvin).powi(3) * day.rate.sqrt()).powf(v[4]));
                two(time(k, v[2], v[6]), throughput(c, v[5], v[7]))
            }
            Self::NmcTitanate => {
                let stored = |a: f64, b: f64, c: f64| day.mean(|t, s| a * (b * of.kelvin / t).exp() * (c * s * of.kelvin / t).exp());
                let gain = Term { sign: -1.0, ..time(stored(v[0], v[1], v[2]), v[3], 1.0) };
                let loss = time(stored(v[4], v[5], v[6]), v[7], 1.0);
                let c = day.mean(|t, _| (v[8] + v[9] * day.rate + v[10] * day.depth.powi(3)) * (v[11] * of.kelvin / t).exp());
                Losses { terms: [gain, loss, throughput(c, v[12], 1.0)], knee: None }
            }
        }
    }
}
