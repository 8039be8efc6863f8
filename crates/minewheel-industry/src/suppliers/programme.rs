//! A programme as its files say it: `programme.toml`, `suppliers.csv`, `supplies.csv`, `measures.csv`.
//!
//! `programme.toml` names the car, the year, the cars a year, budgets and targets. `suppliers.csv` has one works a row, with
//! its energy of a year; `supplies.csv` says which part, or which product of a part, it delivers, and for which share of the
//! cars; `measures.csv` what it could change. Faults come back all at once, each with file and line.

use std::collections::BTreeMap;

use minewheel_data::places::{PlaceId, Places};
use minewheel_data::table::{Table, nearest};
use serde::{Deserialize, Serialize};

use super::SuppliersError;
use super::car::{HEATS, SuppliedCar};

/// Files of a programme's folder.
pub const FILES: [&str; 4] = ["programme.toml", "suppliers.csv", "supplies.csv", "measures.csv"];
/// Columns of `suppliers.csv` that must be there; heat by carrier may.
pub const SUPPLIER_COLUMNS: [&str; 9] =
    ["supplier", "name", "place", "delivers_to", "programme_share", "electricity_kwh", "green_share", "heat_mj", "waste_share"];
/// Columns of `supplies.csv` that must be there; `product_id`, the URN by which footprints name the product, may.
pub const SUPPLY_COLUMNS: [&str; 5] = ["supplier", "part", "product", "share", "pieces_per_car"];
/// Columns of `measures.csv`.
pub const MEASURE_COLUMNS: [&str; 16] = [
    "supplier",
    "measure",
    "investment_usd",
    "saving_usd_per_year",
    "lead_years",
    "electricity_saved",
    "heat_saved",
    "heat_pumped",
    "cop",
    "green_share",
    "recycled_share",
    "waste_cut",
    "done_year",
    "source",
    "status",
    "note",
];
/// Works of a programme: ids are looked up one by one.
const MOST_WORKS: usize = 5000;
/// Faults that come with the nearest name; to seek it for thousands takes long.
const MOST_NEAR: usize = 20;
/// Years that a programme may look ahead: a plan decides every measure in every year, so a slip of the pen must not ask for thousands.
const LONGEST: i32 = 50;
/// Shares of a part may exceed one by so much through rounding.
const ROUNDING: f64 = 1e-6;

/// The head of a programme.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Its name.
    pub name: String,
    /// The car: an id of the catalogue, or a file.
    pub car: String,
    /// The year of the data, from which budgets and targets count.
    pub year: i32,
    /// Cars a year.
    pub cars_per_year: f64,
    /// Whether it is made up.
    #[serde(default)]
    pub is_synthetic: bool,
    /// What must be known of it.
    #[serde(default)]
    pub note: String,
}

/// `programme.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Brief {
    /// The head.
    pub programme: Head,
    /// US dollars by year.
    #[serde(default)]
    pub budget: BTreeMap<String, f64>,
    /// By year: the part of the suppliers' footprint that is to be gone.
    #[serde(default)]
    pub target: BTreeMap<String, f64>,
}

/// A works.
#[derive(Debug, Clone, PartialEq)]
pub struct Supplier {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub place: PlaceId,
    /// The supplier that it delivers to; `None`: the car maker.
    pub delivers_to: Option<String>,
    /// The part of its energy that goes into this programme's parts.
    pub programme_share: f64,
    /// Electricity in kWh a year; `None`: not reported.
    pub electricity_kwh: Option<f64>,
    /// The part of it that is green by contract.
    pub green_share: f64,
    /// Heat of unknown carrier in MJ a year.
    pub heat_mj: f64,
    /// Heat by carrier in MJ a year, as in [`HEATS`].
    pub heats_mj: [f64; HEATS.len()],
    /// The part of its input that becomes waste.
    pub waste_share: f64,
}

/// What a works delivers.
#[derive(Debug, Clone, PartialEq)]
pub struct Supply {
    /// The supplier, by number.
    pub supplier: usize,
    /// The part.
    pub part: String,
    /// One product of it; `None`: the part as a whole.
    pub product: Option<String>,
    /// The share of the cars.
    pub share: f64,
    /// Pieces a car.
    pub pieces_per_car: f64,
    /// The URN by which footprints name it.
    pub product_id: Option<String>,
}

