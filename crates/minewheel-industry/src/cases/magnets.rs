//! What machines on the road are made of, by maker and year: magnet and heavy rare earth per kilowatt, kind, efficiency.
//!
//! ```text
//! magnet g/kW = m_magnet / P_short-time        heavy g/kW = that times the least and greatest share of Dy and Tb of sintered grades
//! ```
//!
//! Every figure is per kilowatt of the short-time rating, which makers choose freely: it compares machines of one rating
//! practice only. The table decides which makers use which kind of machine, and how much magnet. Whether one lags
//! needs machines of both sides; who invented what needs patents. Neither is filled in by a guess.

use minewheel_assess::tables::Tables;
use minewheel_data::row::Draw;
use minewheel_data::units::Mass;
use serde::{Deserialize, Serialize};

use super::{Statement, Verdict};

/// Whose machines a case is about.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Compute {
    #[serde(rename = "quantity")]
    _quantity: super::Quantity,
    place: String,
    makers: Vec<String>,
}

/// The rule of the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MagnetRule {
    /// Fewest machines with magnets of the place in question that decide anything.
    pub least_machines: usize,
    /// Ratio of medians of magnet per kilowatt from which one side lags.
    pub lag_ratio: f64,
    /// The rule in words.
    pub rule: String,
    true_words: String,
    false_words: String,
    not_decidable_words: String,
}

/// One machine.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MagnetRow {
    /// Id.
    pub machine: String,
    /// Maker of the car.
    pub maker: String,
    /// The maker's country.
    pub maker_place: String,
    /// Model year.
    pub year: f64,
    /// Kind of machine.
    pub topology: String,
    /// Short-time power in kW: the basis of the two next figures.
    pub peak_power_kw: f64,
    /// Rare-earth magnets in g/kW; `None`: not known.
    pub magnet_g_per_kw: Option<f64>,
    /// Dysprosium and terbium in g/kW, with the leanest and the richest grade; the grade of no machine is published.
    pub heavy_g_per_kw: Option<(f64, f64)>,
    /// Best measured efficiency of the motor; `None`: not measured.
    pub peak_efficiency: Option<f64>,
}

/// The statement beside the machines.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MagnetJudgement {
    /// What was said.
    pub case: Statement,
    /// How it fares.
    pub verdict: Verdict,
    /// The verdict in words.
    pub words: String,
    /// The rule.
    pub rule: MagnetRule,
    /// Machines, by maker and year.
    pub machines: Vec<MagnetRow>,
}

/// Sets the machines side by side.
pub(super) fn judge(tables: &Tables, case: Statement, compute: &Compute, rule: MagnetRule) -> MagnetJudgement {
    let sintered = tables.motors.magnets.iter().filter(|m| m.id.starts_with("ndfeb-")).filter_map(|m| m.composition.as_ref());
    let shares = sintered.map(|c| Draw::BEST.of(&c.heavy));
    let (least, most) = shares.fold((f64::INFINITY, 0.0_f64), |(l, h), s| (l.min(s), h.max(s)));
    let mut machines: Vec<MagnetRow> = tables
        .motors
        .made
        .iter()
        .map(|m| {
            let per_kw = m.magnet_kg.map(|kg| Mass::from_kg(kg).g() / m.peak_power_kw);
            MagnetRow {
                machine: m.machine.clone(),
                maker: m.maker.clone(),
                maker_place: m.maker_place.clone(),
                year: m.year,
                topology: m.topology.clone(),
                peak_power_kw: m.peak_power_kw,
                magnet_g_per_kw: per_kw,
                heavy_g_per_kw: per_kw.map(|g| (least * g, most * g)),
                peak_efficiency: m.peak_efficiency,
            }
        })
        .collect();
    machines.sort_by(|a, b| a.maker.cmp(&b.maker).then(a.year.total_cmp(&b.year)));
    let with_magnets = |inside: bool| -> Vec<f64> {
        let side = machines.iter().filter(|m| (m.maker_place == compute.place) == inside);
        side.filter_map(|m| m.magnet_g_per_kw).filter(|g| *g > 0.0).collect()
    };
    let (ours, others) = (with_magnets(true), with_magnets(false));
    let (verdict, template) = if ours.len() < rule.least_machines || others.len() < rule.least_machines {
        (Verdict::NotDecidable, &rule.not_decidable_words)
    } else if median(&ours) >= rule.lag_ratio * median(&others) {
        (Verdict::True, &rule.true_words)
    } else {
        (Verdict::False, &rule.false_words)
    };
    let (low, high) = others.iter().fold((f64::INFINITY, 0.0_f64), |(l, h), g| (l.min(*g), h.max(*g)));
    let measured = machines.iter().filter(|m| m.peak_efficiency.is_some()).count();
    let words = template
        .replace("{count}", &ours.len().to_string())
        .replace("{place}", &compute.place)
        .replace("{others}", &others.len().to_string())
        .replace("{lowest}", &format!("{low:.1}"))
        .replace("{highest}", &format!("{high:.1}"))
        .replace("{measured}", &measured.to_string())
        .replace("{makers}", &compute.makers.iter().map(|maker| history(&machines, maker)).collect::<Vec<_>>().join("; "));
    MagnetJudgement { case, verdict, words, rule, machines }
}

/// A maker's machines in a line.
fn history(machines: &[MagnetRow], maker: &str) -> String {
    let of: Vec<String> = machines
        .iter()
        .filter(|m| m.maker == maker)
        .map(|m| {
            let magnet = m.magnet_g_per_kw.map_or_else(|| "unknown magnet".to_owned(), |g| format!("{g:.1} g/kW"));
            format!("{} {} {magnet}", m.year, m.topology)
        })
        .collect();
    if of.is_empty() { format!("{maker}: none") } else { format!("{maker}: {}", of.join(", ")) }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { 0.5 * (sorted[middle - 1] + sorted[middle]) }
}
