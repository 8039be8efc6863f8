//! Published figures set beside computed ones.
//!
//! Each file of `validation/claims/` states one sentence that can be true or false, with a tolerance argued beforehand.
//! [`Evidence::judge_all`] computes our side with `minewheel-assess` at the published side's own boundary, and
//! [`chapter::chapter`] writes what came out as `docs/validation.md`. A claim that fails stays in the chapter with its
//! reason; `tests/claims.rs` holds its miss to the recorded figure.
//!
//! ```text
//! error = ours / theirs − 1
//! ```

pub mod chapter;
mod charging;
pub mod claim;
mod credits;
mod energy;
mod grids;
mod market;
mod motors;
mod packs;
mod prices;
mod ranges;
mod recycling;
pub mod report;
mod resins;
mod stages;
mod vehicles;

use std::path::{Path, PathBuf};

use minewheel_assess::AssessError;
use minewheel_assess::footprint::SolvedNetwork;
use minewheel_assess::network::{NetworkError, PlacedNetwork};
use minewheel_assess::scenario::{GridChoice, Preset, Scenario};
use minewheel_assess::tables::Tables;
use minewheel_data::car::CarDesign;
use minewheel_data::car_fields::CarError;
use minewheel_data::car_file::read_car_file;
use minewheel_data::cycles::CycleError;
use minewheel_data::electricity::MixError;
use minewheel_data::places::{PlaceId, UnknownPlace};
use minewheel_data::store::Store;
use minewheel_data::table::Violation;
use rayon::prelude::*;
use serde::de::DeserializeOwned;

use crate::claim::Claim;
use crate::report::Report;

/// The climate method of every claim that does not name another.
pub const METHOD: &str = "ar6-gwp100";

