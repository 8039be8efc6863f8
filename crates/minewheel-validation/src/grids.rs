//! Electricity: one kilowatt-hour of a place and year, over its life cycle and at the stack.
//!
//! ```text
//! net (busbar)   I   = Σ_t s_t i_t
//! gross          I_g = I / Σ_t s_t / (1 − u_t)
//! at the stack   D   = Σ_t s_t Σ_p w_tp b_p
//! ```
//!
//! with `s_t` the share of a technology in the mix, `i_t` its life-cycle footprint per net kilowatt-hour, `u_t` what
//! its plants use of their own gross generation, `w_tp` the share of process `p` in the technology, and `b_p` its own
//! fossil CO2 per kilowatt-hour.

use std::collections::BTreeMap;

use minewheel_assess::network::{Column, PlacedNetwork, PlacedNetworkBuilder};
use minewheel_data::cards::Target;
use minewheel_data::electricity::{TECHNOLOGIES, VoltageLevel};
use minewheel_data::places::PlaceId;
use minewheel_data::units::Co2e;
use serde::Deserialize;

use crate::chapter::{deviation, number, percent};
use crate::claim::Claim;
use crate::report::{Block, Print, Report, Row, Side, error_quantile, worst};
use crate::{Evidence, METHOD, ValidationError};

#[derive(Deserialize)]
struct Published {
    place: String,
    year: i32,
    published_g_per_kwh: f64,
    #[serde(default)]
    top60: u8,
    #[serde(default)]
    basis: String,
    source: String,
}

const HIGH_VOLTAGE: &str = "electricity-high-voltage";

fn network(evidence: &Evidence, year: i32, places: &[PlaceId]) -> Result<PlacedNetwork, ValidationError> {
    let tables = &evidence.tables;
    let electricity = tables.cards.product_id(HIGH_VOLTAGE).ok_or_else(|| unknown("product", HIGH_VOLTAGE))?;
    let mut builder = PlacedNetworkBuilder::new(tables, year, &[])?;
    for place in places {
        builder.bought_in(electricity, *place)?;
    }
    Ok(builder.build()?)
}

fn unknown(kind: &'static str, name: &str) -> ValidationError {
    ValidationError::Unknown { file: "validation/grid-intensity.csv", kind, name: name.to_owned() }
}

fn lineage(evidence: &Evidence, place: PlaceId) -> Result<Vec<PlaceId>, ValidationError> {
    let world = evidence.tables.places.id("WORLD")?;
    let mut lineage: Vec<PlaceId> = evidence.tables.places.lineage(place).collect();
    if !lineage.contains(&world) {
        lineage.push(world);
    }
    Ok(lineage)
}

/// Grams per net and per gross kilowatt-hour.
fn life_cycle(evidence: &Evidence, placed: &PlacedNetwork, scores: &[f64], place: PlaceId) -> Result<(f64, f64), ValidationError> {
    let tables = &evidence.tables;
    let column = placed.find(Column::Generation(place)).ok_or_else(|| unknown("column of", tables.places.code(place)))?;
    let net = Co2e::from_kg(scores[column.index()]).g();
    let mix = tables.electricity.mix_or_nearest(&tables.places, place, placed.year)?;
    Ok((net, net / tables.electricity.gross_over_net(&mix)))
}

