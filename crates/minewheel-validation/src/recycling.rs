//! Recycling of packs: what salts save against primary ones, and what the products of a pack sell for.
//!
//! | claim               | ours                                                                     |
//! |---------------------|--------------------------------------------------------------------------|
//! | `recycling-climate` | `1 − recycling / primary` of the route `hydro`, for all salts or one by mass |
//! | `recycling-value`   | sales over mass fed at the prices of the row's year                      |

use minewheel_assess::recycling::{RecycleQuestion, RouteReport, recycle_report};
use minewheel_data::units::Energy;
use minewheel_model::battery::PackSpec;
use minewheel_model::recycling::{Feed, Route};
use serde::Deserialize;

use crate::chapter::{deviation, number, percent};
use crate::claim::Claim;
use crate::report::{Block, Print, Report, Row, Side, worst};
use crate::{Evidence, METHOD, ValidationError};

/// Products that replace battery-grade salts.
const SALTS: [&str; 4] = ["nickel sulfate", "cobalt sulfate", "manganese sulfate", "lithium carbonate"];
/// The step that salts come from.
const LEACHING: &str = "leaching";
/// Energy of the pack; every figure is a ratio.
const PACK_KWH: f64 = 60.0;

#[derive(Deserialize)]
struct Published {
    product: String,
    chemistry: String,
    place: String,
    year: i32,
    kind: String,
    published_reduction: f64,
    source: String,
}

#[derive(Deserialize)]
struct Value {
    pack: String,
    chemistry: String,
    place: String,
    year: i32,
    published_usd_per_kg: f64,
    source: String,
}

fn route(evidence: &Evidence, chemistry: &str, place: &str, year: i32) -> Result<RouteReport, ValidationError> {
    let tables = &evidence.tables;
    let question = RecycleQuestion {
        car: None,
        pack: PackSpec::new(chemistry, Energy::from_kwh(PACK_KWH)),
        routes: vec![Route::Hydro],
        feed: Feed::EndOfLife,
        place: tables.places.id(place)?,
        year,
        method: METHOD.to_owned(),
        second_life: false,
        sampling: None,
    };
    let missing = || ValidationError::Claim { claim: "recycling-climate".to_owned(), reason: "a report without a route" };
    recycle_report(tables, &question)?.routes.into_iter().next().ok_or_else(missing)
}

/// Share of the primary footprint that recycling saves: of all salts against all work, or of one product by mass. The work of
/// a step is shared by mass among what the step makes: leaching among the salts, what comes before among all products.
fn reduction(route: &RouteReport, row: &Published) -> f64 {
    let is_salt = |product: &str| SALTS.contains(&product);
    let is_meant = |product: &str| if row.kind == "at-least" { is_salt(product) } else { product == row.product };
    let kg = |of: &dyn Fn(&str) -> bool| route.products.iter().filter(|p| of(&p.product)).map(|p| p.kg_per_kwh).sum::<f64>();
    let primary: f64 = route.products.iter().filter(|p| is_meant(&p.product)).map(|p| p.avoided_kg_co2e_per_kwh).sum();
    if row.kind == "at-least" {
        return 1.0 - route.climate.recycling.value / primary;
    }
    let leaching: f64 = route.inputs.iter().filter(|i| i.step == LEACHING).map(|i| i.kg_co2e_per_kwh).sum();
    let before = route.climate.recycling.value - leaching;
    let meant = kg(&is_meant);
    1.0 - (leaching * meant / kg(&is_salt) + before * meant / kg(&|_| true)) / primary
}

