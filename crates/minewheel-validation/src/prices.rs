//! Cathode and metals of a pack beside published recipes, and its price beside surveys that did not calibrate it.

use minewheel_assess::battery::{BatteryQuestion, battery_report};
use minewheel_data::row::Draw;
use minewheel_data::units::Energy;
use minewheel_model::battery::{Content, PackSpec, design_pack};
use serde::Deserialize;

use crate::chapter::{deviation, number};
use crate::claim::Claim;
use crate::report::{Block, Print, Report, Row, Side, worst};
use crate::{Evidence, METHOD, ValidationError};

/// The pack that is compared.
const PACK_KWH: f64 = 60.0;

#[derive(Deserialize)]
struct Recipe {
    chemistry: String,
    cathode_kg_per_kwh: f64,
    source: String,
    locator: String,
}

/// The metal by which a chemistry's recipe is judged: the one that matters most in it.
const METALS: [Content; 3] = [Content::Nickel, Content::Cobalt, Content::Lithium];

pub(crate) fn metals(evidence: &Evidence, claim: Claim) -> Result<Report, ValidationError> {
    let published: Vec<Recipe> = evidence.rows("pack-metals.csv")?;
    let tables = &evidence.tables;
    let limit = claim.limit("relative_error")?;
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for recipe in published {
        let unknown = || ValidationError::Unknown { file: "validation/pack-metals.csv", kind: "chemistry", name: recipe.chemistry.clone() };
        let cell = tables.cells.cell(&recipe.chemistry).ok_or_else(unknown)?;
        let pack = design_pack(&PackSpec::new(&recipe.chemistry, Energy::from_kwh(PACK_KWH)), &tables.cells, &Draw::BEST)
            .map_err(minewheel_assess::AssessError::from)?;
        let ours: f64 = pack.lines.iter().filter(|l| &*l.product == cell.cathode_product()).map(|l| l.contained.kg()).sum::<f64>() / PACK_KWH;
        let held: Vec<String> = METALS
            .iter()
            .map(|metal| {
                let kg = pack.contents.get(metal).map_or(0.0, |m| m.kg()) / PACK_KWH;
                // The recipe names the cathode; its formula gives the metal.
                let theirs = kg / ours * recipe.cathode_kg_per_kwh;
                if kg > 0.0 { format!("{} / {}", number(theirs), number(kg)) } else { "–".to_owned() }
            })
            .collect();
        let row = Row {
            label: format!("{}, {}", recipe.chemistry, recipe.source),
            marks: vec![recipe.source.clone(), recipe.chemistry.clone()],
            ours,
            theirs: recipe.cathode_kg_per_kwh,
            unit: "kg/kWh".to_owned(),
            is_met: None,
        };
        let row = Row { is_met: Some(row.error().abs() <= limit), ..row };
        let mut line = vec![recipe.chemistry, recipe.source, recipe.locator, number(row.theirs), number(row.ours), deviation(row.error())];
        line.extend(held);
        lines.push(line);
        rows.push(row);
    }
    let mut report = Report::new(claim, rows);
    let inside = report.rows.iter().filter(|r| r.is_met == Some(true)).count() as f64 / report.n as f64;
    report.judge("share_inside", "share of the recipes within a tenth of ours", inside, Side::AtLeast, Print::Percent)?;
    let head = ["cells", "source", "where", "theirs", "ours", "error", "nickel", "cobalt", "lithium"];
    report.blocks.push(Block::Table {
        title: "cathode material in kg a kWh; its metals by formula, theirs / ours".to_owned(),
        head: head.map(str::to_owned).to_vec(),
        lines,
        words: 3,
    });
    Ok(report)
}

#[derive(Deserialize)]
struct Survey {
    scope: String,
    year: i32,
    usd_per_kwh: f64,
    chemistry_mix: String,
    place_mix: String,
    source: String,
}

/// A named mix, or one member of it with everything.
fn mix(evidence: &Evidence, name: &str) -> Result<Vec<(String, f64)>, ValidationError> {
    match name.strip_prefix('=') {
        Some(one) => Ok(vec![(one.to_owned(), 1.0)]),
        None => Ok(evidence.tables.battery.mix(name).map_err(minewheel_assess::AssessError::from)?),
    }
}

pub(crate) fn prices(evidence: &Evidence, claim: Claim) -> Result<Report, ValidationError> {
    let surveys: Vec<Survey> = evidence.rows("pack-prices.csv")?;
    let limit = claim.limit("relative_error")?;
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for survey in surveys {
        let mut ours = 0.0;
        for (place, of_place) in mix(evidence, &survey.place_mix)? {
            for (chemistry, share) in mix(evidence, &survey.chemistry_mix)? {
                let question = BatteryQuestion::usual(&chemistry, Energy::from_kwh(PACK_KWH), &place, survey.year, METHOD);
                ours += of_place * share * battery_report(&question, &evidence.tables)?.cost_usd_per_kwh.value;
            }
        }
        let row = Row {
            label: format!("{}, {}", survey.scope, survey.year),
            marks: vec![survey.source.clone(), survey.scope.clone()],
            ours,
            theirs: survey.usd_per_kwh,
            unit: "USD/kWh".to_owned(),
            is_met: None,
        };
        let row = Row { is_met: Some(row.error().abs() <= limit), ..row };
        lines.push(vec![survey.scope, survey.year.to_string(), survey.source, number(row.theirs), number(row.ours), deviation(row.error())]);
        rows.push(row);
    }
    let mut report = Report::new(claim, rows);
    let error = worst(report.rows.iter());
    report.judge("relative_error", "largest absolute error", error, Side::AtMost, Print::Percent)?;
    report.blocks.push(Block::Prose(format!(
        "Each is a {PACK_KWH:.0} kWh pack. Chemistries and places are weighed by the mixes of `data/prices/battery.csv`, which are assumptions. The          one fitted number, price over cost by place, rests on the survey of 2024 alone; metal prices are those of 2025."
    )));
    report.blocks.push(Block::Table {
        title: "USD a kWh of pack".to_owned(),
        head: ["scope", "year", "source", "theirs", "ours", "error"].map(str::to_owned).to_vec(),
        lines,
        words: 3,
    });
    Ok(report)
}
