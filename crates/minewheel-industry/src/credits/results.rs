//! What was announced: industry totals by segment, and companies by year.
//!
//! Rows are `official` (the announcement, as copied) or `digest` (press that read it). The lists of all companies are
//! attachments that were not found, so company rows are few and their sums are no totals.
//! Source: each row of `data/credits/results.csv` and `companies.csv`.

use minewheel_data::loader::{Loader, Rows};
use minewheel_data::row::RowId;
use minewheel_data::status::Status;
use minewheel_data::store::Store;
use minewheel_data::table::{Fault, Table, Violation};
use serde::Serialize;

/// A segment of the industry in one year.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SegmentYear {
    /// The accounting year.
    pub year: i32,
    /// `all`, `domestic` or `import`.
    pub segment: String,
    /// Cars.
    pub volume: f64,
    /// Mean kerb mass in kg.
    pub kerb_mass_kg: f64,
    /// Published mean actual consumption in L/100km.
    pub cafc_actual: f64,
    /// Company-average credits above nought.
    pub cafc_surplus: f64,
    /// Missing company-average credits.
    pub cafc_deficit: f64,
    /// New-energy credits above nought.
    pub nev_surplus: f64,
    /// Missing new-energy credits.
    pub nev_deficit: f64,
    /// Test cycle of fuel consumption.
    pub cycle: String,
    /// `official` or `digest`.
    pub basis: String,
    /// How it is known.
    pub status: Status,
    /// Key of the source.
    pub source: String,
    /// Its row.
    #[serde(skip)]
    pub row: Option<RowId>,
}

/// A company in one year, as far as it was found.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CompanyRow {
    /// Id.
    pub company: String,
    /// Name.
    pub name: String,
    /// The accounting year.
    pub year: i32,
    /// `domestic` or `import`.
    pub segment: String,
    /// Cars.
    pub volume: Option<f64>,
    /// Actual average in L/100km.
    pub cafc_actual: Option<f64>,
    /// Required average in L/100km.
    pub cafc_target: Option<f64>,
    /// Company-average credits.
    pub cafc_credits: Option<f64>,
    /// Balance of the new-energy account.
    pub nev_credits: Option<f64>,
    /// `official` or `digest`.
    pub basis: String,
    /// How it is known.
    pub status: Status,
    /// Key of the source.
    pub source: String,
    /// What to know of it.
    pub note: String,
}

/// All of it.
#[derive(Debug, Clone, Default)]
pub struct Results {
    /// Totals.
    pub segments: Vec<SegmentYear>,
    /// Companies.
    pub companies: Vec<CompanyRow>,
    /// The rows of both tables.
    pub rows: Rows,
}

impl Results {
    /// Reads both tables of a store.
    ///
    /// # Errors
    /// Every violation of them.
    pub fn read(store: &Store, check_all: bool) -> Result<Self, Vec<Violation>> {
        let mut loader = Loader::new(store, check_all);
        let mut found = Self::default();
        if let Some(table) = loader.table("credits/results.csv") {
            for row in 0..table.len() {
                let mut number = |column: &str| needed(&mut loader, &table, row, column);
                let [Some(year), Some(volume), Some(kerb_mass_kg), Some(cafc_actual)] =
                    ["year", "volume", "kerb_mass_kg", "cafc_actual_l_per_100km"].map(&mut number)
                else {
                    continue;
                };
                let [Some(cafc_surplus), Some(cafc_deficit), Some(nev_surplus), Some(nev_deficit)] =
                    ["cafc_surplus", "cafc_deficit", "nev_surplus", "nev_deficit"].map(number)
                else {
                    continue;
                };
                let segment = SegmentYear {
                    year: year as i32,
                    segment: table.text(row, "segment").to_owned(),
                    volume,
                    kerb_mass_kg,
                    cafc_actual,
                    cafc_surplus,
                    cafc_deficit,
                    nev_surplus,
                    nev_deficit,
                    cycle: table.text(row, "cycle").to_owned(),
                    basis: table.text(row, "basis").to_owned(),
                    status: status(&table, row),
                    source: table.text(row, "source").to_owned(),
                    row: Some(loader.row(&table, row)),
                };
                found.segments.push(segment);
            }
        }
        if let Some(table) = loader.table("credits/companies.csv") {
            for row in 0..table.len() {
                let Some(year) = needed(&mut loader, &table, row, "year") else { continue };
                let mut number = |column: &str| loader.number_in(&table, row, column);
                let company = CompanyRow {
                    company: table.text(row, "company").to_owned(),
                    name: table.text(row, "name").to_owned(),
                    year: year as i32,
                    segment: table.text(row, "segment").to_owned(),
                    volume: number("volume"),
                    cafc_actual: number("cafc_actual_l_per_100km"),
                    cafc_target: number("cafc_target_l_per_100km"),
                    cafc_credits: number("cafc_credits"),
                    nev_credits: number("nev_credits"),
                    basis: table.text(row, "basis").to_owned(),
                    status: status(&table, row),
                    source: table.text(row, "source").to_owned(),
                    note: table.text(row, "note").to_owned(),
                };
                found.companies.push(company);
            }
        }
        let (_, rows) = loader.finish_folder("credits/")?;
        Ok(Self { rows, ..found })
    }

    /// A segment of a year.
    pub fn segment(&self, year: i32, segment: &str) -> Option<&SegmentYear> {
        self.segments.iter().find(|s| s.year == year && s.segment == segment)
    }

    /// Years with totals, in order.
    pub fn years(&self) -> Vec<i32> {
        let mut years: Vec<i32> = self.segments.iter().map(|s| s.year).collect();
        years.sort_unstable();
        years.dedup();
        years
    }
}

/// The number of a cell that may not be blank: a total that was not found is not nought.
fn needed(loader: &mut Loader<'_>, table: &Table, row: usize, column: &str) -> Option<f64> {
    if table.text(row, column).is_empty() {
        loader.fault(table, row, Some(column), Fault::Empty { column: column.to_owned(), wanted: "a number".to_owned() });
    }
    loader.number_in(table, row, column)
}

/// The loader has noted a word that is no status; the row is then refused with all others.
fn status(table: &Table, row: usize) -> Status {
    table.text(row, "status").parse().unwrap_or(Status::Assumption)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_total_is_a_fault_and_not_nought() {
        let mut store = Store::embedded();
        let text = store.text("credits/results.csv").unwrap().to_owned();
        let mut lines = text.lines();
        let (header, first) = (lines.next().unwrap(), lines.next().unwrap());
        let at = header.split(',').position(|c| c == "nev_deficit").unwrap();
        let cells: Vec<&str> = first.split(',').enumerate().map(|(i, cell)| if i == at { "" } else { cell }).collect();
        store.insert("credits/results.csv", &[header, &cells.join(",")].join("\n"));
        let faults = Results::read(&store, false).unwrap_err();
        assert!(faults.iter().any(|f| f.to_string().contains("`nev_deficit` is empty")), "{faults:?}");
    }
}
