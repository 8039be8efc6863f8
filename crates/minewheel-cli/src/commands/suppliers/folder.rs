//! A programme's folder: its files read, its car opened for the places of its works.

use std::fs;
use std::path::Path;

use minewheel_assess::AssessError;
use minewheel_assess::scenario::{GridChoice, Preset, Scenario};
use minewheel_assess::tables::Tables;
use minewheel_data::car::CarDesign;
use minewheel_data::places::PlaceId;
use minewheel_data::table::nearest;
use minewheel_industry::suppliers::car::SuppliedCar;
use minewheel_industry::suppliers::pcf::{Footprint, read_footprints};
use minewheel_industry::suppliers::programme::{FILES, Programme, Texts, read, read_brief, read_suppliers};
use minewheel_industry::suppliers::rollup::{Reported, RollUp};
use minewheel_industry::suppliers::tables::SupplierTables;
use serde::Serialize;

use super::Common;
use crate::failure::Failure;
use crate::inputs::{self, Desk};

/// The method that climate is counted by.
const METHOD: &str = "ar6-gwp100";

/// Everything that a programme rests on.
pub struct Opened<'d> {
    /// Tables of cars.
    pub tables: &'d Tables,
    /// Tables of suppliers.
    pub own: SupplierTables,
    /// The programme.
    pub programme: Programme,
    /// Its car.
    pub car: SuppliedCar,
    /// Footprints.
    pub footprints: Vec<Footprint>,
}

/// What an import found.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Imported {
    /// The programme.
    pub programme: String,
    /// Whether it is made up.
    pub is_synthetic: bool,
    /// The car.
    pub car: String,
    /// Works.
    pub suppliers: usize,
    /// What they deliver.
    pub supplies: usize,
    /// What they could change.
    pub measures: usize,
    /// Footprints read.
    pub footprints: usize,
    /// Works that have sent a footprint.
    pub with_footprint: usize,
    /// Works that have sent their energy.
    pub with_energy: usize,
    /// The part of the production footprint that they hold.
    pub named_share: f64,
    /// Parts by the share of them that first-tier suppliers deliver.
    pub parts: Vec<PartLine>,
    /// What must be known.
    pub notices: Vec<String>,
}

/// One part of the car.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PartLine {
    /// The part.
    pub part: String,
    /// The model's figure in kg CO2e a car.
    pub kg_co2e: f64,
    /// The share that suppliers of the part deliver.
    pub delivered_share: f64,
    /// Suppliers of the part.
    pub suppliers: usize,
    /// Suppliers of its products.
    pub second_tier: usize,
}

/// The scenario that a programme's car is opened in.
pub fn scenario(tables: &Tables, design: &CarDesign, year: i32) -> Result<Scenario, Failure> {
    let code = design.plant.country.as_deref().or(design.made_in.as_deref()).unwrap_or("WORLD");
    Ok(Scenario {
        country: tables.places.id(code).map_err(AssessError::from)?,
        year,
        method: METHOD.to_owned(),
        preset: Preset::CutOff,
        is_real_world: false,
        grid: GridChoice::Static,
        cycle: None,
        lifetime_km: None,
        has_national_life: false,
    })
}

/// A car opened for works in some places.
pub fn open_car(tables: &Tables, design: &CarDesign, scenario: &Scenario, places: &[PlaceId]) -> Result<SuppliedCar, Failure> {
    Ok(SuppliedCar::open(tables, design, scenario, places)?)
}

/// The tables of suppliers.
pub fn own_tables(desk: &Desk) -> Result<SupplierTables, Failure> {
    SupplierTables::read(desk.store(), false).map_err(Failure::Tables)
}

