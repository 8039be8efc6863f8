//! `minewheel case`: published statements, each recomputed, with a verdict and the reason.

use std::fmt::Write as _;

use minewheel_data::store::Store;
use minewheel_industry::cases::credit_trade::{TradeJudgement, TradeYear};
use minewheel_industry::cases::door_ring::{RingCell, RingJudgement};
use minewheel_industry::cases::magnets::{MagnetJudgement, MagnetRow};
use minewheel_industry::cases::twin_unit::{TwinCell, TwinJudgement};
use minewheel_industry::cases::{Cell, Judgement, Outcome, Statement, Verdict, list, run as judge};

use crate::failure::Failure;
use crate::inputs;
use crate::print::{self, Format};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// List the statements
    List {
        /// How to print
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Recompute one and judge it
    Run {
        /// Id of the case
        name: String,
        /// How to print
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
}

/// Runs the command.
///
/// # Errors
/// An unknown case, or one that cannot be computed.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let store = Store::embedded();
    match &arguments.action {
        Action::List { format } => {
            let cases = list(&store)?;
            let rows: Vec<Vec<String>> = cases.iter().map(|c| vec![c.id.clone(), c.year.to_string(), c.title.clone()]).collect();
            match format {
                Format::Json => print::json(&cases),
                Format::Csv => print::data(&print::csv(&["id", "year", "title"], &rows)),
                Format::Table => print::data(&print::table(&["id", "year", "title"], &rows, &[])),
            }
        }
        Action::Run { name, format } => {
            let tables = inputs::tables(None)?;
            let outcome = judge(&store, &tables, name)?;
            match (format, &outcome) {
                (Format::Json, _) => print::json(&outcome),
                (Format::Csv, Outcome::Ratio(j)) => {
                    print::data(&print::csv(&HEADER, &j.grid.iter().chain(&j.catalogue).map(row).collect::<Vec<_>>()));
                }
                (Format::Table, Outcome::Ratio(j)) => print::data(&table(j)),
                (Format::Csv, Outcome::Ring(j)) => print::data(&print::csv(&RING, &j.cars.iter().map(ring_row).collect::<Vec<_>>())),
                (Format::Table, Outcome::Ring(j)) => print::data(&ring_table(j)),
                (Format::Csv, Outcome::Magnets(j)) => print::data(&print::csv(&MAGNETS, &j.machines.iter().map(magnet_row).collect::<Vec<_>>())),
                (Format::Table, Outcome::Magnets(j)) => print::data(&magnet_table(j)),
                (Format::Csv, Outcome::Twin(j)) => print::data(&print::csv(&TWIN, &j.cells.iter().map(twin_row).collect::<Vec<_>>())),
                (Format::Table, Outcome::Twin(j)) => print::data(&twin_table(j)),
                (Format::Csv, Outcome::Trade(j)) => print::data(&print::csv(&TRADE, &j.years.iter().map(trade_row).collect::<Vec<_>>())),
                (Format::Table, Outcome::Trade(j)) => print::data(&trade_table(j)),
            }
        }
    }
    Ok(())
}

const HEADER: [&str; 7] = ["battery car", "fuel car", "kWh", "cells", "from", "ratio", "holds"];

fn row(cell: &Cell) -> Vec<String> {
    vec![
        cell.battery_car.clone(),
        cell.fuel_car.clone(),
        cell.pack_kwh.to_string(),
        cell.chemistry.clone(),
        cell.cells_made_in.clone(),
        format!("{:.2}", cell.ratio),
        if cell.holds { "yes" } else { "no" }.to_owned(),
    ]
}

/// Statement and verdict, as every case begins.
fn opening(case: &Statement, verdict: Verdict, words: &str) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}\n", print::wrap(&case.title));
    let _ = writeln!(text, "{}", print::wrap(&format!("said: {}", case.statement)));
    let _ = writeln!(text, "{}", print::wrap(&format!("by: {} [{}, {}]", case.said_by, case.source, case.status)));
    let word = match verdict {
        Verdict::True => "TRUE",
        Verdict::Depends => "DEPENDS",
        Verdict::False => "FALSE",
        Verdict::NotDecidable => "NOT DECIDABLE",
    };
    let _ = writeln!(text, "\nverdict: {word}\n{}", print::wrap(words));
    text
}

const RING: [&str; 9] = ["car", "frames kg", "share %", "holds", "mass kg", "steel kg", "made kg", "used kg", "life kg"];

fn ring_row(cell: &RingCell) -> Vec<String> {
    vec![
        cell.car.clone(),
        print::figure(cell.frames_kg),
        format!("{:.1}", 100.0 * cell.saved_share),
        if cell.holds { "yes" } else { "no" }.to_owned(),
        print::figure(cell.mass_kg),
        print::figure(cell.bought_kg),
        print::figure(cell.production_kg_co2e),
        print::figure(cell.use_kg_co2e),
        print::figure(cell.life_kg_co2e),
    ]
}

fn ring_table(judgement: &RingJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    text.push_str("\nchanges a car; made, used and life in kg CO2e\n");
    text.push_str(&print::table(&RING, &judgement.cars.iter().map(ring_row).collect::<Vec<_>>(), &[1, 2, 4, 5, 6, 7, 8]));
    let f = &judgement.fleet;
    let _ = writeln!(
        text,
        "\n{}",
        print::wrap(&format!(
            "over {} cars, each the mean of these: {} t of steel bought, {} t CO2e in production, {} t in use, {} t over life",
            f.cars,
            print::figure(f.bought_t),
            print::figure(f.production_t_co2e),
            print::figure(f.use_t_co2e),
            print::figure(f.life_t_co2e)
        ))
    );
    text
}