pub(crate) fn intensity(evidence: &Evidence, claim: Claim) -> Result<Report, ValidationError> {
    let published: Vec<Published> = evidence.rows("grid-intensity.csv")?;
    let mut years: Vec<i32> = published.iter().map(|r| r.year).collect();
    years.sort_unstable();
    years.dedup();
    let mut rows = Vec::new();
    let mut others = Vec::new();
    let mut lines = Vec::new();
    let mut net_rows = Vec::new();
    let mut by_fuel: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    for year in years {
        let here: Vec<&Published> = published.iter().filter(|r| r.year == year).collect();
        let places = here.iter().map(|r| evidence.tables.places.id(&r.place)).collect::<Result<Vec<_>, _>>()?;
        let placed = network(evidence, year, &places)?;
        let solved = evidence.solved(&placed, METHOD)?;
        for (row, place) in here.into_iter().zip(places) {
            let (net, gross) = life_cycle(evidence, &placed, solved.scores.values(), place)?;
            let ours = if row.basis == "net" { net } else { gross };
            let name = evidence.tables.places.name(place);
            let judged = |ours: f64| Row {
                label: format!("{name}, {year}"),
                marks: vec![row.place.clone(), row.source.clone()],
                ours,
                theirs: row.published_g_per_kwh,
                unit: "g/kWh".to_owned(),
                is_met: None,
            };
            if row.top60 != 1 {
                others.push(judged(ours));
                continue;
            }
            lines.push((
                row.published_g_per_kwh,
                vec![
                    name.to_owned(),
                    year.to_string(),
                    row.basis.clone(),
                    number(row.published_g_per_kwh),
                    number(ours),
                    deviation(judged(ours).error()),
                    number(net),
                    deviation(judged(net).error()),
                ],
            ));
            let mix = evidence.tables.electricity.mix_or_nearest(&evidence.tables.places, place, year)?;
            let main = (0..TECHNOLOGIES.len()).max_by(|a, b| mix.shares[*a].total_cmp(&mix.shares[*b])).unwrap_or_default();
            by_fuel.entry(TECHNOLOGIES[main]).or_default().push(judged(ours));
            rows.push(judged(ours));
            net_rows.push(judged(net));
        }
    }
    let p90_limit = claim.limit("p90_relative_error")?;
    for row in &mut rows {
        row.is_met = Some(row.error().abs() <= p90_limit);
    }
    let mut report = Report::new(claim, rows);
    let (median, p90) = (error_quantile(report.rows.iter(), 0.5), error_quantile(report.rows.iter(), 0.9));
    report.judge("median_relative_error", "median of the absolute errors", median, Side::AtMost, Print::Percent)?;
    report.judge("p90_relative_error", "90th percentile of the absolute errors", p90, Side::AtMost, Print::Percent)?;
    report.blocks.push(Block::Prose(format!(
        "Compared on the basis that each published value has. Taken per net kilowatt-hour throughout, as it leaves our busbar, the median error \
         is {} and the 90th percentile {}. The {} smaller grids of the table, unjudged, have a median error of {} and a 90th percentile of {}.",
        percent(error_quantile(net_rows.iter(), 0.5)),
        percent(error_quantile(net_rows.iter(), 0.9)),
        others.len(),
        percent(error_quantile(others.iter(), 0.5)),
        percent(error_quantile(others.iter(), 0.9)),
    )));
    report.blocks.push(Block::Table {
        title: "Errors by the largest source of the grid, on the basis of the row".to_owned(),
        head: ["mostly", "n", "mean error", "median absolute error"].map(str::to_owned).to_vec(),
        lines: by_fuel
            .iter()
            .map(|(fuel, rows)| {
                let mean = rows.iter().map(Row::error).sum::<f64>() / rows.len() as f64;
                vec![(*fuel).to_owned(), rows.len().to_string(), deviation(mean), percent(error_quantile(rows.iter(), 0.5))]
            })
            .collect(),
        words: 1,
    });
    lines.sort_by(|a, b| b.0.total_cmp(&a.0));
    report.blocks.push(Block::Table {
        title: "g CO2e per kWh generated, dirtiest first".to_owned(),
        head: ["grid", "year", "basis", "theirs", "ours", "error", "ours, net", "error, net"].map(str::to_owned).to_vec(),
        lines: lines.into_iter().map(|l| l.1).collect(),
        words: 3,
    });
    Ok(report)
}

pub(crate) fn china(evidence: &Evidence, claim: Claim) -> Result<Report, ValidationError> {
    const YEAR: i32 = 2023;
    let place = evidence.tables.places.id("CN")?;
    let placed = network(evidence, YEAR, &[place])?;
    let solved = evidence.solved(&placed, METHOD)?;
    let score = |column| placed.find(column).map(|id| solved.scores.values()[id.index()]).ok_or_else(|| unknown("column of", "CN"));
    let ours = score(Column::Delivery(place, VoltageLevel::High))?;
    let (busbar, socket) = (score(Column::Generation(place))?, evidence.tables.electricity.loss(&lineage(evidence, place)?, VoltageLevel::Low));
    let missing = ValidationError::Claim { claim: claim.name.clone(), reason: "it states no published figure" };
    let row = Row {
        label: "China, 2023, delivered at high voltage".to_owned(),
        marks: vec!["CN".to_owned(), claim.source.clone()],
        ours,
        theirs: claim.published.ok_or(missing)?,
        unit: claim.unit.clone().unwrap_or_default(),
        is_met: None,
    };
    let limit = claim.limit("relative_error")?;
    let row = Row { is_met: Some(row.error().abs() <= limit), ..row };
    let mut report = Report::new(claim, vec![row]);
    let error = worst(report.rows.iter());
    report.judge("relative_error", "absolute error", error, Side::AtMost, Print::Percent)?;
    let direct = direct(evidence, place, YEAR)?;
    let at_socket = busbar / (1.0 - socket.map_or(0.0, |l| l.best));
    report.blocks.push(Block::Prose(format!(
        "Theirs {} kg/kWh; ours {} at high voltage, {} at the busbar, {} at a socket. Of ours at the busbar {} is CO2 from the stacks, the rest fuel \
         supply, other gases and the building of the plants.",
        number(report.rows[0].theirs),
        number(ours),
        number(busbar),
        number(at_socket),
        number(direct),
    )));
    Ok(report)
}