/// Why a claim could not be judged.
#[derive(Debug, thiserror::Error)]
pub enum ValidationError {
    /// A file cannot be read or written.
    #[error("cannot {verb} {}: {reason}", path.display())]
    File {
        /// `read` or `write`.
        verb: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// A table of `validation/` has a faulty row.
    #[error("{file}: {reason}")]
    Table {
        /// The file.
        file: String,
        /// What is wrong.
        reason: csv::Error,
    },
    /// A claim has faults.
    #[error("{file}: {reason}")]
    ClaimFile {
        /// The file.
        file: String,
        /// What is wrong.
        reason: Box<toml::de::Error>,
    },
    /// The tables of `data/` have violations.
    #[error("the tables have {} violations; the first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Tables(Vec<Violation>),
    /// A car file has faults.
    #[error("a car file has {} faults; the first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Car(Vec<CarError>),
    /// The car or network cannot be assessed.
    #[error(transparent)]
    Assess(#[from] AssessError),
    /// A row of `validation/` names something that `data/` lacks.
    #[error("{file}: no {kind} `{name}` in the tables")]
    Unknown {
        /// The file.
        file: &'static str,
        /// What kind of thing.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// A claim has no computation of ours, or a file does not hold what its claim needs.
    #[error("claim `{claim}`: {reason}")]
    Claim {
        /// The claim.
        claim: String,
        /// What is missing.
        reason: &'static str,
    },
}

impl From<minewheel_model::motor::MotorError> for ValidationError {
    fn from(error: minewheel_model::motor::MotorError) -> Self {
        Self::Assess(error.into())
    }
}
impl From<NetworkError> for ValidationError {
    fn from(error: NetworkError) -> Self {
        Self::Assess(error.into())
    }
}
impl From<UnknownPlace> for ValidationError {
    fn from(error: UnknownPlace) -> Self {
        Self::Assess(error.into())
    }
}
impl From<MixError> for ValidationError {
    fn from(error: MixError) -> Self {
        Self::Assess(error.into())
    }
}
impl From<CycleError> for ValidationError {
    fn from(error: CycleError) -> Self {
        Self::Assess(error.into())
    }
}

/// The published figures and the tables that ours are computed from.
#[derive(Debug)]
pub struct Evidence {
    root: PathBuf,
    tables: Tables,
}

impl Evidence {
    /// The evidence of this repository.
    ///
    /// # Errors
    /// The tables have violations.
    pub fn of_repository() -> Result<Self, ValidationError> {
        Self::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
    }

    /// The evidence of a checkout: its `validation/` beside the embedded tables.
    ///
    /// # Errors
    /// The tables have violations.
    pub fn read(root: &Path) -> Result<Self, ValidationError> {
        let store = Store::embedded();
        let tables = Tables::read(&store, false).map_err(ValidationError::Tables)?;
        Ok(Self { root: root.to_path_buf(), tables })
    }

    /// Where the generated chapter lies.
    pub fn chapter_path(&self) -> PathBuf {
        self.root.join("docs/validation.md")
    }

    /// Judges every claim, in the order of the chapter.
    ///
    /// # Errors
    /// A claim cannot be read or computed. A claim that fails is no error.
    pub fn judge_all(&self) -> Result<Vec<Report>, ValidationError> {
        claim::ORDER.par_iter().map(|name| self.judge(name)).collect()
    }

    /// Judges one claim.
    ///
    /// # Errors
    /// The claim cannot be read or computed.
    pub fn judge(&self, name: &str) -> Result<Report, ValidationError> {
        let claim = Claim::read(self, name)?;
        match name {
            "grid-intensity" => grids::intensity(self, claim),
            "grid-china-2023" => grids::china(self, claim),
            "provincial-grid" => grids::provinces(self, claim),
            "pack-footprints" => packs::packs(self, claim),
            "pack-metals" => prices::metals(self, claim),
            "pack-prices" => prices::prices(self, claim),
            "whole-vehicles" => vehicles::vehicles(self, claim),
            "carculator-stages" => stages::stages(self, claim),
            "epa-energy" => energy::energy(self, claim),
            "cold-test" => energy::cold(self, claim),
            "official-ranges" => ranges::official(self, claim),
            "battery-demand" => market::batteries(claim),
            "credit-prices" => credits::prices(self, claim),
            "credit-requirements" => credits::requirements(claim),
            "acceleration" => charging::acceleration(self, claim),
            "motor-masses" => motors::masses(self, claim),
            "motor-prius" => motors::prius(self, claim),
            "charging-time" => charging::charging(self, claim),
            "charging-losses" => charging::losses(self, claim),
            "recycling-climate" => recycling::climate(self, claim),
            "recycling-value" => recycling::value(self, claim),
            "uslci-resins" => resins::resins(self, claim),
            _ => Err(ValidationError::Claim { claim: name.to_owned(), reason: "nothing computes our side of it" }),
        }
    }

    /// The text of a file of the checkout.
    ///
    /// # Errors
    /// It cannot be read.
    #[expect(clippy::disallowed_methods, reason = "this is the reader of the published figures")]
    pub fn text(&self, name: &str) -> Result<String, ValidationError> {
        let path = self.root.join(name);
        std::fs::read_to_string(&path).map_err(|reason| ValidationError::File { verb: "read", path, reason })
    }

    /// The names of the claims that have a file, sorted.
    ///
    /// # Errors
    /// The folder cannot be read.
    #[expect(clippy::disallowed_methods, reason = "this is the reader of the published figures")]
    pub fn claim_files(&self) -> Result<Vec<String>, ValidationError> {
        let path = self.root.join("validation/claims");
        let failed = |reason| ValidationError::File { verb: "read", path: path.clone(), reason };
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&path).map_err(failed)? {
            let file = entry.map_err(failed)?.path();
            names.extend(file.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
        names.sort();
        Ok(names)
    }

    /// The rows of a table of `validation/`.
    fn rows<R: DeserializeOwned>(&self, name: &str) -> Result<Vec<R>, ValidationError> {
        let text = self.text(&format!("validation/{name}"))?;
        rows_of(name, &text)
    }

    fn car(&self, name: &str) -> Result<CarDesign, ValidationError> {
        let text = self.text(&format!("validation/{name}"))?;
        read_car_file(name, &text, &self.tables.chemistries()).map_err(ValidationError::Car)
    }

    fn solved<'n>(&self, placed: &'n PlacedNetwork, method: &str) -> Result<SolvedNetwork<'n>, ValidationError> {
        Ok(SolvedNetwork::new(&self.tables, placed, method)?)
    }
}

/// The preset of every claim about cars: cut-off, official consumption, one mix for life.
fn scenario(country: PlaceId, year: i32) -> Scenario {
    Scenario {
        country,
        year,
        method: METHOD.to_owned(),
        preset: Preset::CutOff,
        is_real_world: false,
        grid: GridChoice::Static,
        cycle: None,
        lifetime_km: None,
        has_national_life: false,
    }
}

fn rows_of<R: DeserializeOwned>(name: &str, text: &str) -> Result<Vec<R>, ValidationError> {
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<Vec<R>, _>>()
        .map_err(|reason| ValidationError::Table { file: name.to_owned(), reason })
}
