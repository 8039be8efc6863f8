//! Published footprints of battery packs beside our interval for the same chemistry, place and year.

use std::collections::BTreeMap;

use minewheel_assess::assessment::assess;
use minewheel_assess::inventory::{Traces, inventory};
use minewheel_assess::scenario::{Chain, Resample, Sampling};
use minewheel_data::car::{BatteryDesign, CarClass, CarDesign, MotorDesign, Powertrain};
use minewheel_data::row::{Draw, Value};
use minewheel_model::bill::Stage;
use serde::Deserialize;

use crate::chapter::{deviation, number};
use crate::claim::Claim;
use crate::report::{Block, Print, Report, Row, Side};
use crate::{Evidence, ValidationError, scenario};

/// The pack that every row is compared with.
const PACK_KWH: f64 = 60.0;
/// The car it sits in; only its pack is looked at.
const KERB_KG: f64 = 1700.0;
const MOTOR_KW: f64 = 150.0;
const SAMPLING: Sampling = Sampling { samples: 300, seed: 1, resample: Resample::All, chain: Chain::Maker };
const ANY: &str = "any";
/// How the boundary of a row begins that leaves out the parts of the pack.
const CELL: &str = "cell,";

#[derive(Deserialize)]
struct Published {
    chemistry: String,
    place: String,
    year: i32,
    boundary: String,
    low: Option<f64>,
    value: Option<f64>,
    high: Option<f64>,
    unit: String,
    source: String,
    status: String,
}

impl Published {
    fn range(&self) -> Option<(f64, f64)> {
        let low = self.low.or(self.value)?;
        let high = self.high.or(self.value)?;
        Some((low, high))
    }
    fn middle(&self) -> Option<f64> {
        let (low, high) = self.range()?;
        Some(self.value.unwrap_or(f64::midpoint(low, high)))
    }
}

/// Our interval per kilowatt-hour and the pack's mass.
#[derive(Clone, Copy)]
struct Ours {
    value: f64,
    p5: f64,
    p95: f64,
    mass_kg: f64,
    /// Share of the cells, without pack parts and packing.
    of_cells: f64,
}

/// A published range and our interval for it, in one unit.
#[derive(Clone, Copy)]
struct Beside {
    low: f64,
    high: f64,
    p5: f64,
    p95: f64,
}

impl Beside {
    fn is_met(self) -> bool {
        self.low <= self.p95 && self.high >= self.p5
    }

    /// Ours about the same geometric middle times a factor, at least as wide as a ratio of its ends.
    fn stretched(self, factor: f64, ratio: f64) -> Self {
        let (middle, half) = (factor * (self.p5 * self.p95).sqrt(), (self.p95 / self.p5).max(ratio).sqrt());
        Self { p5: middle / half, p95: middle * half, ..self }
    }
}

/// How many rows intervals of the width allowed would hold: ours as they stand, and ours times the one factor, in hundredths, that holds
/// the most; of equally good ones that nearest one.
fn at_the_width_allowed(beside: &[Beside], ratio: f64) -> (usize, usize, f64) {
    let held = |factor: f64| beside.iter().filter(|b| b.stretched(factor, ratio).is_met()).count();
    let factors = (50..=150).map(|hundredth| f64::from(hundredth) / 100.0);
    let best = factors.max_by(|a, b| held(*a).cmp(&held(*b)).then((b - 1.0).abs().total_cmp(&(a - 1.0).abs()))).unwrap_or(1.0);
    (held(1.0), held(best), best)
}

fn car(chemistry: &str, place: &str) -> CarDesign {
    let mut car = CarDesign::new(&format!("{chemistry}-{place}"), Powertrain::Bev);
    car.class = Some(CarClass::Mid);
    car.kerb_mass_kg = Some(Value::given(KERB_KG));
    car.made_in = Some(place.to_owned());
    car.motors = vec![MotorDesign { peak_power_kw: Some(Value::given(MOTOR_KW)), ..MotorDesign::default() }];
    car.battery = Some(BatteryDesign {
        chemistry: chemistry.to_owned(),
        gross_energy_kwh: Value::given(PACK_KWH),
        usable_energy_kwh: None,
        pack_mass_kg: None,
        made_in: Some(place.to_owned()),
    });
    car
}

