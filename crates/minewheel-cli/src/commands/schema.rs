//! `minewheel schema`: what a file may hold, and what names there are.

use minewheel_data::car_fields::car_file_schema;

use crate::failure::Failure;
use crate::inputs::Desk;
use crate::print;

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// `car` for car files, a command for its output (`drive`, `assess`, …), or a list (`cycles`, `places`, …); a wrong name lists all
    name: String,
}

/// Every name.
pub const NAMES: &[&str] = &[
    "car",
    "assess",
    "explain",
    "drive",
    "age",
    "pack-life",
    "range",
    "charge",
    "trip",
    "performance",
    "motor",
    "drive-unit",
    "battery",
    "body",
    "plant",
    "lca",
    "lca-info",
    "recycle",
    "supply",
    "supply-sourcing",
    "suppliers-programme",
    "suppliers-import",
    "suppliers-rollup",
    "suppliers-plan",
    "suppliers-request",
    "suppliers-status",
    "suppliers-synthesise",
    "market",
    "fleet-run",
    "fleet-stock",
    "passport",
    "rules-list",
    "rules-clauses",
    "rules-check",
    "rules-diff",
    "disrupt",
    "disrupt-study",
    "fleet-survival",
    "fleet-adoption",
    "charging",
    "tco",
    "lca-database",
    "lca-import",
    "lca-contributions",
    "lca-hotspots",
    "lca-path",
    "lca-scores",
    "lca-compare",
    "lca-demands",
    "lca-without-factor",
    "lca-sensitivity",
    "lca-swap",
    "credits-car",
    "credits-ledger",
    "credits-fleets",
    "credits-market",
    "exchange-tenants",
    "exchange-credentials",
    "exchange-imported",
    "exchange-requests",
    "exchange-audit",
    "cycles",
    "places",
    "chemistries",
    "products",
    "methods",
    "indicators",
];

