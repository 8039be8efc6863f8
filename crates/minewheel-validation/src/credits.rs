//! Prices of credits, and what importers were held to, beside what the ministry announced.

use minewheel_data::store::Store;
use minewheel_industry::credits::System;
use minewheel_industry::credits::market::equilibria;
use minewheel_industry::credits::results::Results;
use minewheel_industry::credits::rules::RuleBook;
use minewheel_industry::credits::study::StudyFile;
use serde::Deserialize;

use crate::chapter::{deviation, number};
use crate::claim::Claim;
use crate::report::{Report, Row, judged};
use crate::{Evidence, ValidationError};

/// The study that ships with the program.
const STUDY: &str = "credits/china.toml";
/// Years of phase V, whose curve of targets is a line in the masses of importers.
const YEARS: [i32; 3] = [2021, 2022, 2023];

#[derive(Deserialize)]
struct Announced {
    accounting_year: i32,
    traded_year: i32,
    cny_per_credit: f64,
    source: String,
}

fn book() -> Result<(Store, RuleBook), ValidationError> {
    let store = Store::embedded();
    let book = RuleBook::read(&store, false).map_err(ValidationError::Tables)?;
    Ok((store, book))
}

pub(crate) fn prices(evidence: &Evidence, claim: Claim) -> Result<Report, ValidationError> {
    let published: Vec<Announced> = evidence.rows("credit-prices.csv")?;
    let limit = claim.limit("relative_error")?;
    let failed = |reason| ValidationError::Claim { claim: claim.name.clone(), reason };
    let (store, book) = book()?;
    let file = StudyFile::parse(STUDY, store.text(STUDY).unwrap_or_default()).map_err(|_| failed("the built-in study cannot be read"))?;
    let terms = file.market.clone().ok_or_else(|| failed("the built-in study has no market"))?;
    let study = file.study(STUDY, None).map_err(|_| failed("the built-in study has faults"))?;
    let found = equilibria(&book, &study, &terms).map_err(|_| failed("the market of the built-in study cannot be solved"))?;
    let stated = found.first().ok_or_else(|| failed("the market of the built-in study has no result"))?;
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for row in published {
        let ours = stated.price_cny_per_credit.get(&row.accounting_year).copied().ok_or_else(|| failed("the market lacks a year"))?;
        let of = Row {
            label: format!("credits of {}, traded in {}", row.accounting_year, row.traded_year),
            marks: vec![row.source.clone(), row.accounting_year.to_string()],
            ours,
            theirs: row.cny_per_credit,
            unit: "CNY per credit".to_owned(),
            is_met: None,
        };
        let of = Row { is_met: Some(of.error().abs() <= limit), ..of };
        let years = [row.accounting_year, row.traded_year].map(|y| y.to_string());
        lines.push(years.into_iter().chain([row.source, number(of.theirs), number(of.ours), deviation(of.error())]).collect());
        rows.push(of);
    }
    judged(claim, rows, lines, "CNY per credit", ["accounting year", "traded in", "source", "theirs", "ours", "error"], 3)
}

pub(crate) fn requirements(claim: Claim) -> Result<Report, ValidationError> {
    let limit = claim.limit("relative_error")?;
    let (store, book) = book()?;
    let results = Results::read(&store, false).map_err(ValidationError::Tables)?;
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for year in YEARS {
        let failed = |reason| ValidationError::Claim { claim: claim.name.clone(), reason };
        let importers = results.segment(year, "import").ok_or_else(|| failed("a year of importers is missing"))?;
        let curve = book.curve(System::Cn, "cafc-target", year).map_err(|_| failed("a curve of targets is missing"))?;
        let target = curve.at(importers.kerb_mass_kg).map_err(|_| failed("a mean mass lies off the curve"))?.value;
        let ratio = book.constant(System::Cn, "cafc-ratio", year).map_err(|_| failed("a ratio is missing"))?.value;
        let row = Row {
            label: format!("importers, {year}"),
            marks: vec![importers.source.clone(), year.to_string()],
            ours: target * ratio,
            theirs: importers.cafc_actual + (importers.cafc_surplus - importers.cafc_deficit) / importers.volume,
            unit: "l/100 km".to_owned(),
            is_met: None,
        };
        let row = Row { is_met: Some(row.error().abs() <= limit), ..row };
        let numbers = [number(importers.kerb_mass_kg), format!("{:.3}", row.theirs), format!("{:.3}", row.ours), deviation(row.error())];
        lines.push([year.to_string(), importers.source.clone()].into_iter().chain(numbers).collect());
        rows.push(row);
    }
    judged(claim, rows, lines, "l/100 km that importers were held to", ["year", "source", "mean mass, kg", "theirs", "ours", "error"], 2)
}
