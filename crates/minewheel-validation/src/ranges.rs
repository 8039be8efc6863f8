//! Official ranges of catalogue cars beside those of the procedures. The catalogue keeps them as `official.<rule>_range_km` for
//! comparison, and no result reads them.
//!
//! Only cars whose mass and road load (or drag coefficient) are known are judged; the others are shown.

use crate::chapter::{deviation, number, percent};
use crate::claim::Claim;
use crate::report::{Block, Print, Report, Row, Side};
use crate::{Evidence, ValidationError};
use minewheel_assess::AssessError;
use minewheel_data::car::CarDesign;
use minewheel_data::row::Draw;
use minewheel_model::drive::{RangeRule, range, ranges};

/// What follows the word of a rule in the name of an official range.
const RANGE_OF_RULE: &str = "_range_km";

/// The official ranges of a car by rule, as value and source. A range that the catalogue gives without a rule is left out.
fn official_ranges<'e>(evidence: &'e Evidence, design: &'e CarDesign) -> impl Iterator<Item = (RangeRule, f64, &'e str)> {
    let tables = &evidence.tables;
    design.official.iter().filter_map(|figure| {
        let word = figure.name.strip_suffix(RANGE_OF_RULE)?;
        let rule = RangeRule::ALL.into_iter().find(|r| r.word() == word)?;
        Some((rule, figure.value.best, tables.sources.key(tables.rows.source(figure.value.row))))
    })
}

/// Whether the design gives its mass, and its coast-down or drag coefficient.
fn is_complete(design: &CarDesign) -> bool {
    design.kerb_mass_kg.is_some() && (design.road_load.a_n.is_some() || design.road_load.cd.is_some())
}

/// One row, computed.
struct Pair {
    rule: RangeRule,
    is_complete: bool,
    row: Row,
}

/// Mean absolute error and bias of some rows.
fn score(pairs: &[&Pair]) -> (f64, f64) {
    let n = pairs.len().max(1) as f64;
    let sum = |of: fn(f64) -> f64| pairs.iter().map(|p| of(p.row.error())).sum::<f64>() / n;
    (sum(f64::abs), sum(|e| e))
}

pub(crate) fn official(evidence: &Evidence, claim: Claim) -> Result<Report, ValidationError> {
    let tables = &evidence.tables;
    let rules = tables.rules();
    let (mut pairs, mut lines) = (Vec::new(), Vec::new());
    let published = tables.catalogue.cars().iter().flat_map(|design| official_ranges(evidence, design).map(move |figure| (design, figure)));
    for (design, (rule, range_km, source)) in published {
        let ours = range(design, rule, &rules, &Draw::BEST).map_err(AssessError::from)?;
        let estimated = ranges(design, &rules, &Draw::BEST).map_err(AssessError::from)?.map_or_else(Vec::new, |r| r.defaulted);
        let complete = is_complete(design);
        let found = Row {
            label: format!("{} {}", design.id, rule.word()),
            marks: vec![source.to_owned(), design.id.clone(), rule.word().to_owned()],
            ours: ours.range_km,
            theirs: range_km,
            unit: "km".to_owned(),
            is_met: None,
        };
        let fields: Vec<&str> = estimated.iter().map(|d| d.field.rsplit('.').next().unwrap_or(d.field)).collect();
        lines.push(vec![
            design.id.clone(),
            rule.word().to_owned(),
            if complete { "yes" } else { "no" }.to_owned(),
            fields.join(", "),
            number(range_km),
            number(ours.range_km),
            deviation(found.error()),
        ]);
        pairs.push(Pair { rule, is_complete: complete, row: found });
    }
    let of = |rule, complete| pairs.iter().filter(|p| p.rule == rule && p.is_complete == complete).collect::<Vec<_>>();
    let judged = [(RangeRule::Wltp, "wltp_mean_absolute_percent"), (RangeRule::Cltc, "cltc_mean_absolute_percent")];
    let mut report = Report::new(claim, pairs.iter().map(|p| p.row.clone()).collect());
    for (rule, key) in judged {
        let says = format!("{}, complete cars, mean absolute error", rule.word().to_uppercase());
        report.judge(key, &says, 100.0 * score(&of(rule, true)).0, Side::AtMost, Print::PercentPoints)?;
    }
    let mut summary = Vec::new();
    for rule in RangeRule::ALL {
        for (complete, word) in [(true, "complete"), (false, "estimated")] {
            let some = of(rule, complete);
            if some.is_empty() {
                continue;
            }
            let (mean, bias) = score(&some);
            summary.push(vec![rule.word().to_uppercase(), word.to_owned(), some.len().to_string(), percent(mean), deviation(bias)]);
        }
    }
    report.blocks.push(Block::Table {
        title: "Range by rule".to_owned(),
        head: ["rule", "data of the car", "n", "mean absolute error", "bias"].map(str::to_owned).to_vec(),
        lines: summary,
        words: 2,
    });
    report.blocks.push(Block::Table {
        title: "All rows; fields that the catalogue does not give are estimated".to_owned(),
        head: ["car", "rule", "complete", "estimated", "official km", "ours km", "error"].map(str::to_owned).to_vec(),
        lines,
        words: 4,
    });
    Ok(report)
}
