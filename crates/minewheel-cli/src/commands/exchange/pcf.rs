//! `minewheel exchange pcf`: the footprint of a car's battery pack as a PACT document.
//!
//! From cradle to the maker's gate: raw materials and production of [`minewheel_assess::pack_footprint`], split by the
//! origin of the carbon. What the model cannot know has to be given: who publishes the document, under which identifiers,
//! by which standard, and how much fossil carbon the pack holds.

use std::path::PathBuf;

use minewheel_assess::AssessError;
use minewheel_assess::inventory::pack_of;
use minewheel_assess::pack_footprint::{PackFootprint, PackQuestion, pack_footprint};
use minewheel_assess::tables::Tables;
use minewheel_data::car::CarDesign;
use minewheel_data::row::Draw;
use minewheel_exchange::clock::Moment;
use minewheel_exchange::footprint::Document;
use minewheel_exchange::secret;
use minewheel_industry::suppliers::pcf::geography;
use serde_json::{Value, json};

use super::ExchangeFailure;
use crate::failure::Failure;
use crate::inputs::Desk;
use crate::print;

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// Id of a car in the catalogue, or a car file
    car: String,
    /// The year of its making
    #[arg(long, default_value_t = 2025, allow_negative_numbers = true)]
    year: i32,
    /// Who answers for the document
    #[arg(long, value_name = "NAME")]
    company: String,
    /// The company's identifier
    #[arg(long, value_name = "URN")]
    company_id: String,
    /// The pack's identifier
    #[arg(long, value_name = "URN")]
    product_id: String,
    /// The standard that the company keeps to
    #[arg(long, value_name = "NAME")]
    standard: String,
    /// Fossil carbon in the pack, in kg: plastics, electrolyte, graphite from coke and pitch
    #[arg(long, value_name = "KG")]
    fossil_carbon: String,
    /// Share of the footprint that rests on measured data of the pack's own chain, in per cent; the model's own tables hold none
    #[arg(long, default_value = "0", value_name = "PERCENT")]
    primary_share: String,
    /// The document's id; left out: a new one
    #[arg(long, value_name = "UUID")]
    id: Option<String>,
    /// When it was made; left out: now
    #[arg(long, value_name = "TIME")]
    created: Option<String>,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// The schema under which the document carries what PACT has no place for.
const EXTENSION: &str = "urn:minewheel:extension:battery-pack:1";
/// Digits behind the point of masses and footprints, which is a gram.
const DIGITS: usize = 3;

/// Runs the command.
///
/// # Errors
/// An unknown car, a car without a traction battery, or a value that the specification does not allow.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let desk = Desk::on_disk(arguments.data.as_deref())?;
    let tables = desk.tables()?;
    let design = desk.car(&arguments.car)?;
    let place = design.battery.as_ref().and_then(|b| b.made_in.as_deref()).or(design.plant.country.as_deref()).or(design.made_in.as_deref());
    let place = place.unwrap_or("WORLD").to_owned();
    let question = PackQuestion {
        sold_in: tables.places.id(&place).map_err(AssessError::from)?,
        year: arguments.year,
        method: "ar6-gwp100",
        // The energy delivered is not part of a footprint up to the gate.
        warranty_years: None,
        per_year: None,
        sampling: None,
    };
    let missing = || ExchangeFailure::NoBattery(design.id.clone());
    let footprint = pack_footprint(&design, tables, &question)?.ok_or_else(missing)?;
    let document = document(arguments, &design, tables, &place, &footprint)?;
    let text = serde_json::to_string_pretty(&document).map_err(|e| ExchangeFailure::Pcf(vec![e.to_string()]))?;
    Document::read(&text).map_err(|faults| ExchangeFailure::Pcf(faults.iter().map(ToString::to_string).collect()))?;
    print::data(&text);
    Ok(())
}

fn decimal(value: f64) -> String {
    format!("{value:.DIGITS$}")
}

fn document(arguments: &Arguments, design: &CarDesign, tables: &Tables, place: &str, footprint: &PackFootprint) -> Result<Value, Failure> {
    let missing = || ExchangeFailure::NoBattery(design.id.clone());
    let battery = design.battery.as_ref().ok_or_else(missing)?;
    let pack = pack_of(design, tables, &Draw::BEST)?.ok_or_else(missing)?;
    let id = match &arguments.id {
        Some(id) => id.clone(),
        None => secret::uuid().map_err(|e| ExchangeFailure::Pcf(vec![e.to_string()]))?,
    };
    let energy = battery.gross_energy_kwh.best;
    let excluding = footprint.gate.total_kg();
    let mut pcf = json!({
        "declaredUnitOfMeasurement": "piece",
        "declaredUnitAmount": "1",
        "productMassPerDeclaredUnit": decimal(pack.pack_mass.kg()),
        "referencePeriodStart": format!("{}-01-01T00:00:00Z", arguments.year),
        "referencePeriodEnd": format!("{}-01-01T00:00:00Z", arguments.year + 1),
        "boundaryProcessesDescription": "materials from the mine on, their freight, making of cells and of the pack, up to the maker's gate",
        "pcfExcludingBiogenicUptake": decimal(excluding),
        "pcfIncludingBiogenicUptake": decimal(excluding),
        "fossilGhgEmissions": decimal(footprint.gate.fossil_kg),
        "biogenicNonCO2Emissions": decimal(footprint.gate.biogenic_kg),
        "landUseChangeGhgEmissions": decimal(footprint.gate.land_use_kg),
        "fossilCarbonContent": arguments.fossil_carbon,
        "ipccCharacterizationFactors": ["AR6"],
        "crossSectoralStandards": [arguments.standard],
        "exemptedEmissionsPercent": "0",
        "exemptedEmissionsDescription": "no cut-off by mass or emission; capital goods other than power plants are outside the model",
        "primaryDataShare": arguments.primary_share,
    });
    if let Some(fields) = pcf.as_object_mut() {
        fields.extend(geography(place).map(|(name, code)| (name.to_owned(), Value::from(code))));
    }
    Ok(json!({
        "id": id,
        "specVersion": "3.0.0",
        "created": arguments.created.clone().unwrap_or_else(|| Moment::now().to_string()),
        "status": "Active",
        "companyName": arguments.company,
        "companyIds": [arguments.company_id],
        "productDescription": format!("traction battery pack, {} chemistry, {energy} kWh, of {}", battery.chemistry, design.name.as_deref().unwrap_or(&design.id)),
        "productIds": [arguments.product_id],
        "productNameCompany": format!("pack of {}", design.id),
        "comment": format!(
            "Modelled by Minewheel {} from average data, not measured; weakest status behind it: {}. Carbon dioxide taken up and given off \
             within the cycle of plants counts as nought.",
            env!("CARGO_PKG_VERSION"),
            footprint.status.word(),
        ),
        "pcf": pcf,
        "extensions": [{
            "specVersion": "2.0.0",
            "dataSchema": EXTENSION,
            "data": {
                "car": design.id,
                "chemistry": battery.chemistry,
                "grossEnergyKwh": Value::String(energy.to_string()),
                "rawMaterialsKgCo2e": decimal(footprint.stages.raw_materials_kg),
                "productionKgCo2e": decimal(footprint.stages.production_kg),
                "weakestStatus": footprint.status.word(),
            },
        }],
    }))
}
