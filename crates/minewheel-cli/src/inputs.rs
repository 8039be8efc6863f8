//! What a command reads: tables, cars, cycles and files, from a desk that holds them.
//!
//! The command line lays the user's disk on the desk. A server lays the texts of one request on it, and nothing else: a
//! command that is asked over a network finds no file, whatever name it is given. Tables are read when first asked for;
//! desks of one shelf share them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use minewheel_assess::networks::Networks;
use minewheel_assess::scenario::Scenario;
use minewheel_assess::tables::{RoadTables, Tables};
use minewheel_assess::watch::Watch;
use minewheel_data::car::CarDesign;
use minewheel_data::car_file::{read_car_file, unknown_names};
use minewheel_data::cards::Cards;
use minewheel_data::cycles::Cycle;
use minewheel_data::places::Places;
use minewheel_data::store::Store;
use minewheel_industry::credits::rules::RuleBook;
use minewheel_industry::fleet::tables::FleetTables;
use minewheel_industry::market::series::Market;
use minewheel_industry::passport::PassportTables;
use minewheel_industry::rules::RuleTables;
use minewheel_industry::supply::SupplyError;
use minewheel_industry::supply::sourcing::costs::Premiums;
use minewheel_industry::supply::sourcing::settle;

use crate::failure::Failure;

/// The tables of a store, each read once.
#[derive(Debug)]
pub struct Shelf {
    store: Store,
    is_overlaid: bool,
    tables: OnceLock<Tables>,
    road: OnceLock<RoadTables>,
    fleet: OnceLock<FleetTables>,
    book: OnceLock<RuleBook>,
    rules: OnceLock<RuleTables>,
    market: OnceLock<Market>,
    passport: OnceLock<PassportTables>,
    premiums: OnceLock<Premiums>,
    networks: Networks,
}

/// What lies before a command.
#[derive(Debug)]
pub struct Desk {
    shelf: Arc<Shelf>,
    /// Files that the question brought along, by name.
    texts: BTreeMap<String, String>,
    /// Whether other names are looked up on the user's disk.
    has_disk: bool,
    watch: Watch,
}

/// What a cell holds, or what fills it.
fn once<T, E>(cell: &OnceLock<T>, fill: impl FnOnce() -> Result<T, E>) -> Result<&T, E> {
    if let Some(value) = cell.get() {
        return Ok(value);
    }
    let value = fill()?;
    Ok(cell.get_or_init(|| value))
}

impl Shelf {
    /// The tables of the binary, with a user's folder laid over them if one is given; so many networks are kept.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn new(overlay: Option<&Path>, networks: usize) -> Result<Self, Failure> {
        let mut store = Store::embedded();
        if let Some(folder) = overlay {
            store.overlay(folder)?;
        }
        Ok(Self {
            store,
            is_overlaid: overlay.is_some(),
            tables: OnceLock::new(),
            road: OnceLock::new(),
            fleet: OnceLock::new(),
            book: OnceLock::new(),
            rules: OnceLock::new(),
            market: OnceLock::new(),
            passport: OnceLock::new(),
            premiums: OnceLock::new(),
            networks: if networks == 0 { Networks::none() } else { Networks::keeping(networks) },
        })
    }

    /// All tables of assessments.
    ///
    /// # Errors
    /// A table has violations.
    pub fn tables(&self) -> Result<&Tables, Failure> {
        once(&self.tables, || Tables::read(&self.store, false).map_err(Failure::Tables))
    }
}

impl Desk {
    /// A desk with the user's disk.
    ///
    /// # Errors
    /// The folder of tables cannot be read.
    pub fn on_disk(overlay: Option<&Path>) -> Result<Self, Failure> {
        Ok(Self::with_texts(Arc::new(Shelf::new(overlay, 0)?), BTreeMap::new(), true, Watch::none()))
    }

    /// A desk with these texts, and with the user's disk or without.
    pub const fn with_texts(shelf: Arc<Shelf>, texts: BTreeMap<String, String>, has_disk: bool, watch: Watch) -> Self {
        Self { shelf, texts, has_disk, watch }
    }

    /// The files of the tables.
    pub fn store(&self) -> &Store {
        &self.shelf.store
    }

    /// All tables of assessments.
    ///
    /// # Errors
    /// A table has violations.
    pub fn tables(&self) -> Result<&Tables, Failure> {
        self.shelf.tables()
    }

