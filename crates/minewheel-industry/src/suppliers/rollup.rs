//! Adds up what suppliers report over the bill, and says who holds most carbon and most doubt.
//!
//! ```text
//! f_energy = s_ℓ − (model's energy of the works) + measured energy · factors of its place
//! σ² = Σ_j (u_j · f_j)²        u: by the status of the figure
//! ```
//!
//! A works' own lines are those that no second-tier supplier of the programme delivers; so the parts that suppliers hold add
//! up to the whole. Figures of one supplier are taken to err together, those of different ones apart.

use minewheel_data::parameters::ParameterError;
use minewheel_data::status::Status;
use serde::Serialize;

use super::SuppliersError;
use super::car::{EnergyFactors, SuppliedCar};
use super::pcf::{DeclaredUnit, Footprint, product_urn};
use super::programme::{Programme, Supplier, Supply};
use super::tables::SupplierTables;

/// How a supplier's figure is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reported {
    /// A product footprint.
    Footprint,
    /// Metered energy of its works.
    Energy,
    /// Nothing: the model's figure stands.
    Nothing,
}

/// One supplier in the sum.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SupplierLine {
    /// Its id.
    pub supplier: String,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub place: String,
    /// Steps from the car maker: 1 delivers to it.
    pub tier: usize,
    /// What it delivers.
    pub delivers: Vec<String>,
    /// How its figure is known.
    pub reported: Reported,
    /// What it holds, in kg CO2e a car, without what its suppliers of the programme hold.
    pub kg_co2e: f64,
    /// The model's figure for the same.
    pub modelled_kg_co2e: f64,
    /// Its share of the production footprint.
    pub share: f64,
    /// The part of its figure that rests on primary data.
    pub primary_share: f64,
    /// Standard deviation of its figure, in kg CO2e a car.
    pub deviation_kg_co2e: f64,
    /// Its share of the variance of the sum.
    pub variance_share: f64,
}

/// The sum.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct RollUp {
    /// The programme.
    pub programme: String,
    /// Whether it is made up.
    pub is_synthetic: bool,
    /// The car.
    pub car: String,
    /// The year.
    pub year: i32,
    /// The production footprint with what suppliers report, in kg CO2e a car.
    pub production_kg: f64,
    /// The model's own.
    pub modelled_production_kg: f64,
    /// What the programme's suppliers hold.
    pub suppliers_kg: f64,
    /// What no supplier of the programme delivers, and freight.
    pub unnamed_kg: f64,
    /// The car maker's own plant.
    pub works_kg: f64,
    /// The part of the production footprint that rests on suppliers' primary data.
    pub primary_data_share: f64,
    /// The part of it that suppliers of the programme hold.
    pub named_share: f64,
    /// Standard deviation, in kg CO2e a car.
    pub deviation_kg: f64,
    /// Suppliers, the largest first.
    pub suppliers: Vec<SupplierLine>,
    /// Ids by share of the variance, the largest first.
    pub most_uncertain: Vec<String>,
    /// The weakest status of the model's figures.
    pub weakest_status: Status,
    /// What must be known to read it.
    pub notices: Vec<String>,
}

/// What is known of one supply.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Figure {
    reported: Reported,
    /// For all cars: of the lines that it holds, in kg CO2e a car.
    kg: f64,
    primary_kg: f64,
}

/// What the model says of energy where a supplier stands.
pub(super) fn factors(car: &SuppliedCar, supplier: &Supplier) -> Result<EnergyFactors, SuppliersError> {
    car.energy_in(supplier.place, &supplier.id)
}

/// Emission of a works' energy in a year that goes into the programme, in kg CO2e.
pub(super) fn energy_kg(car: &SuppliedCar, supplier: &Supplier) -> Result<f64, SuppliersError> {
    let factors = factors(car, supplier)?;
    let electricity = supplier.electricity_kwh.unwrap_or(0.0);
    let heats: f64 = supplier.heats_mj.iter().zip(&factors.heats).map(|(mj, f)| mj * f).sum();
    let mixed = supplier.green_share * factors.green + (1.0 - supplier.green_share) * factors.grid;
    Ok(supplier.programme_share * (electricity * mixed + supplier.heat_mj * factors.heat + heats))
}