type Computed = BTreeMap<(i32, String, String), Ours>;

/// Our packs by year, chemistry and place; cars of one year share a network and its draws.
fn compute(evidence: &Evidence, wanted: &[(i32, String, String)]) -> Result<Computed, ValidationError> {
    let tables = &evidence.tables;
    let world = tables.places.id("WORLD")?;
    let traces = Traces::new(tables, None)?;
    let mut found = Computed::new();
    let mut years: Vec<i32> = wanted.iter().map(|w| w.0).collect();
    years.dedup();
    for year in years {
        let here: Vec<&(i32, String, String)> = wanted.iter().filter(|w| w.0 == year).collect();
        let cars: Vec<CarDesign> = here.iter().map(|w| car(&w.1, &w.2)).collect();
        let scenario = scenario(world, year);
        for ((car, key), result) in cars.iter().zip(here).zip(assess(tables, &cars, &scenario, Some(SAMPLING))?) {
            let pack = inventory(car, tables, &traces, &scenario, &Draw::BEST)?.pack;
            let missing = || ValidationError::Unknown { file: "validation/pack-footprints.csv", kind: "pack of", name: car.id.clone() };
            let interval = result.battery_climate_kg_per_kwh.ok_or_else(missing)?;
            let (Some(p5), Some(p95), Some(pack)) = (interval.p5, interval.p95, pack) else { return Err(missing()) };
            let by_stage = |wanted: &[Stage]| -> f64 { result.climate_by_stage.iter().filter(|s| wanted.contains(&s.stage)).map(|s| s.kg).sum() };
            let (cells, parts) = (by_stage(&[Stage::BatteryMaterials, Stage::CellManufacturing]), by_stage(&[Stage::BatteryPack]));
            let ours = Ours { value: interval.value, p5, p95, mass_kg: pack.pack_mass.kg(), of_cells: cells / (cells + parts) };
            found.insert(key.clone(), ours);
        }
    }
    Ok(found)
}