/// Kilograms of fossil CO2 from the stacks per net kilowatt-hour.
fn direct(evidence: &Evidence, place: PlaceId, year: i32) -> Result<f64, ValidationError> {
    let tables = &evidence.tables;
    let co2 = tables.methods.flow_id("co2-fossil").ok_or_else(|| unknown("flow", "co2-fossil"))?;
    let mix = tables.electricity.mix_or_nearest(&tables.places, place, year)?;
    let lineage = lineage(evidence, place)?;
    let mut total = 0.0;
    for (technology, share) in mix.shares.iter().enumerate() {
        for part in tables.electricity.technology(&lineage, technology) {
            let own: f64 = tables.cards.exchanges_at(part.process, &lineage).filter(|e| e.target == Target::Flow(co2)).map(|e| e.amount.best).sum();
            total += share * part.share * own;
        }
    }
    Ok(total)
}

fn direct_rows(evidence: &Evidence, table: &str) -> Result<Vec<Row>, ValidationError> {
    let published: Vec<Published> = evidence.rows(table)?;
    published
        .into_iter()
        .map(|row| {
            let place = evidence.tables.places.id(&row.place)?;
            Ok(Row {
                label: format!("{}, {}", evidence.tables.places.name(place), row.year),
                ours: Co2e::from_kg(direct(evidence, place, row.year)?).g(),
                theirs: row.published_g_per_kwh,
                unit: "g/kWh".to_owned(),
                marks: vec![row.place, row.source],
                is_met: None,
            })
        })
        .collect()
}

fn direct_table(title: &str, rows: &[Row]) -> Block {
    let mut sorted: Vec<&Row> = rows.iter().collect();
    sorted.sort_by(|a, b| b.theirs.total_cmp(&a.theirs));
    Block::Table {
        title: title.to_owned(),
        head: ["place", "theirs", "ours", "error"].map(str::to_owned).to_vec(),
        lines: sorted.iter().map(|r| vec![r.label.clone(), number(r.theirs), number(r.ours), deviation(r.error())]).collect(),
        words: 1,
    }
}

pub(crate) fn provinces(evidence: &Evidence, claim: Claim) -> Result<Report, ValidationError> {
    let mut rows = direct_rows(evidence, "provincial-grid.csv")?;
    let limit = claim.limit("p90_relative_error")?;
    for row in &mut rows {
        row.is_met = Some(row.error().abs() <= limit);
    }
    let mut report = Report::new(claim, rows);
    let (median, p90) = (error_quantile(report.rows.iter(), 0.5), error_quantile(report.rows.iter(), 0.9));
    report.judge("median_relative_error", "median of the absolute errors", median, Side::AtMost, Print::Percent)?;
    report.judge("p90_relative_error", "90th percentile of the absolute errors", p90, Side::AtMost, Print::Percent)?;
    let table = direct_table("Chinese provinces: g CO2 from the stacks per kWh", &report.rows);
    report.blocks.push(table);
    let countries = direct_rows(evidence, "grid-direct-official.csv")?;
    report.blocks.push(Block::Prose(format!(
        "Official direct factors of other countries are recalled, not read again, so they judge nothing. Beside them ours have a median error of {}.",
        percent(error_quantile(countries.iter(), 0.5))
    )));
    report.blocks.push(direct_table("Countries, unjudged: g CO2 from the stacks per kWh", &countries));
    Ok(report)
}