/// Lines that a supply holds itself: its product, or the part's lines that no other supply names.
pub(super) fn held<'c>(programme: &Programme, car: &'c SuppliedCar, supply: &Supply) -> Vec<(usize, f64, &'c super::car::Line)> {
    let mut all = Vec::new();
    for (index, line) in car.lines.iter().enumerate().filter(|l| l.1.part == supply.part) {
        match &supply.product {
            Some(product) if *product == line.product => all.push((index, supply.share, line)),
            Some(_) => {}
            None => {
                let named: f64 =
                    programme.supplies.iter().filter(|s| s.part == supply.part && s.product.as_ref() == Some(&line.product)).map(|s| s.share).sum();
                let rest = (1.0 - named).max(0.0);
                if rest > 0.0 {
                    all.push((index, supply.share * rest, line));
                }
            }
        }
    }
    all
}

/// What a footprint of a supply says of the whole of what it delivers, for one car.
fn footprint_kg(supply: &Supply, car: &SuppliedCar, footprint: &Footprint) -> Result<f64, String> {
    if footprint.unit == DeclaredUnit::Piece {
        return Ok(footprint.kg_co2e * supply.pieces_per_car);
    }
    let lines: Vec<&super::car::Line> = car.lines_of(&supply.part, supply.product.as_deref()).map(|l| l.1).collect();
    let amount: f64 = match &supply.product {
        Some(_) => {
            if let Some(line) = lines.iter().find(|l| DeclaredUnit::of_bill(&l.unit) != Some(footprint.unit)) {
                return Err(format!(
                    "footprint `{}` is per {}, the bill counts `{}` in {}",
                    footprint.id,
                    footprint.unit.word(),
                    line.product,
                    line.unit
                ));
            }
            lines.iter().map(|l| l.amount).sum()
        }
        None if footprint.unit == DeclaredUnit::Kilogram => lines.iter().map(|l| l.contained_kg).sum(),
        None => return Err(format!("footprint `{}` is per {}; a part is counted by piece or kilogram", footprint.id, footprint.unit.word())),
    };
    Ok(footprint.kg_co2e * amount)
}

/// The figures of every supply.
fn figures(programme: &Programme, car: &SuppliedCar, footprints: &[Footprint]) -> Result<(Vec<Figure>, Vec<f64>), SuppliersError> {
    let mut faults = Vec::new();
    let of = |supply: &Supply| {
        let urn = product_urn(&programme.suppliers[supply.supplier].id, &supply.part, supply.product.as_deref(), supply.product_id.as_deref());
        footprints.iter().rfind(|f| f.product_ids.contains(&urn))
    };
    // By line: the part of it that a first-tier footprint already holds.
    let mut covered = vec![0.0; car.lines.len()];
    for supply in programme.supplies.iter().filter(|s| s.product.is_none() && of(s).is_some()) {
        for (index, _) in car.lines_of(&supply.part, None) {
            covered[index] += supply.share;
        }
    }
    let mut all = Vec::new();
    for supply in &programme.supplies {
        let supplier = &programme.suppliers[supply.supplier];
        if let Some(footprint) = of(supply) {
            match footprint_kg(supply, car, footprint) {
                Ok(whole) => {
                    let left = if supply.product.is_some() { 1.0 - held_cover(car, supply, &covered) } else { 1.0 };
                    let kg = supply.share * left * whole;
                    all.push(Figure { reported: Reported::Footprint, kg, primary_kg: kg * footprint.primary_share.unwrap_or(0.0) });
                }
                Err(reason) => faults.push(format!("supplier `{}`: {reason}", supplier.id)),
            }
            continue;
        }
        let lines = held(programme, car, supply);
        let left = |index: usize| (1.0 - covered[index]).max(0.0);
        let model: f64 = lines.iter().map(|(i, share, l)| share * left(*i) * l.at_gate()).sum();
        if supplier.electricity_kwh.is_none() {
            all.push(Figure { reported: Reported::Nothing, kg: model, primary_kg: 0.0 });
            continue;
        }
        let own = |l: &super::car::Line| supply.product.is_some() || l.is_own_work;
        let weight = weight(programme, car, supply);
        let total: f64 = programme.supplies.iter().filter(|s| s.supplier == supply.supplier).map(|s| self::weight(programme, car, s)).sum();
        let part = if total > 0.0 { weight / total } else { 0.0 };
        let measured = part * energy_kg(car, supplier)? / programme.head.cars_per_year;
        let replaced: f64 = lines.iter().filter(|l| own(l.2)).map(|(i, share, l)| share * left(*i) * l.energy_kg_co2e).sum();
        let uncovered = if lines.is_empty() { 1.0 } else { lines.iter().map(|l| left(l.0)).sum::<f64>() / lines.len() as f64 };
        let kg = model - replaced + uncovered * measured;
        all.push(Figure { reported: Reported::Energy, kg, primary_kg: uncovered * measured });
    }
    if faults.is_empty() { Ok((all, covered)) } else { Err(SuppliersError::Faults(faults)) }
}

