//! The battery passport: attributes of DIN DKE SPEC 99100 that a model can compute, and those that only the maker has.
//!
//! Names and types are those of the Battery Pass data model 1.2.0 (misspellings included, so that a reader of the model
//! finds them); its schemas are not shipped. Which attribute is computed and which is the maker's stands in
//! `rules/passport-attributes.csv`, with the place in Regulation (EU) 2023/1542 that asks for it; registry numbers and
//! critical raw materials in `rules/passport-materials.csv`. The footprint is that of [`minewheel_assess::pack_footprint`]:
//!
//! ```text
//! batteryCarbonFootprint = Σ_s carbonFootprint_s    [kg CO2e per kWh delivered]    absoluteCarbonFootprint = that · E  [kg CO2e]
//! ```
//!
//! Valid for the traction battery of a car, by model, not for a single battery. An estimate is not a declaration: the
//! law asks for company data, verified by a third party.

use std::collections::BTreeMap;

use minewheel_assess::AssessError;
use minewheel_assess::ageing::pack_life;
use minewheel_assess::inventory::pack_of;
use minewheel_assess::pack_footprint::{PackFootprint, PackQuestion, pack_footprint};
use minewheel_assess::tables::Tables;
use minewheel_data::car::CarDesign;
use minewheel_data::loader::{Loader, Rows};
use minewheel_data::row::{Draw, RowId};
use minewheel_data::status::Status;
use minewheel_data::store::Store;
use minewheel_data::table::{Fault, Violation};
use minewheel_model::battery::{Content, PackDesign};
use serde::Serialize;
use serde_json::{Value as Json, json};

const ATTRIBUTES: &str = "rules/passport-attributes.csv";
const MATERIALS: &str = "rules/passport-materials.csv";
/// The standard and the data model that names and types are of.
const MODEL: &str = "DIN DKE SPEC 99100, Battery Pass data model 1.2.0";

/// A passport that cannot be written.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PassportError {
    /// The car has no traction battery.
    #[error("`{car}` has no traction battery, so no passport")]
    NoBattery {
        /// The car.
        car: String,
    },
    /// The pack cannot be assessed.
    #[error(transparent)]
    Assess(#[from] AssessError),
}

#[derive(Debug, Clone)]
struct Attribute {
    submodel: String,
    name: String,
    is_computed: bool,
    point: String,
    why: String,
}

#[derive(Debug, Clone)]
struct Material {
    id: String,
    name: String,
    cas: String,
    component: String,
    is_critical: bool,
    row: RowId,
}

/// Attributes and materials.
#[derive(Debug)]
pub struct PassportTables {
    attributes: Vec<Attribute>,
    materials: Vec<Material>,
    rows: Rows,
}

impl PassportTables {
    /// Reads them.
    ///
    /// # Errors
    /// Every violation of these tables.
    pub fn read(store: &Store, check_all: bool) -> Result<Self, Vec<Violation>> {
        let mut loader = Loader::new(store, check_all);
        let mut attributes = Vec::new();
        if let Some(table) = loader.table(ATTRIBUTES) {
            for row in 0..table.len() {
                let cell = |column: &str| table.text(row, column).to_owned();
                let attribute = Attribute {
                    submodel: cell("submodel"),
                    name: cell("attribute"),
                    is_computed: table.text(row, "filled_by") == "model",
                    point: cell("point"),
                    why: cell("why"),
                };
                if !attribute.is_computed && attribute.why.is_empty() {
                    loader.fault(&table, row, Some("why"), Fault::Empty { column: "why".to_owned(), wanted: "why only the maker can".to_owned() });
                }
                attributes.push(attribute);
            }
        }
        let mut materials = Vec::new();
        if let Some(table) = loader.table(MATERIALS) {
            for row in 0..table.len() {
                let cell = |column: &str| table.text(row, column).to_owned();
                materials.push(Material {
                    id: cell("material"),
                    name: cell("name"),
                    cas: cell("cas"),
                    component: cell("component"),
                    is_critical: table.text(row, "is_critical") == "yes",
                    row: loader.row(&table, row),
                });
            }
        }
        let (_, rows) = loader.finish_folder(ATTRIBUTES)?;
        Ok(Self { attributes, materials, rows })
    }

    /// Every row's source and status.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }
}

/// One attribute that is filled.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Filled {
    /// Submodel and name, joined by a dot.
    pub attribute: String,
    /// Where the law asks for it.
    pub point: String,
    /// How the value is known.
    pub status: Status,
    /// What it rests on.
    pub rests_on: String,
}

/// One attribute that only the maker can fill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Open {
    /// Submodel and name, joined by a dot.
    pub attribute: String,
    /// Where the law asks for it.
    pub point: String,
    /// Why only the maker can fill it.
    pub why: String,
}

/// A passport as far as a model can write it.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Passport {
    /// The car whose pack it is of.
    pub car: String,
    /// The standard and data model of the names.
    pub model: &'static str,
    /// Filled attributes by submodel, by the names of the data model.
    pub submodels: BTreeMap<String, Json>,
    /// The functional unit of the footprint, and its stages.
    pub footprint: PackFootprint,
    /// What each filled attribute rests on.
    pub filled: Vec<Filled>,
    /// What only the maker can fill.
    pub maker_must_fill: Vec<Open>,
    /// The weakest status of any filled attribute.
    pub weakest_status: Status,
}

