//! Two machines in one unit against one big machine and against two units, at equal power and torque.
//!
//! ```text
//! change = x_two in one / x_other − 1        for mass, volume, energy at the wall and range
//! ```
//!
//! The statement holds in a comparison if the unit is lighter and no bigger, and saves more energy than maps can tell apart
//! (`nil_percent`); range goes with energy. Units are those of [`minewheel_assess::drive_units`].

use minewheel_assess::AssessError;
use minewheel_assess::drive_units::{Setting, UnitReport, compare_units};
use minewheel_assess::tables::Tables;
use minewheel_data::car::Topology;
use minewheel_data::row::Draw;
use minewheel_data::units::{Power, convert};
use minewheel_model::motor::sizing::MotorSpec;
use minewheel_model::motor::{Cooling, MapGrid, Switch};
use serde::{Deserialize, Serialize};

use super::{CaseError, Statement, Verdict};

/// The units of a case.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Compute {
    #[serde(rename = "quantity")]
    _quantity: super::Quantity,
    year: i32,
    plant_place: String,
    use_place: String,
    car: String,
    cycles: Vec<String>,
    first: String,
    seconds: Vec<String>,
    power_kw: f64,
    torque_nm: f64,
    top_speed_rpm: f64,
    dc_v: f64,
    steel: String,
}

/// The rule of the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TwinRule {
    /// Change of the wall energy below which it counts as nil, in percent.
    pub nil_percent: f64,
    /// The rule in words.
    pub rule: String,
    true_words: String,
    depends_words: String,
    false_words: String,
}

/// The unit against one other design; changes in percent, less is negative.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TwinCell {
    /// The unit.
    pub unit: String,
    /// Its machines.
    pub machines: String,
    /// What it stands beside.
    pub against: String,
    /// The cycle.
    pub cycle: String,
    /// Mass.
    pub mass_percent: f64,
    /// Volume of the machines.
    pub volume_percent: f64,
    /// Energy at the wall.
    pub energy_percent: f64,
    /// Range.
    pub range_percent: f64,
    /// Whether it is smaller, goes further and takes less.
    pub holds: bool,
}

/// The statement recomputed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TwinJudgement {
    /// What was said.
    pub case: Statement,
    /// How it fares.
    pub verdict: Verdict,
    /// The verdict in words.
    pub words: String,
    /// The rule.
    pub rule: TwinRule,
    /// Every comparison.
    pub cells: Vec<TwinCell>,
}

/// Names of the designs as the comparison gives them: the unit, and what it stands beside.
const PAIRS: [(&str, &str); 4] =
    [("two in one", "one machine"), ("two in one, clutch", "one machine"), ("two in one", "two axles"), ("two in one, clutch", "two axles, clutch")];

/// Recomputes the statement.
///
/// # Errors
/// A machine cannot be sized, a car or cycle is unknown, or a bill cannot be scored.
pub(super) fn judge(tables: &Tables, case: Statement, compute: &Compute, rule: TwinRule) -> Result<TwinJudgement, CaseError> {
    let place = |code: &str| tables.places.id(code).map_err(AssessError::from);
    let setting =
        Setting { plant: place(&compute.plant_place)?, country: place(&compute.use_place)?, year: compute.year, method: "ar6-gwp100".to_owned() };
    let car = tables.catalogue.car(&compute.car)?;
    let open = |name: &String| tables.cycles.open(name).map_err(|e| CaseError::Cycle { case: case.id.clone(), reason: e.to_string() });
    let cycles = compute.cycles.iter().map(open).collect::<Result<Vec<_>, _>>()?;
    let lamination = tables.motors.shared("standard_lamination", "m").map_err(AssessError::from)?;
    let spec = |word: &str| -> Result<MotorSpec, CaseError> {
        let topology = Topology::ALL.iter().copied().find(|t| t.word() == word);
        Ok(MotorSpec {
            topology: topology.ok_or_else(|| CaseError::Topology { case: case.id.clone(), seen: word.to_owned() })?,
            peak_w: Power::from_kw(compute.power_kw).w(),
            peak_nm: compute.torque_nm,
            top_rad_s: convert(compute.top_speed_rpm, "rpm", "1/s").unwrap_or_default(),
            dc_v: compute.dc_v,
            cooling: Cooling::Oil,
            switch: Switch::Igbt,
            magnet: None,
            steel: compute.steel.clone(),
            lamination_m: Draw::BEST.of(&lamination),
        })
    };
    let first = spec(&compute.first)?;
    let mut cells = Vec::new();
    for word in &compute.seconds {
        let reports = compare_units(&first, &spec(word)?, car, &cycles, tables, &setting, MapGrid::FINE)?;
        for (unit, against) in PAIRS {
            let find = |name: &str| reports.iter().find(|r| r.design == name);
            if let (Some(unit), Some(against)) = (find(unit), find(against)) {
                cells.extend(compared(unit, against, rule.nil_percent));
            }
        }
    }
    let holding = cells.iter().filter(|c| c.holds).count();
    let (verdict, template) = match holding {
        0 => (Verdict::False, &rule.false_words),
        all if all == cells.len() => (Verdict::True, &rule.true_words),
        _ => (Verdict::Depends, &rule.depends_words),
    };
    let range = |against: fn(&TwinCell) -> bool, pick: fn(&TwinCell) -> f64| -> String {
        let found = cells.iter().filter(|c| against(c)).map(pick);
        let (low, high) = found.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        format!("{low:+.1} to {high:+.1} %")
    };
    let (one, two): (fn(&TwinCell) -> bool, fn(&TwinCell) -> bool) = (|c| c.against == PAIRS[0].1, |c| c.against != PAIRS[0].1);
    let words = template
        .replace("{holding}", &holding.to_string())
        .replace("{cells}", &cells.len().to_string())
        .replace("{mass_one}", &range(one, |c| c.mass_percent))
        .replace("{mass_two}", &range(two, |c| c.mass_percent))
        .replace("{volume_one}", &range(one, |c| c.volume_percent))
        .replace("{energy_one}", &range(one, |c| c.energy_percent))
        .replace("{energy_two}", &range(two, |c| c.energy_percent));
    Ok(TwinJudgement { case, verdict, words, rule, cells })
}

fn compared(unit: &UnitReport, against: &UnitReport, nil_percent: f64) -> Vec<TwinCell> {
    let change = |ours: f64, theirs: f64| 100.0 * (ours / theirs - 1.0);
    let (mass_percent, volume_percent) = (change(unit.mass_kg, against.mass_kg), change(unit.volume_l, against.volume_l));
    unit.cycles
        .iter()
        .zip(&against.cycles)
        .map(|(ours, theirs)| {
            let energy_percent = change(ours.best.wall_wh_per_km, theirs.best.wall_wh_per_km);
            TwinCell {
                unit: unit.design.clone(),
                machines: unit.machines.join(" + "),
                against: against.design.clone(),
                cycle: ours.cycle.clone(),
                mass_percent,
                volume_percent,
                energy_percent,
                range_percent: change(ours.best.range_km, theirs.best.range_km),
                holds: mass_percent < 0.0 && volume_percent <= 0.0 && energy_percent <= -nil_percent,
            }
        })
        .collect()
}