const MAGNETS: [&str; 8] = ["machine", "maker", "year", "kind", "kW", "magnet g/kW", "Dy+Tb g/kW", "best %"];

fn magnet_row(row: &MagnetRow) -> Vec<String> {
    let unknown = || "–".to_owned();
    vec![
        row.machine.clone(),
        format!("{} ({})", row.maker, row.maker_place),
        row.year.to_string(),
        row.topology.clone(),
        print::figure(row.peak_power_kw),
        row.magnet_g_per_kw.map_or_else(unknown, |g| format!("{g:.1}")),
        row.heavy_g_per_kw.map_or_else(unknown, |(low, high)| format!("{low:.2}–{high:.2}")),
        row.peak_efficiency.map_or_else(unknown, |e| format!("{:.1}", 100.0 * e)),
    ]
}

fn magnet_table(judgement: &MagnetJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    text.push_str("\nper kW of short-time power; heavy rare earths with the leanest and the richest grade\n");
    text.push_str(&print::table(&MAGNETS, &judgement.machines.iter().map(magnet_row).collect::<Vec<_>>(), &[4, 5, 6, 7]));
    text
}

const TWIN: [&str; 8] = ["unit", "machines", "against", "cycle", "mass %", "litre %", "energy %", "holds"];

fn twin_row(cell: &TwinCell) -> Vec<String> {
    vec![
        cell.unit.clone(),
        cell.machines.clone(),
        cell.against.clone(),
        cell.cycle.clone(),
        format!("{:+.1}", cell.mass_percent),
        format!("{:+.1}", cell.volume_percent),
        format!("{:+.2}", cell.energy_percent),
        if cell.holds { "yes" } else { "no" }.to_owned(),
    ]
}

fn twin_table(judgement: &TwinJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    text.push_str("\nchanges of the unit against the other design\n");
    text.push_str(&print::table(&TWIN, &judgement.cells.iter().map(twin_row).collect::<Vec<_>>(), &[4, 5, 6]));
    text
}

const TRADE: [&str; 9] = ["year", "to sell", "average", "affiliates", "to buy", "CNY", "sells M", "buys M", "holds"];

fn trade_row(year: &TradeYear) -> Vec<String> {
    let unknown = || "–".to_owned();
    vec![
        year.year.to_string(),
        print::figure(year.to_sell),
        print::figure(year.average_surplus),
        print::figure(year.from_affiliates),
        print::figure(year.to_buy),
        year.price_cny.map_or_else(unknown, print::figure),
        year.sells_million_cny.map_or_else(unknown, print::figure),
        year.buys_million_cny.map_or_else(unknown, print::figure),
        if year.holds { "yes" } else { "no" }.to_owned(),
    ]
}

fn trade_table(judgement: &TradeJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    text.push_str("\ncredits by accounting year, all scenario; money in million CNY at the upper price\n");
    text.push_str(&print::table(&TRADE, &judgement.years.iter().map(trade_row).collect::<Vec<_>>(), &[1, 2, 3, 4, 5, 6, 7]));
    text
}

fn table(judgement: &Judgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(
        text,
        "{}",
        print::wrap(&format!(
            "The battery is the main reason in {:.0} % of the {} cells where the battery car emits more.",
            100.0 * judgement.battery_is_main_reason,
            judgement.grid.iter().filter(|c| c.battery_share.is_some()).count()
        ))
    );
    let _ = writeln!(text, "{}", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    text.push_str("\nproduction over that of the fuel car, by pack (mean over places of the cells)\n");
    text.push_str(&by_pack(&judgement.grid));
    text.push_str("\nas they stand in the catalogue\n");
    text.push_str(&print::table(&HEADER, &judgement.catalogue.iter().map(row).collect::<Vec<_>>(), &[2, 5]));
    text
}

/// Car and chemistry by pack energy: mean ratio over the places of the cells.
fn by_pack(grid: &[Cell]) -> String {
    let mut packs: Vec<f64> = Vec::new();
    let mut lines: Vec<(String, String)> = Vec::new();
    for cell in grid {
        if !packs.contains(&cell.pack_kwh) {
            packs.push(cell.pack_kwh);
        }
        let key = (cell.battery_car.clone(), cell.chemistry.clone());
        if !lines.contains(&key) {
            lines.push(key);
        }
    }
    let header: Vec<String> = ["car", "cells"].into_iter().map(str::to_owned).chain(packs.iter().map(|p| format!("{p} kWh"))).collect();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let rows: Vec<Vec<String>> = lines
        .iter()
        .map(|(car, chemistry)| {
            let cells = packs.iter().map(|pack| {
                let here: Vec<f64> =
                    grid.iter().filter(|c| &c.battery_car == car && &c.chemistry == chemistry && c.pack_kwh == *pack).map(|c| c.ratio).collect();
                format!("{:.2}", here.iter().sum::<f64>() / here.len() as f64)
            });
            [car.clone(), chemistry.clone()].into_iter().chain(cells).collect()
        })
        .collect();
    print::table(&header, &rows, &(2..header.len()).collect::<Vec<_>>())
}

impl From<minewheel_industry::cases::CaseError> for Failure {
    fn from(error: minewheel_industry::cases::CaseError) -> Self {
        match error {
            minewheel_industry::cases::CaseError::Assess(error) => Self::Assess(error),
            other => Self::Case(other),
        }
    }
}
