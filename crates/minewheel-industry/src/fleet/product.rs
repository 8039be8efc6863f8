//! One product of a study walked through the years: its cars, and what becomes of its packs, at best estimates or in a draw of the tables.

use minewheel_data::row::{Draw, Value};
use minewheel_model::recycling::Route;

use super::cohorts::{Aged, CohortError, Drive, Flows, NegativeInflow, Surroundings, walk};
use super::figures::CarFigures;
use super::packs::{PackFlows, PackRules, follow};
use super::run::{FleetError, KG_PER_T};
use super::study::{Product, Study, StudyError};
use super::survival::{Curve, Survival};
use super::tables::FleetTables;

/// Ages of pack curves.
const AGES: usize = 200;
/// Recycling where a study says nothing.
const ROUTE: Route = Route::Hydro;

/// One product walked through the years.
pub(super) struct Walked {
    pub(super) figures: CarFigures,
    pub(super) start: f64,
    pub(super) start_pack_kwh: f64,
    pub(super) flows: Flows,
    pub(super) packs: Option<(PackFlows, Route)>,
}

impl Walked {
    /// Tonnes of an element in the bodies and in the packs made in a year, scrap of making included.
    pub(super) fn demand_t(&self, element: &str, index: usize) -> [f64; 2] {
        let kg = |of: &std::collections::BTreeMap<String, f64>| of.get(element).copied().unwrap_or(0.0);
        let made = self.packs.as_ref().map_or(0.0, |(p, _)| p.fitted[index] + p.replacements[index] + p.scrap[index]);
        [kg(&self.figures.body_materials) * self.flows.inflow[index], kg(&self.figures.pack_materials) * made].map(|kg| kg / KG_PER_T)
    }
}

/// What a walk is asked of: a study, its tables, and their draw.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    pub(super) study: &'a Study,
    pub(super) fleet: &'a FleetTables,
    pub(super) draw: &'a Draw<'a>,
}

/// Cars at the start and used cars in and out.
pub(super) fn surroundings(study: &Study, product: &Product) -> Surroundings {
    let aged = |(age, count): (usize, f64)| Aged { age, count };
    let mut around = Surroundings { start: product.start.iter().copied().map(aged).collect(), trade: Vec::new() };
    if !product.trade.is_empty() {
        around.trade = vec![Vec::new(); study.years()];
        for &(year, age, count) in &product.trade {
            around.trade[(year - study.study.from) as usize].push(aged((age, count)));
        }
    }
    around
}

/// How a stock that needs a negative inflow is met.
pub(super) fn negative(study: &Study) -> NegativeInflow {
    if study.study.strict_inflow { NegativeInflow::Refuse } else { NegativeInflow::Retire }
}

/// An error of cohorts with its product and year.
pub(super) fn refusal(study: &Study, product: &Product, error: CohortError) -> FleetError {
    FleetError::Cohort { product: product.name.clone(), year: error.index().map(|i| study.study.from + i as i32), error }
}

pub(super) fn walk_product(setting: Setting<'_>, product: &Product, figures: CarFigures) -> Result<Walked, FleetError> {
    let study = setting.study;
    let survival = study.curve(setting.fleet, &product.name, &product.survival, setting.draw)?;
    let around = surroundings(study, product);
    let values = match (&product.inflow, &product.stock) {
        (Some(points), _) => study.spread(product, "inflow", points)?,
        (None, Some(points)) => study.spread(product, "stock", points)?,
        (None, None) => vec![0.0; study.years()],
    };
    let drive = if product.inflow.is_some() { Drive::Inflow(&values) } else { Drive::Stock(&values, negative(study)) };
    let fail = |error: CohortError| refusal(study, product, error);
    let start: f64 = around.start.iter().map(|a| a.count).sum();
    let (flows, packs, start_pack_kwh) = if figures.pack_kwh > 0.0 {
        let (rules, route) = pack_rules(setting, product, &figures)?;
        let (flows, packs) = follow(drive, &survival, &around, &rules).map_err(fail)?;
        (flows, Some((packs, route)), start * rules.start_kwh)
    } else {
        (walk(drive, &survival, &around, |_, _| ()).map_err(fail)?, None, 0.0)
    };
    Ok(Walked { figures, start, start_pack_kwh, flows, packs })
}

fn pack_rules(setting: Setting<'_>, product: &Product, figures: &CarFigures) -> Result<(PackRules, Route), FleetError> {
    let Setting { study, fleet, draw } = setting;
    let choice = &product.pack;
    let table = |subject: &str, property: &str, unit: &str| fleet.parameters.value(subject, property, unit).map(|v: Value| draw.of(&v));
    let survival = match (&choice.survival, figures.first_life_years) {
        (Some(curve), _) => study.curve(fleet, &product.name, curve, draw)?,
        (None, Some(years)) => {
            let shape = table("pack", "failure_shape", "1")?;
            Curve::Weibull { shape, scale: years }
                .table(&product.name, AGES)
                .map_err(|error| StudyError::Survival { file: study.file.clone(), error })?
        }
        (None, None) => Survival::new(&product.name, vec![1.0; AGES]).map_err(|error| StudyError::Survival { file: study.file.clone(), error })?,
    };
    let second = Curve::Weibull { shape: table("second-life", "shape", "1")?, scale: table("second-life", "scale", "year")? };
    let kwh = match &choice.kwh {
        Some(points) => study.spread(product, "pack.kwh", points)?,
        None => vec![figures.pack_kwh; study.years()],
    };
    let share = if figures.chemistry == "lfp" { "share-lfp" } else { "share-other" };
    let route = match choice.recycling.as_deref() {
        None => ROUTE,
        Some(word) => word.parse().map_err(|()| StudyError::Value {
            file: study.file.clone(),
            key: format!("{}.pack.recycling", product.name),
            seen: word.to_owned(),
            wanted: Route::ALL.map(Route::word).join(", "),
        })?,
    };
    // Duties to take back and who is allowed to dismantle differ by country.
    let home: Vec<&str> = fleet.places.lineage(fleet.places.id(&study.study.place)?).map(|p| fleet.places.code(p)).collect();
    let collected = || fleet.parameters.subject("collection")?.value_at("formal", &home, i32::MAX, "1").map(|v| draw.of(&v));
    let rules = PackRules {
        survival,
        second_survival: second.table(&product.name, AGES).map_err(|error| StudyError::Survival { file: study.file.clone(), error })?,
        start_kwh: kwh.first().copied().unwrap_or(figures.pack_kwh),
        kwh,
        exported: choice.exported.unwrap_or(0.0),
        collected: choice.collected.map_or_else(collected, Ok)?,
        second_life: choice.second_life.map_or_else(|| table("second-life", share, "1"), Ok)?,
        scrap: choice.scrap.map_or_else(|| table("making", "scrap", "1"), Ok)?,
    };
    Ok((rules, route))
}