/// The part of a product's line that first-tier footprints hold.
fn held_cover(car: &SuppliedCar, supply: &Supply, covered: &[f64]) -> f64 {
    car.lines_of(&supply.part, supply.product.as_deref()).map(|l| covered[l.0]).fold(0.0, f64::max).min(1.0)
}

/// By what a works' energy is shared among what it delivers: the model's energy, else the amounts.
fn weight(programme: &Programme, car: &SuppliedCar, supply: &Supply) -> f64 {
    let lines = held(programme, car, supply);
    let energy: f64 = lines.iter().map(|(_, share, l)| share * l.energy_kg_co2e).sum();
    if energy > 0.0 { energy } else { lines.iter().map(|(_, share, l)| share * l.amount.abs()).sum::<f64>().max(f64::MIN_POSITIVE) }
}

fn deviation_of(tables: &SupplierTables, status: Status) -> Result<f64, ParameterError> {
    tables.number("uncertainty", status.word(), "1")
}

/// Adds up.
///
/// # Errors
/// A footprint's unit is not that of the bill, or a number is missing.
pub fn roll_up(
    tables: &SupplierTables,
    codes: &dyn Fn(minewheel_data::places::PlaceId) -> String,
    programme: &Programme,
    car: &SuppliedCar,
    footprints: &[Footprint],
) -> Result<RollUp, SuppliersError> {
    let (figures, covered) = figures(programme, car, footprints)?;
    let reported_deviation = tables.number("uncertainty", "reported", "1")?;
    let mut lines: Vec<SupplierLine> = Vec::new();
    let mut modelled_share = vec![0.0; car.lines.len()];
    for (index, supplier) in programme.suppliers.iter().enumerate() {
        let own: Vec<usize> = (0..programme.supplies.len()).filter(|s| programme.supplies[*s].supplier == index).collect();
        let (mut kg, mut primary, mut modelled, mut doubt, mut reported) = (0.0, 0.0, 0.0, 0.0, Reported::Nothing);
        for &s in &own {
            let (supply, figure) = (&programme.supplies[s], &figures[s]);
            kg += figure.kg;
            primary += figure.primary_kg;
            reported = reported.min(figure.reported);
            let is_whole = figure.reported == Reported::Footprint && supply.product.is_none();
            let mut status = Status::Read;
            let mut add = |at: usize, share: f64, line: &super::car::Line| {
                // A first-tier footprint holds the freight between its own suppliers too.
                modelled += share * if is_whole { line.kg_co2e } else { line.at_gate() };
                modelled_share[at] += share;
                status = status.max(line.status);
            };
            if is_whole {
                for (at, line) in car.lines_of(&supply.part, None) {
                    add(at, supply.share, line);
                }
            } else {
                for (at, share, line) in held(programme, car, supply) {
                    add(at, share * (1.0 - covered[at]).max(0.0), line);
                }
            }
            doubt += figure.primary_kg.abs() * reported_deviation + (figure.kg - figure.primary_kg).abs() * deviation_of(tables, status)?;
        }
        let delivers =
            own.iter().map(|s| &programme.supplies[*s]).map(|s| s.product.as_ref().map_or_else(|| s.part.clone(), |p| format!("{}/{p}", s.part)));
        lines.push(SupplierLine {
            supplier: supplier.id.clone(),
            name: supplier.name.clone(),
            place: codes(supplier.place),
            tier: programme.buyers(index).len(),
            delivers: delivers.collect(),
            reported,
            kg_co2e: kg,
            modelled_kg_co2e: modelled,
            share: 0.0,
            primary_share: if kg.abs() > 0.0 { primary / kg } else { 0.0 },
            deviation_kg_co2e: doubt,
            variance_share: 0.0,
        });
    }
    let suppliers_kg: f64 = lines.iter().map(|l| l.kg_co2e).sum();
    let suppliers_modelled: f64 = lines.iter().map(|l| l.modelled_kg_co2e).sum();
    let unnamed_kg = car.production_kg_co2e - car.works_kg_co2e - suppliers_modelled;
    let production_kg = suppliers_kg + unnamed_kg + car.works_kg_co2e;
    let weakest = car.lines.iter().map(|l| l.status).max().unwrap_or(Status::Read);
    let rest = (unnamed_kg.abs() + car.works_kg_co2e.abs()) * deviation_of(tables, weakest)?;
    let variance: f64 = lines.iter().map(|l| l.deviation_kg_co2e.powi(2)).sum::<f64>() + rest.powi(2);
    let primary: f64 = lines.iter().map(|l| l.primary_share * l.kg_co2e).sum();
    for line in &mut lines {
        line.share = line.kg_co2e / production_kg;
        line.variance_share = line.deviation_kg_co2e.powi(2) / variance;
    }
    lines.sort_by(|a, b| b.kg_co2e.total_cmp(&a.kg_co2e).then_with(|| a.supplier.cmp(&b.supplier)));
    let mut doubtful: Vec<&SupplierLine> = lines.iter().collect();
    doubtful.sort_by(|a, b| b.variance_share.total_cmp(&a.variance_share).then_with(|| a.supplier.cmp(&b.supplier)));
    let most_uncertain = doubtful.into_iter().map(|l| l.supplier.clone()).collect();
    Ok(RollUp {
        programme: programme.head.name.clone(),
        is_synthetic: programme.head.is_synthetic,
        car: car.id.clone(),
        year: car.year,
        production_kg,
        modelled_production_kg: car.production_kg_co2e,
        suppliers_kg,
        unnamed_kg,
        works_kg: car.works_kg_co2e,
        primary_data_share: primary / production_kg,
        named_share: suppliers_kg / production_kg,
        deviation_kg: variance.sqrt(),
        suppliers: lines,
        most_uncertain,
        weakest_status: weakest,
        notices: notices(programme, footprints),
    })
}

fn notices(programme: &Programme, footprints: &[Footprint]) -> Vec<String> {
    let mut notices = Vec::new();
    if programme.head.is_synthetic {
        notices.push("the chain is synthetic: its works, contracts and figures are made up from process data".to_owned());
    }
    let urns: Vec<String> = programme
        .supplies
        .iter()
        .map(|s| product_urn(&programme.suppliers[s.supplier].id, &s.part, s.product.as_deref(), s.product_id.as_deref()))
        .collect();
    let strangers = footprints.iter().filter(|f| f.product_ids.iter().all(|p| !urns.contains(p))).count();
    if strangers > 0 {
        notices.push(format!("{strangers} footprints name no product of the programme and were left out"));
    }
    let unsaid = footprints.iter().filter(|f| f.primary_share.is_none()).count();
    if unsaid > 0 {
        notices.push(format!("{unsaid} footprints do not say their primary data share, which counts as none"));
    }
    notices
}