/// The schema of a command's output.
#[rustfmt::skip]
pub fn schema(name: &str) -> Option<schemars::Schema> {
    Some(match name {
        "assess" => schemars::schema_for!(Vec<minewheel_assess::assessment::Assessment>),
        "explain" => schemars::schema_for!(minewheel_assess::explain::Explanation),
        "drive" => schemars::schema_for!(Vec<super::drive::Drive>),
        "age" => schemars::schema_for!(super::age::CellLife),
        "pack-life" => schemars::schema_for!(Vec<super::age::Pack>),
        "range" => schemars::schema_for!(Vec<super::range::RangeByRule>),
        "charge" => schemars::schema_for!(Vec<super::charge::CarCharge>),
        "trip" => schemars::schema_for!(Vec<super::trip::CarTrip>),
        "performance" => schemars::schema_for!(Vec<super::performance::CarPerformance>),
        "motor" => schemars::schema_for!(Vec<super::motor::Machine>),
        "drive-unit" => schemars::schema_for!(Vec<minewheel_assess::drive_units::UnitReport>),
        "battery" => schemars::schema_for!(minewheel_assess::battery::BatteryReport),
        "body" => schemars::schema_for!(minewheel_assess::body::BodyReport),
        "plant" => schemars::schema_for!(minewheel_assess::plant::PlantReport),
        "lca" => schemars::schema_for!(super::lca::Solution),
        "lca-info" => schemars::schema_for!(super::lca::Contents),
        "recycle" => schemars::schema_for!(minewheel_assess::recycling::RecycleReport),
        "supply" => schemars::schema_for!(minewheel_industry::supply::report::SupplyReport),
        "supply-sourcing" => schemars::schema_for!(minewheel_industry::supply::sourcing::report::SourcingReport),
        "suppliers-programme" => schemars::schema_for!(minewheel_industry::suppliers::programme::Brief),
        "suppliers-import" => schemars::schema_for!(super::suppliers::Imported),
        "suppliers-rollup" => schemars::schema_for!(minewheel_industry::suppliers::rollup::RollUp),
        "suppliers-plan" => schemars::schema_for!(minewheel_industry::suppliers::plan::Plan),
        "suppliers-request" => schemars::schema_for!(Vec<minewheel_industry::suppliers::pcf::Request>),
        "suppliers-status" => schemars::schema_for!(minewheel_industry::suppliers::status::ProgrammeStatus),
        "suppliers-synthesise" => schemars::schema_for!(super::suppliers::Made),
        "market" => schemars::schema_for!(minewheel_industry::market::report::MarketReport),
        "fleet-run" => schemars::schema_for!(minewheel_industry::fleet::regions::RegionalReport),
        "fleet-stock" => schemars::schema_for!(Vec<super::fleet::stock::StockYear>),
        "passport" => schemars::schema_for!(minewheel_industry::passport::Passport),
        "rules-list" => schemars::schema_for!(Vec<super::rules::SetLine>),
        "rules-clauses" => schemars::schema_for!(Vec<super::rules::ClauseLine>),
        "rules-check" => schemars::schema_for!(minewheel_industry::rules::Report),
        "rules-diff" => schemars::schema_for!(Vec<minewheel_industry::rules::Difference>),
        "disrupt" => schemars::schema_for!(minewheel_industry::disruption::report::StudyReport),
        "disrupt-study" => schemars::schema_for!(minewheel_industry::disruption::study::Study),
        "fleet-survival" => schemars::schema_for!(minewheel_industry::fleet::calibration::Calibration),
        "fleet-adoption" => schemars::schema_for!(minewheel_industry::fleet::adoption::Adoption),
        "charging" => schemars::schema_for!(minewheel_industry::fleet::charging::ChargingYear),
        "tco" => schemars::schema_for!(Vec<minewheel_industry::fleet::tco::TcoCountry>),
        "lca-database" => schemars::schema_for!(super::lca::Inventory),
        "lca-import" => schemars::schema_for!(super::lca::Imported),
        "lca-contributions" => schemars::schema_for!(super::lca::Contributions),
        "lca-hotspots" => schemars::schema_for!(super::lca::HotSpots),
        "lca-path" => schemars::schema_for!(super::lca::SupplyPath),
        "lca-scores" => schemars::schema_for!(super::lca::ScoreList),
        "lca-without-factor" => schemars::schema_for!(Vec<super::lca::FlowWithoutFactor>),
        "lca-demands" => schemars::schema_for!(super::lca::Solutions),
        "lca-sensitivity" => schemars::schema_for!(super::lca::Sensitivity),
        "lca-swap" => schemars::schema_for!(super::lca::Swaps),
        "lca-compare" => schemars::schema_for!(super::lca::Comparison),
        "credits-car" => schemars::schema_for!(minewheel_industry::credits::design::DesignCredit),
        "credits-ledger" => schemars::schema_for!(minewheel_industry::credits::Ledger),
        "credits-fleets" => schemars::schema_for!(minewheel_industry::credits::fleets::Fleets),
        "exchange-tenants" => schemars::schema_for!(Vec<minewheel_exchange::store::accounts::Tenant>),
        "exchange-credentials" => schemars::schema_for!(minewheel_exchange::operator::Credentials),
        "exchange-imported" => schemars::schema_for!(minewheel_exchange::operator::Imported),
        "exchange-requests" => schemars::schema_for!(Vec<minewheel_exchange::store::events::RequestLine>),
        "exchange-audit" => schemars::schema_for!(Vec<minewheel_exchange::store::accounts::AuditLine>),
        "credits-market" => schemars::schema_for!(super::credits::CreditMarket),
        _ => return None,
    })
}

/// Runs the command.
///
/// # Errors
/// A name that has no schema and no list.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    if let Some(schema) = schema(&arguments.name) {
        print::json(&schema);
        return Ok(());
    }
    let desk = Desk::on_disk(None)?;
    let tables = desk.tables()?;
    let lines: Vec<String> = match arguments.name.as_str() {
        "car" => {
            print::json(&car_file_schema(&tables.chemistries()));
            return Ok(());
        }
        "cycles" => tables.cycles.entries().iter().map(|c| format!("{:<8} {}", c.id, c.title)).collect(),
        "places" => tables
            .places
            .codes()
            .map(|c| tables.places.id(c).map_or_else(|_| c.to_owned(), |p| format!("{c:<6} {}", tables.places.name(p))))
            .collect(),
        "chemistries" => tables.chemistries(),
        "products" => tables.cards.products().iter().map(|p| format!("{:<40} {:<5} {}", p.id, p.unit, p.name)).collect(),
        "methods" => tables.methods.climate_methods().iter().map(|m| (*m).to_owned()).collect(),
        "indicators" => desk.market()?.definitions.iter().map(|d| format!("{:<26} {}", d.indicator, d.title)).collect(),
        other => return Err(Failure::UnknownName { kind: "schema or list", seen: other.to_owned(), known: NAMES.join(", ") }),
    };
    print::data(&lines.join("\n"));
    Ok(())
}