pub(crate) fn climate(evidence: &Evidence, claim: Claim) -> Result<Report, ValidationError> {
    let published: Vec<Published> = evidence.rows("recycling-climate.csv")?;
    let limit = claim.limit("points_off")?;
    let (mut rows, mut kept, mut bounds, mut below, mut points) = (Vec::new(), 0.0, 0.0, 0.0, 0.0_f64);
    let salts = published.iter().filter(|p| p.kind == "by-mass").count() as f64;
    for row in published {
        let ours = reduction(&route(evidence, &row.chemistry, &row.place, row.year)?, &row);
        let is_met = if row.kind == "at-least" {
            bounds += 1.0;
            let is_kept = ours >= row.published_reduction;
            kept += f64::from(u8::from(is_kept));
            is_kept
        } else {
            below += f64::from(u8::from(ours > 0.0));
            let off = (ours - row.published_reduction).abs();
            points = points.max(off);
            off <= limit
        };
        rows.push(Row {
            label: format!("{}, {} recycled in {}", row.product, row.chemistry, row.place),
            marks: vec![row.source, row.product],
            ours,
            theirs: row.published_reduction,
            unit: "of the primary footprint saved".to_owned(),
            is_met: Some(is_met),
        });
    }
    let mut report = Report::new(claim, rows);
    report.judge("bound_kept", "share of bounds kept", kept / bounds, Side::AtLeast, Print::Percent)?;
    report.judge("salts_below_primary", "share of salts that emit less than primary ones", below / salts, Side::AtLeast, Print::Percent)?;
    report.judge("points_off", "largest difference of a reduction", points, Side::AtMost, Print::Percent)?;
    report.blocks.push(Block::Table {
        title: "share of the primary footprint saved".to_owned(),
        head: ["product", "theirs", "ours"].map(str::to_owned).to_vec(),
        lines: report.rows.iter().map(|r| vec![r.label.clone(), percent(r.theirs), percent(r.ours)]).collect(),
        words: 1,
    });
    Ok(report)
}

pub(crate) fn value(evidence: &Evidence, claim: Claim) -> Result<Report, ValidationError> {
    let published: Vec<Value> = evidence.rows("recycling-value.csv")?;
    let limit = claim.limit("relative_error")?;
    let mut rows = Vec::new();
    for row in published {
        let route = route(evidence, &row.chemistry, &row.place, row.year)?;
        let one = Row {
            label: format!("{}, {}", row.pack, row.year),
            marks: vec![row.source],
            ours: route.money.revenue.value / route.fed_kg_per_kwh,
            theirs: row.published_usd_per_kg,
            unit: "USD/kg".to_owned(),
            is_met: None,
        };
        rows.push(Row { is_met: Some(one.error().abs() <= limit), ..one });
    }
    let mut report = Report::new(claim, rows);
    let error = worst(report.rows.iter());
    report.judge("relative_error", "largest absolute error", error, Side::AtMost, Print::Percent)?;
    report.blocks.push(Block::Table {
        title: "sales in USD a kg of pack".to_owned(),
        head: ["pack", "theirs", "ours", "error"].map(str::to_owned).to_vec(),
        lines: report.rows.iter().map(|r| vec![r.label.clone(), number(r.theirs), number(r.ours), deviation(r.error())]).collect(),
        words: 1,
    });
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::Verdict;

    #[test]
    fn claims_about_recycling_come_out_as_recorded() {
        let evidence = Evidence::of_repository().unwrap();
        for name in ["recycling-climate", "recycling-value"] {
            let report = evidence.judge(name).unwrap();
            let rows: Vec<String> = report.rows.iter().map(|r| format!("{}: ours {:.3}, theirs {:.3}", r.label, r.ours, r.theirs)).collect();
            let figures: Vec<String> = report.figures.iter().map(|f| format!("{} {:.4} (limit {})", f.key, f.value, f.limit)).collect();
            assert_eq!(report.verdict(), report.claim.expect, "{name}\n{}\n{}", rows.join("\n"), figures.join("\n"));
            assert!(report.figures.iter().all(crate::report::Figure::is_within_record), "{name}\n{}\n{}", rows.join("\n"), figures.join("\n"));
            assert!(report.misses().all(|row| report.explanation(row).is_some()), "{name}: {}", rows.join("\n"));
            assert!(report.verdict() == Verdict::Fail || report.misses().next().is_none());
        }
    }
}