pub(crate) fn packs(evidence: &Evidence, claim: Claim) -> Result<Report, ValidationError> {
    let published: Vec<Published> = evidence.rows("pack-footprints.csv")?;
    let chemistries = evidence.tables.chemistries();
    let world = evidence.tables.places.id("WORLD")?;
    let first_year = evidence.tables.electricity.years(world).first().copied().unwrap_or(i32::MIN);
    let keys = |row: &Published| -> Vec<(i32, String, String)> {
        let names = if row.chemistry == ANY { chemistries.clone() } else { vec![row.chemistry.clone()] };
        names.into_iter().map(|c| (row.year.max(first_year), c, row.place.clone())).collect()
    };
    let mut wanted: Vec<_> = published.iter().flat_map(keys).collect();
    wanted.sort();
    wanted.dedup();
    let computed = compute(evidence, &wanted)?;
    let widest = computed.iter().max_by(|a, b| (a.1.p95 / a.1.p5).total_cmp(&(b.1.p95 / b.1.p5)));
    let widest = widest.map(|(key, ours)| (format!("{} made in {}, {}", key.1, key.2, key.0), ours.p95 / ours.p5));
    let (widest_pack, ratio) = widest.unwrap_or_default();

    let mut rows = Vec::new();
    let mut lines = Vec::new();
    let mut spans = Vec::new();
    for row in &published {
        let missing = ValidationError::Claim { claim: claim.name.clone(), reason: "a row has neither value nor range" };
        let ((low, high), theirs) = row.range().zip(row.middle()).ok_or(missing)?;
        let ends_at_cell = row.boundary.starts_with(CELL);
        let is_per_kg = row.unit == "kg_co2e/kg";
        let ours: Vec<Ours> = keys(row)
            .iter()
            .filter_map(|key| computed.get(key))
            .map(|o| {
                let scale = if is_per_kg { PACK_KWH / o.mass_kg } else { 1.0 } * if ends_at_cell { o.of_cells } else { 1.0 };
                Ours { value: o.value * scale, p5: o.p5 * scale, p95: o.p95 * scale, ..*o }
            })
            .collect();
        let p5 = ours.iter().map(|o| o.p5).fold(f64::INFINITY, f64::min);
        let p95 = ours.iter().map(|o| o.p95).fold(0.0, f64::max);
        let value = ours.iter().map(|o| o.value).sum::<f64>() / ours.len() as f64;
        let span = Beside { low, high, p5, p95 };
        let is_met = span.is_met();
        spans.push(span);
        let theirs_text = if low < high { format!("{}–{}", number(low), number(high)) } else { number(theirs) };
        lines.push(vec![
            row.chemistry.clone(),
            row.place.clone(),
            row.year.to_string(),
            if ends_at_cell { "cell" } else { "pack" }.to_owned(),
            row.source.clone(),
            row.status.clone(),
            if is_per_kg { "kg/kg".to_owned() } else { "kg/kWh".to_owned() },
            theirs_text,
            number(value),
            format!("{}–{}", number(p5), number(p95)),
            if is_met { "inside".to_owned() } else { "**outside**".to_owned() },
        ]);
        rows.push(Row {
            label: format!("{} {} {}, {}", row.chemistry, row.place, row.year, row.source),
            marks: vec![row.source.clone(), row.chemistry.clone(), row.boundary.clone()],
            ours: value,
            theirs,
            unit: row.unit.clone(),
            is_met: Some(is_met),
        });
    }
    let mut report = Report::new(claim, rows);
    let inside = report.rows.iter().filter(|r| r.is_met == Some(true)).count() as f64 / report.n as f64;
    report.judge("share_inside", "share of the published values inside our 5th to 95th percentile", inside, Side::AtLeast, Print::Percent)?;
    report.judge("p95_over_p5", "our widest interval, 95th over 5th percentile", ratio, Side::AtMost, Print::Number)?;
    let allowed = report.claim.limit("p95_over_p5")?;
    let (as_they_stand, at_best, factor) = at_the_width_allowed(&spans, allowed);
    report.blocks.push(Block::Prose(format!(
        "What it would take: were every interval of ours as wide as allowed ({allowed:.2}), {as_they_stand} of {n} rows would lie inside; with all of \
         ours times one and the same factor besides, at most {at_best}, at a factor of {factor:.2}. Neither is done: the width is what the tables' \
         ranges give, and a factor taken from these rows would be a fit to them.",
        n = report.n,
    )));
    report.blocks.push(Block::Prose(format!(
        "Ours is a {PACK_KWH:.0} kWh pack, {} draws; the widest interval is that of {widest_pack}. A published range counts as inside where it overlaps \
         ours. `{ANY}` is the union over our {} chemistries, its middle their plain mean. Years before {first_year}, the first with a mix, are \
         computed for {first_year}. Where theirs ends at the cell, ours is the share of the cells of the same pack, its interval in the same proportion. Ours against theirs, middle to middle: {} to {}.",
        SAMPLING.samples,
        chemistries.len(),
        deviation(report.rows.iter().map(Row::error).fold(f64::INFINITY, f64::min)),
        deviation(report.rows.iter().map(Row::error).fold(f64::NEG_INFINITY, f64::max)),
    )));
    let head = ["cells", "made in", "year", "up to", "source", "known", "unit", "theirs", "ours", "p5–p95", "verdict"];
    report.blocks.push(Block::Table { title: "kg CO2e per kWh or kg of pack".to_owned(), head: head.map(str::to_owned).to_vec(), lines, words: 7 });
    Ok(report)
}