/// What a works could change.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// The supplier, by number.
    pub supplier: usize,
    /// The kind of measure.
    pub kind: String,
    /// Investment in USD.
    pub investment_usd: f64,
    /// What it saves a year in USD; less than nought where it costs.
    pub saving_usd: f64,
    /// Years from the decision to the first effect.
    pub lead_years: f64,
    /// Part of the electricity saved.
    pub electricity_saved: f64,
    /// Part of the heat saved.
    pub heat_saved: f64,
    /// Part of the heat that a heat pump makes.
    pub heat_pumped: f64,
    /// Its coefficient of performance.
    pub cop: f64,
    /// Part of the electricity that becomes green.
    pub green_share: f64,
    /// Part of the material that comes from scrap in addition.
    pub recycled_share: f64,
    /// Part of the waste that is avoided.
    pub waste_cut: f64,
    /// The year in which it was done; `None`: not yet.
    pub done_year: Option<i32>,
    /// Where its numbers are from.
    pub source: String,
    /// How well they are known.
    pub status: String,
}

/// A whole programme.
#[derive(Debug, Clone, PartialEq)]
pub struct Programme {
    /// Its head.
    pub head: Head,
    /// US dollars by year.
    pub budget: BTreeMap<i32, f64>,
    /// Targets by year.
    pub target: BTreeMap<i32, f64>,
    /// Works.
    pub suppliers: Vec<Supplier>,
    /// What they deliver.
    pub supplies: Vec<Supply>,
    /// What they could change.
    pub measures: Vec<Measure>,
}

/// Reads `programme.toml`.
///
/// # Errors
/// It is no TOML, has an unknown key, or a number that cannot be.
pub fn read_brief(file: &str, text: &str) -> Result<Brief, SuppliersError> {
    let fault = |reason: String| SuppliersError::File { file: file.to_owned(), reason };
    let brief: Brief = toml::from_str(text).map_err(|e| fault(e.message().to_owned()))?;
    if !(brief.programme.cars_per_year.is_finite() && brief.programme.cars_per_year > 0.0) {
        return Err(fault(format!("`cars_per_year` is {}; wanted: a number above 0", brief.programme.cars_per_year)));
    }
    for (table, years, most) in [("budget", &brief.budget, f64::INFINITY), ("target", &brief.target, 1.0)] {
        for (year, value) in years {
            let first = brief.programme.year;
            let is_year = year.parse::<i32>().is_ok_and(|y| (first..=first.saturating_add(LONGEST)).contains(&y));
            if !is_year || !(0.0..=most).contains(value) {
                let wanted = format!("a year from {first} to {} and a number from 0 to {most}", first.saturating_add(LONGEST));
                return Err(fault(format!("`{table}.{year} = {value}`; wanted: {wanted}")));
            }
        }
    }
    Ok(brief)
}

fn years(table: &BTreeMap<String, f64>) -> BTreeMap<i32, f64> {
    table.iter().filter_map(|(year, value)| Some((year.parse().ok()?, *value))).collect()
}

/// Collects faults of one file.
struct Reader<'t> {
    table: &'t Table,
    file: &'t str,
    faults: Vec<String>,
}

impl Reader<'_> {
    fn fault(&mut self, row: usize, column: &str, wanted: &str, near: impl FnOnce() -> Option<String>) {
        let seen = self.table.text(row, column);
        let near = if self.faults.len() < MOST_NEAR { near() } else { None };
        let near = near.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
        self.faults.push(format!("{}:{}: `{column}` is `{seen}`, wanted {wanted}{near}", self.file, self.table.line(row)));
    }

    /// A number within bounds; blank is `None`.
    fn number(&mut self, row: usize, column: &str, least: f64, most: f64) -> Option<f64> {
        let text = self.table.column(column).map_or("", |_| self.table.text(row, column)).to_owned();
        if text.is_empty() {
            return None;
        }
        let found = text.parse::<f64>().ok().filter(|n| n.is_finite() && (least..=most).contains(n));
        if found.is_none() {
            let wanted = if most == f64::MAX { format!("a number from {least} upwards") } else { format!("a number from {least} to {most}") };
            self.fault(row, column, &wanted, || None);
        }
        found
    }

    fn share(&mut self, row: usize, column: &str) -> f64 {
        self.number(row, column, 0.0, 1.0).unwrap_or(0.0)
    }
}

fn parse(file: &str, text: &str, columns: &[&str]) -> Result<Table, SuppliersError> {
    let fault = |reason: String| SuppliersError::File { file: file.to_owned(), reason };
    let table = Table::parse(file, text, 0).map_err(|e| fault(e.to_string()))?;
    match columns.iter().find(|c| table.column(c).is_none()) {
        Some(column) => Err(fault(format!("no column `{column}`; the header is {}", columns.join(",")))),
        None => Ok(table),
    }
}

/// Texts of a programme's CSV files.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'t> {
    /// `suppliers.csv`.
    pub suppliers: &'t str,
    /// `supplies.csv`.
    pub supplies: &'t str,
    /// `measures.csv`; empty: none.
    pub measures: &'t str,
}

