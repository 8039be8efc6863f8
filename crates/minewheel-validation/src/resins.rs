//! USLCI's resins, solved by us on USLCI's own electricity.

use minewheel_assess::network::{Column, PlacedNetworkBuilder};
use serde::Deserialize;

use crate::chapter::{deviation, number};
use crate::claim::Claim;
use crate::report::{Block, Print, Report, Row, Side, worst};
use crate::{Evidence, ValidationError};

/// The electricity that USLCI's resins are linked to.
const ELECTRICITY: &str = "uslci-electricity-us";
/// USLCI's aggregates were characterised with these potentials.
const AR5: &str = "ar5-gwp100";
const FILE: &str = "validation/uslci-resins.csv";

#[derive(Deserialize)]
struct Published {
    product_id: String,
    published_kg_co2e_per_kg: f64,
    source: String,
}

pub(crate) fn resins(evidence: &Evidence, claim: Claim) -> Result<Report, ValidationError> {
    let tables = &evidence.tables;
    let published: Vec<Published> = evidence.rows("uslci-resins.csv")?;
    let us = tables.places.id("US")?;
    let electricity =
        tables.cards.product_id(ELECTRICITY).ok_or(ValidationError::Unknown { file: FILE, kind: "product", name: ELECTRICITY.to_owned() })?;
    let mut builder = PlacedNetworkBuilder::new(tables, 2023, &[])?.with_electricity_process(electricity);
    let mut columns = Vec::new();
    for row in &published {
        let name = format!("{}-us-lci", row.product_id);
        let process = tables.cards.process_id(&name).ok_or(ValidationError::Unknown { file: FILE, kind: "process", name })?;
        columns.push(builder.made_by(process, us));
    }
    let placed = builder.build()?;
    let grids = placed.columns().iter().filter(|c| matches!(c, Column::Generation(_) | Column::Delivery(..))).count();
    let solved = evidence.solved(&placed, AR5)?;
    let limit = claim.limit("relative_error")?;
    let rows = published
        .into_iter()
        .zip(columns)
        .map(|(row, column)| {
            let row = Row {
                label: row.product_id,
                ours: solved.scores.values()[column.index()],
                theirs: row.published_kg_co2e_per_kg,
                unit: "kg CO2e/kg".to_owned(),
                marks: vec![row.source],
                is_met: None,
            };
            Row { is_met: Some(row.error().abs() <= limit), ..row }
        })
        .collect();
    let mut report = Report::new(claim, rows);
    let error = worst(report.rows.iter());
    report.judge("relative_error", "largest absolute error", error, Side::AtMost, Print::Percent)?;
    report.blocks.push(Block::Prose(format!(
        "{} processes are solved together; {grids} columns of our own grids are left in that network, since every process draws `{ELECTRICITY}`.",
        placed.columns().len()
    )));
    report.blocks.push(Block::Table {
        title: "kg CO2e per kg, cradle to gate, AR5".to_owned(),
        head: ["resin", "theirs", "ours", "error"].map(str::to_owned).to_vec(),
        lines: report.rows.iter().map(|r| vec![r.label.clone(), number(r.theirs), number(r.ours), deviation(r.error())]).collect(),
        words: 1,
    });
    Ok(report)
}