/// Writes the passport of a car's pack.
///
/// # Errors
/// A car without a pack, or a pack that cannot be assessed.
pub fn passport(design: &CarDesign, tables: &Tables, passport: &PassportTables, question: &PackQuestion<'_>) -> Result<Passport, PassportError> {
    let none = || PassportError::NoBattery { car: design.id.clone() };
    let battery = design.battery.as_ref().ok_or_else(none)?;
    let pack = pack_of(design, tables, &Draw::BEST)?.ok_or_else(none)?;
    let footprint = pack_footprint(design, tables, question)?.ok_or_else(none)?;
    let of_pack = tables.rows.weakest(pack.lines.iter().flat_map(|l| l.rows.iter().copied())).max(Status::Derived);
    let mass_status = battery.pack_mass_kg.as_ref().map_or(of_pack, |m| tables.rows.status(m.row));
    let per_kwh = |kg: f64| kg / footprint.delivered_kwh;
    let stages = ["RawMaterialExtraction", "MainProduction", "Distribution", "Recycling"].into_iter().zip(footprint.stages.values());
    let stages: Vec<Json> = stages.map(|(stage, kg)| json!({ "lifecycleStage": stage, "carbonFootprint": per_kwh(kg) })).collect();
    let (materials, material_status) = materials(&pack, passport);
    let life = pack_life(design, tables, None).ok();
    let of_ageing = tables.rows.weakest(tables.ageing.rows(&battery.chemistry));
    let (short, clear) = names(&battery.chemistry);
    let mut values: BTreeMap<&str, (Json, Status, &str)> = BTreeMap::new();
    let mut put = |name, value: Json, status, rests_on| values.insert(name, (value, status, rests_on));
    put("batteryCategory", json!("ev"), Status::Read, "traction battery of a car");
    put("batteryMass", json!(pack.pack_mass.kg()), mass_status, if battery.pack_mass_kg.is_some() { "car" } else { "model of the pack" });
    put("batteryCarbonFootprint", json!(footprint.kg_per_delivered_kwh), footprint.status, "model of the pack over the energy it delivers");
    put("carbonFootprintPerLifecycleStage", Json::Array(stages), footprint.status, "the same by stage; the parts add up to it");
    put("absoluteCarbonFootprint", json!(footprint.total_kg), footprint.status, "model of the pack");
    put("batteryChemistry", json!({ "shortName": short, "clearName": clear }), Status::Read, "car");
    put("batteryMaterials", Json::Array(materials), of_pack.max(material_status), "model of the pack");
    put("batteryTechicalProperties.ratedEnergy", json!(battery.gross_energy_kwh.best), tables.rows.status(battery.gross_energy_kwh.row), "car");
    if let Some(life) = life {
        put(
            "batteryTechicalProperties.expectedLifetime",
            json!(life.first_life_years),
            of_ageing.max(Status::Derived),
            "laws of ageing and the use of the car",
        );
    }
    let mut submodels: BTreeMap<String, Json> = BTreeMap::new();
    let (mut filled, mut maker_must_fill) = (Vec::new(), Vec::new());
    for attribute in &passport.attributes {
        let path = format!("{}.{}", attribute.submodel, attribute.name);
        if let Some((value, status, rests_on)) = values.get(attribute.name.as_str()).filter(|_| attribute.is_computed) {
            insert(submodels.entry(attribute.submodel.clone()).or_insert_with(|| json!({})), &attribute.name, value.clone());
            filled.push(Filled { attribute: path, point: attribute.point.clone(), status: *status, rests_on: (*rests_on).to_owned() });
        } else {
            let why = if attribute.is_computed { "not computed for this car".to_owned() } else { attribute.why.clone() };
            maker_must_fill.push(Open { attribute: path, point: attribute.point.clone(), why });
        }
    }
    let weakest_status = filled.iter().map(|f| f.status).max().unwrap_or(Status::Read);
    Ok(Passport { car: design.id.clone(), model: MODEL, submodels, footprint, filled, maker_must_fill, weakest_status })
}

/// Puts a value at a dotted name.
fn insert(into: &mut Json, name: &str, value: Json) {
    match name.split_once('.') {
        Some((first, rest)) => {
            if let Some(map) = into.as_object_mut() {
                insert(map.entry(first).or_insert_with(|| json!({})), rest, value);
            }
        }
        None => {
            if let Some(map) = into.as_object_mut() {
                map.insert(name.to_owned(), value);
            }
        }
    }
}

/// Short and clear name of a chemistry; one that has none keeps its id.
fn names(chemistry: &str) -> (&str, &str) {
    match chemistry {
        "lfp" => ("LFP", "lithium iron phosphate; graphite"),
        "lmfp" => ("LMFP", "lithium manganese iron phosphate; graphite"),
        "nca" => ("NCA", "lithium nickel cobalt aluminium oxide; graphite"),
        "na-ion" => ("Na-ion", "sodium layered oxide; hard carbon"),
        nmc if nmc.starts_with("nmc") => ("NMC", "lithium nickel manganese cobalt oxide; graphite"),
        other => (other, other),
    }
}

/// Materials of a pack by the names of the table, in kilograms.
fn materials(pack: &PackDesign, tables: &PassportTables) -> (Vec<Json>, Status) {
    let mut status = Status::Read;
    let mass = |id: &str| -> f64 {
        let content = pack.contents.iter().find(|(c, _)| c.word() == id && **c != Content::Graphite).map(|(_, m)| m.kg());
        content.unwrap_or_else(|| pack.lines.iter().filter(|l| &*l.product == id).map(|l| l.contained.kg()).sum())
    };
    let mut list = Vec::new();
    for material in &tables.materials {
        let kg = mass(&material.id);
        if kg > 0.0 {
            status = status.max(tables.rows.status(material.row));
            list.push(json!({
                "batteryMaterialName": material.name,
                "batteryMaterialIdentifier": material.cas,
                "batteryMaterialMass": kg,
                "batteryMaterialLocation": { "componentName": material.component },
                "isCriticalRawMaterial": material.is_critical,
            }));
        }
    }
    (list, status)
}