/// Places in which works stand, so that a car may be opened for them.
///
/// # Errors
/// A row with a fault.
pub fn read_suppliers(text: &str, places: &Places) -> Result<Vec<Supplier>, SuppliersError> {
    let file = FILES[1];
    let table = parse(file, text, &SUPPLIER_COLUMNS)?;
    if table.len() > MOST_WORKS {
        return Err(SuppliersError::File { file: file.to_owned(), reason: format!("{} rows; wanted: at most {MOST_WORKS}", table.len()) });
    }
    let mut reader = Reader { table: &table, file, faults: Vec::new() };
    let mut all: Vec<Supplier> = Vec::new();
    for row in 0..table.len() {
        let id = table.text(row, "supplier").to_owned();
        if id.is_empty() || all.iter().any(|s| s.id == id) {
            reader.fault(row, "supplier", "an id of its own", || None);
        }
        let place = match places.id(table.text(row, "place")) {
            Ok(place) => place,
            Err(unknown) => {
                reader.fault(row, "place", "a place", || unknown.nearest);
                continue;
            }
        };
        let most = f64::MAX;
        let heats = HEATS.map(|(column, _)| reader.number(row, column, 0.0, most).unwrap_or(0.0));
        let buyer = table.text(row, "delivers_to");
        all.push(Supplier {
            id,
            name: table.text(row, "name").to_owned(),
            place,
            delivers_to: (!buyer.is_empty()).then(|| buyer.to_owned()),
            programme_share: reader.number(row, "programme_share", 0.0, 1.0).unwrap_or(1.0),
            electricity_kwh: reader.number(row, "electricity_kwh", 0.0, most),
            green_share: reader.share(row, "green_share"),
            heat_mj: reader.number(row, "heat_mj", 0.0, most).unwrap_or(0.0),
            heats_mj: heats,
            waste_share: reader.share(row, "waste_share"),
        });
    }
    let ids: Vec<&str> = all.iter().map(|s| s.id.as_str()).collect();
    for row in 0..table.len() {
        let buyer = table.text(row, "delivers_to");
        if !buyer.is_empty() && !ids.contains(&buyer) {
            reader.fault(row, "delivers_to", "a supplier, or blank for the car maker", || nearest(buyer, ids.iter().copied()));
        }
    }
    if reader.faults.is_empty() { Ok(all) } else { Err(SuppliersError::Faults(reader.faults)) }
}

/// Reads a programme against the bill of its car.
///
/// # Errors
/// Every fault of every file.
pub fn read(brief: &Brief, suppliers: Vec<Supplier>, texts: Texts<'_>, car: &SuppliedCar) -> Result<Programme, SuppliersError> {
    let mut faults = Vec::new();
    let supplies = read_supplies(texts.supplies, &suppliers, car, &mut faults)?;
    let measures = if texts.measures.trim().is_empty() { Vec::new() } else { read_measures(texts.measures, &suppliers, &mut faults)? };
    check_shares(&supplies, car, &mut faults);
    if !faults.is_empty() {
        return Err(SuppliersError::Faults(faults));
    }
    Ok(Programme { head: brief.programme.clone(), budget: years(&brief.budget), target: years(&brief.target), suppliers, supplies, measures })
}

fn supplier_of(reader: &mut Reader<'_>, row: usize, suppliers: &[Supplier]) -> Option<usize> {
    let id = reader.table.text(row, "supplier").to_owned();
    let found = suppliers.iter().position(|s| s.id == id);
    if found.is_none() {
        reader.fault(row, "supplier", "a supplier of suppliers.csv", || nearest(&id, suppliers.iter().map(|s| s.id.as_str())));
    }
    found
}

fn read_supplies(text: &str, suppliers: &[Supplier], car: &SuppliedCar, faults: &mut Vec<String>) -> Result<Vec<Supply>, SuppliersError> {
    let table = parse(FILES[2], text, &SUPPLY_COLUMNS)?;
    let mut reader = Reader { table: &table, file: FILES[2], faults: Vec::new() };
    let mut all = Vec::new();
    for row in 0..table.len() {
        let Some(supplier) = supplier_of(&mut reader, row, suppliers) else { continue };
        let (part, product) = (table.text(row, "part"), table.text(row, "product"));
        if !car.parts().contains(&part) {
            reader.fault(row, "part", "a part of the car's bill", || nearest(part, car.parts().into_iter()));
            continue;
        }
        if !product.is_empty() && car.lines_of(part, Some(product)).next().is_none() {
            let known = car.lines_of(part, None).map(|l| l.1.product.as_str());
            reader.fault(row, "product", "a product of that part, or blank for the whole part", || nearest(product, known));
            continue;
        }
        let share = reader.number(row, "share", 0.0, 1.0).unwrap_or(1.0);
        let pieces_per_car = reader.number(row, "pieces_per_car", f64::MIN_POSITIVE, f64::MAX).unwrap_or(1.0);
        let product = (!product.is_empty()).then(|| product.to_owned());
        let id = table.column("product_id").map_or("", |_| table.text(row, "product_id"));
        let product_id = (!id.is_empty()).then(|| id.to_owned());
        all.push(Supply { supplier, part: part.to_owned(), product, share, pieces_per_car, product_id });
    }
    faults.append(&mut reader.faults);
    Ok(all)
}