/// Reads a programme's folder and opens its car.
pub fn open<'d>(common: &Common, desk: &'d Desk) -> Result<Opened<'d>, Failure> {
    let (tables, own) = (desk.tables()?, own_tables(desk)?);
    let file = |name: &str| common.folder.join(name);
    let brief = read_brief(&file(FILES[0]).display().to_string(), &desk.text(&file(FILES[0]))?)?;
    let suppliers_text = desk.text(&file(FILES[1]))?;
    let suppliers = read_suppliers(&suppliers_text, &tables.places)?;
    let name = &brief.programme.car;
    let design = if inputs::is_path(name) { desk.car(&file(name).display().to_string())? } else { desk.car(name)? };
    let scenario = scenario(tables, &design, brief.programme.year)?;
    let places: Vec<PlaceId> = suppliers.iter().map(|s| s.place).collect();
    let car = open_car(tables, &design, &scenario, &places)?;
    let supplies = desk.text(&file(FILES[2]))?;
    let measures = desk.text_if_there(&file(FILES[3]))?.unwrap_or_default();
    let programme = read(&brief, suppliers, Texts { suppliers: &suppliers_text, supplies: &supplies, measures: &measures }, &car)?;
    let mut footprints = Vec::new();
    for folder in [Some(file("footprints")), common.footprints.clone(), Some(file("requests"))].into_iter().flatten() {
        for (name, text) in desk.json_files(&folder)? {
            // Requests, refusals and news carry no footprint.
            let is_other_event = text.contains("ProductFootprint.") && !text.contains("RequestFulfilledEvent");
            if !is_other_event {
                footprints.extend(read_footprints(&name, &text)?);
            }
        }
    }
    Ok(Opened { tables, own, programme, car, footprints })
}

/// A supplier by id.
pub fn supplier(programme: &Programme, id: &str) -> Result<usize, Failure> {
    let ids = || programme.suppliers.iter().map(|s| s.id.as_str());
    programme.suppliers.iter().position(|s| s.id == id).ok_or_else(|| {
        let all = || format!("{} to {}", ids().next().unwrap_or_default(), ids().next_back().unwrap_or_default());
        let near = nearest(id, ids()).unwrap_or_else(all);
        Failure::UnknownName { kind: "supplier of the programme", seen: id.to_owned(), known: near }
    })
}

/// What an import found.
pub fn imported(opened: &Opened<'_>, sum: &RollUp) -> Imported {
    let programme = &opened.programme;
    let with = |reported| sum.suppliers.iter().filter(|s| s.reported == reported).count();
    let parts = opened.car.parts().into_iter().map(|part| {
        let own = |is_whole: bool| programme.supplies.iter().filter(move |s| s.part == part && s.product.is_none() == is_whole);
        PartLine {
            part: part.to_owned(),
            kg_co2e: opened.car.lines_of(part, None).map(|l| l.1.kg_co2e).sum(),
            delivered_share: own(true).map(|s| s.share).sum(),
            suppliers: own(true).count(),
            second_tier: own(false).count(),
        }
    });
    Imported {
        programme: programme.head.name.clone(),
        is_synthetic: programme.head.is_synthetic,
        car: opened.car.id.clone(),
        suppliers: programme.suppliers.len(),
        supplies: programme.supplies.len(),
        measures: programme.measures.len(),
        footprints: opened.footprints.len(),
        with_footprint: with(Reported::Footprint),
        with_energy: with(Reported::Energy),
        named_share: sum.named_share,
        parts: parts.collect(),
        notices: sum.notices.clone(),
    }
}

/// Makes the folder that a file is to stand in.
pub fn make_parent(path: &Path) -> Result<(), Failure> {
    let Some(folder) = path.parent() else { return Ok(()) };
    fs::create_dir_all(folder).map_err(|reason| Failure::File { verb: "write", path: folder.to_owned(), reason })
}

/// Writes one JSON value.
pub fn write_json(folder: &Path, name: &str, value: &serde_json::Value) -> Result<(), Failure> {
    let path = folder.join(format!("{name}.json"));
    make_parent(&path)?;
    inputs::write(&path, &format!("{value:#}\n"))
}