    /// The tables that driving needs. Those of the binary are read alone, for speed; with a user's folder everything is
    /// read and checked.
    ///
    /// # Errors
    /// A table has violations.
    pub fn road_tables(&self) -> Result<&RoadTables, Failure> {
        if self.shelf.is_overlaid {
            self.tables()?;
        }
        once(&self.shelf.road, || RoadTables::read(&self.shelf.store).map_err(Failure::Tables))
    }

    /// The tables of fleets.
    ///
    /// # Errors
    /// A table has violations.
    pub fn fleet_tables(&self) -> Result<&FleetTables, Failure> {
        once(&self.shelf.fleet, || FleetTables::read(&self.shelf.store, false).map_err(Failure::Tables))
    }

    /// The rules of credits.
    ///
    /// # Errors
    /// A table has violations.
    pub fn rule_book(&self) -> Result<&RuleBook, Failure> {
        once(&self.shelf.book, || RuleBook::read(&self.shelf.store, false).map_err(Failure::Tables))
    }

    /// The tables of rules.
    ///
    /// # Errors
    /// A table has violations.
    pub fn rule_tables(&self) -> Result<&RuleTables, Failure> {
        once(&self.shelf.rules, || RuleTables::read(&self.shelf.store, false).map_err(Failure::Tables))
    }

    /// The series of markets.
    ///
    /// # Errors
    /// A table has violations.
    pub fn market(&self) -> Result<&Market, Failure> {
        once(&self.shelf.market, || Market::read(&self.shelf.store, false, None).map_err(Failure::Tables))
    }

    /// The tables of battery passports.
    ///
    /// # Errors
    /// A table has violations.
    pub fn passport_tables(&self) -> Result<&PassportTables, Failure> {
        once(&self.shelf.passport, || PassportTables::read(&self.shelf.store, false).map_err(Failure::Tables))
    }

    /// What places cost over China.
    ///
    /// # Errors
    /// A table has violations.
    pub fn premiums(&self) -> Result<&Premiums, Failure> {
        once(&self.shelf.premiums, || Premiums::read(&self.shelf.store, false).map_err(Failure::Tables))
    }

    /// Cars with the sourcing rules of their files solved into shares.
    ///
    /// # Errors
    /// No choice of makers meets a car's rules, or they name what is not there.
    pub fn settled(&self, cars: Vec<CarDesign>, scenario: &Scenario) -> Result<Vec<CarDesign>, Failure> {
        if cars.iter().all(|c| c.sourcing_demands.is_empty()) {
            return Ok(cars);
        }
        let (tables, premiums) = (self.tables()?, self.premiums()?);
        Ok(cars.iter().map(|car| settle(tables, premiums, car, scenario)).collect::<Result<_, _>>().map_err(SupplyError::from)?)
    }

    /// Networks kept between the questions of a shelf.
    pub fn networks(&self) -> &Networks {
        &self.shelf.networks
    }

    /// Who waits for the answer.
    pub fn watch(&self) -> &Watch {
        &self.watch
    }

    /// A car of the catalogue, or the car of a file.
    ///
    /// # Errors
    /// Neither exists, or the file has faults.
    pub fn car(&self, name: &str) -> Result<CarDesign, Failure> {
        let tables = self.tables()?;
        if is_path(name) {
            return self.car_of_file(name, &tables.chemistries(), &tables.places, |_| Ok(&tables.cards));
        }
        Ok(tables.catalogue.car(name)?.clone())
    }

    /// As [`Desk::car`], for a command that drives. Products are looked at where the file has sourcing rules.
    ///
    /// # Errors
    /// Neither exists, or the file has faults.
    pub fn road_car(&self, name: &str) -> Result<CarDesign, Failure> {
        let road = self.road_tables()?;
        if is_path(name) {
            let none = Cards::default();
            return self.car_of_file(name, &road.chemistries(), &road.places, |design| {
                if design.sourcing.is_empty() && design.sourcing_demands.is_empty() { Ok(&none) } else { Ok(&self.tables()?.cards) }
            });
        }
        Ok(road.catalogue.car(name)?.clone())
    }