fn read_measures(text: &str, suppliers: &[Supplier], faults: &mut Vec<String>) -> Result<Vec<Measure>, SuppliersError> {
    let table = parse(FILES[3], text, &MEASURE_COLUMNS)?;
    let mut reader = Reader { table: &table, file: FILES[3], faults: Vec::new() };
    let mut all = Vec::new();
    for row in 0..table.len() {
        let Some(supplier) = supplier_of(&mut reader, row, suppliers) else { continue };
        for column in ["measure", "source", "status"] {
            if table.text(row, column).is_empty() {
                reader.fault(row, column, "a word", || None);
            }
        }
        let heat_pumped = reader.share(row, "heat_pumped");
        let cop = reader.number(row, "cop", 1.0, 20.0);
        if heat_pumped > 0.0 && cop.is_none() {
            reader.fault(row, "cop", "the coefficient of performance of the heat pump", || None);
        }
        all.push(Measure {
            supplier,
            kind: table.text(row, "measure").to_owned(),
            investment_usd: reader.number(row, "investment_usd", 0.0, f64::MAX).unwrap_or(0.0),
            saving_usd: reader.number(row, "saving_usd_per_year", f64::MIN, f64::MAX).unwrap_or(0.0),
            lead_years: reader.number(row, "lead_years", 0.0, 50.0).unwrap_or(0.0),
            electricity_saved: reader.share(row, "electricity_saved"),
            heat_saved: reader.share(row, "heat_saved"),
            heat_pumped,
            cop: cop.unwrap_or(1.0),
            green_share: reader.share(row, "green_share"),
            recycled_share: reader.share(row, "recycled_share"),
            waste_cut: reader.share(row, "waste_cut"),
            done_year: reader.number(row, "done_year", 1900.0, 2200.0).map(|y| y as i32),
            source: table.text(row, "source").to_owned(),
            status: table.text(row, "status").to_owned(),
        });
    }
    faults.append(&mut reader.faults);
    Ok(all)
}

/// No part, and no product of one, may be delivered more than once over.
fn check_shares(supplies: &[Supply], car: &SuppliedCar, faults: &mut Vec<String>) {
    let mut sums: BTreeMap<(&str, Option<&str>), f64> = BTreeMap::new();
    for supply in supplies {
        *sums.entry((&supply.part, supply.product.as_deref())).or_default() += supply.share;
    }
    let known = car.parts();
    for ((part, product), sum) in sums.into_iter().filter(|s| s.1 > 1.0 + ROUNDING && known.contains(&s.0.0)) {
        let what = product.map_or_else(|| format!("`{part}`"), |p| format!("`{part}`, `{p}`"));
        faults.push(format!("{}: shares of {what} add up to {sum:.4}, more than 1", FILES[2]));
    }
}

impl Programme {
    /// The line of suppliers above one, itself first; a loop ends where it began.
    pub fn buyers(&self, supplier: usize) -> Vec<usize> {
        let mut chain = vec![supplier];
        let mut at = supplier;
        while let Some(next) = self.suppliers[at].delivers_to.as_ref().and_then(|b| self.suppliers.iter().position(|s| s.id == *b)) {
            if chain.contains(&next) {
                break;
            }
            chain.push(next);
            at = next;
        }
        chain
    }

    /// A programme without some suppliers.
    #[must_use]
    pub fn without(&self, is_out: impl Fn(usize) -> bool) -> Self {
        let kept: Vec<usize> = (0..self.suppliers.len()).filter(|s| !is_out(*s)).collect();
        let number = |old: usize| kept.iter().position(|k| *k == old);
        let mut suppliers: Vec<Supplier> = kept.iter().map(|k| self.suppliers[*k].clone()).collect();
        let ids: Vec<String> = suppliers.iter().map(|s| s.id.clone()).collect();
        for supplier in &mut suppliers {
            supplier.delivers_to = supplier.delivers_to.take().filter(|b| ids.contains(b));
        }
        Self {
            suppliers,
            supplies: self.supplies.iter().filter_map(|s| Some(Supply { supplier: number(s.supplier)?, ..s.clone() })).collect(),
            measures: self.measures.iter().filter_map(|m| Some(Measure { supplier: number(m.supplier)?, ..m.clone() })).collect(),
            ..self.clone()
        }
    }
}