    fn car_of_file<'c>(
        &self,
        name: &str,
        chemistries: &[String],
        places: &Places,
        cards: impl FnOnce(&CarDesign) -> Result<&'c Cards, Failure>,
    ) -> Result<CarDesign, Failure> {
        let text = self.text(Path::new(name))?;
        let design = read_car_file(name, &text, chemistries).map_err(Failure::CarFile)?;
        let unknown = unknown_names(name, &text, &design, places, cards(&design)?);
        if unknown.is_empty() { Ok(design) } else { Err(Failure::CarFile(unknown)) }
    }

    /// A cycle by id, or that of a file if the name ends in `.csv`.
    ///
    /// # Errors
    /// No cycle has the name, or the file has faults.
    pub fn cycle(&self, name: &str) -> Result<Cycle, Failure> {
        let tables = self.tables()?;
        let is_file = Path::new(name).extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"));
        let found = if is_file && (!self.has_disk || self.texts.contains_key(name)) {
            Cycle::parse(name, &self.text(Path::new(name))?)
        } else {
            tables.cycles.open(name)
        };
        found.map_err(|e| Failure::Cycle(e.to_string()))
    }

    /// The text of a file that may be missing.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub fn text_if_there(&self, path: &Path) -> Result<Option<String>, Failure> {
        let is_there = self.texts.contains_key(&path.display().to_string()) || (self.has_disk && path.exists());
        if is_there { self.text(path).map(Some) } else { Ok(None) }
    }

    /// Names and texts of the JSON files of a folder, sorted; none if it is not there.
    ///
    /// # Errors
    /// The folder or a file of it cannot be read.
    pub fn json_files(&self, folder: &Path) -> Result<Vec<(String, String)>, Failure> {
        let mut paths: Vec<PathBuf> = self.texts.keys().map(PathBuf::from).filter(|p| p.parent() == Some(folder)).collect();
        if self.has_disk {
            paths.append(&mut entries(folder)?);
        }
        paths.retain(|p| p.extension().is_some_and(|e| e == "json"));
        paths.sort();
        paths.dedup();
        paths.into_iter().map(|p| Ok((p.display().to_string(), self.text(&p)?))).collect()
    }

    /// The text of a file.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn text(&self, path: &Path) -> Result<String, Failure> {
        match self.texts.get(&path.display().to_string()) {
            Some(text) => Ok(without_mark(text.clone())),
            None if self.has_disk => read(path),
            None => {
                let reason = std::io::Error::new(std::io::ErrorKind::NotFound, "a request reads no file; send its text");
                Err(Failure::File { verb: "read", path: PathBuf::from(path), reason })
            }
        }
    }
}

/// Whether a name is that of a file rather than an id.
pub fn is_path(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|e| e.eq_ignore_ascii_case("toml")) || name.contains(['/', '\\'])
}

fn without_mark(text: String) -> String {
    text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)
}

/// What lies in a folder of the user's disk; nothing if there is none.
#[expect(clippy::disallowed_methods, reason = "the command line reads folders that the user names")]
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let fault = |reason| Failure::File { verb: "read", path: PathBuf::from(folder), reason };
    std::fs::read_dir(folder).map_err(fault)?.map(|entry| Ok(entry.map_err(fault)?.path())).collect()
}

/// The text of a file on the user's disk, for commands that no request reaches.
///
/// # Errors
/// It cannot be read.
#[expect(clippy::disallowed_methods, reason = "the command line reads files that the user names")]
pub fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map(without_mark).map_err(|reason| Failure::File { verb: "read", path: PathBuf::from(path), reason })
}

/// Writes a file that the user named.
///
/// # Errors
/// It cannot be written.
#[expect(clippy::disallowed_methods, reason = "the command line writes files that the user names")]
pub fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|reason| Failure::File { verb: "write", path: PathBuf::from(path), reason })
}

/// Writes a report as one HTML file.
///
/// # Errors
/// The file cannot be written.
pub fn report(path: &Path, document: &minewheel_report::Document) -> Result<(), Failure> {
    write(path, &minewheel_report::html::page(document))
}

/// The command as it was typed, for the record of a report.
#[expect(clippy::disallowed_methods, reason = "a report says how to get it again")]
pub fn command_line() -> String {
    let quote = |word: String| if word.contains([' ', '"', '\'']) { format!("{word:?}") } else { word };
    let words = std::env::args().skip(1).map(quote).collect::<Vec<_>>();
    format!("minewheel {}", words.join(" "))
}
