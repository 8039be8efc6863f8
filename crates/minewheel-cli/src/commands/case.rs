//! `minewheel case`: published statements, each recomputed, with a verdict and the reason.

use std::fmt::Write as _;

use minewheel_data::store::Store;
use minewheel_industry::cases::battery_reason::ReasonJudgement;
use minewheel_industry::cases::dominance::{DominanceJudgement, DominanceRow};
use minewheel_industry::cases::credit_trade::{TradeJudgement, TradeYear};
use minewheel_industry::cases::door_ring::{RingCell, RingJudgement};
use minewheel_industry::cases::magnets::{MagnetJudgement, MagnetRow};
use minewheel_industry::cases::output::{OutputJudgement, OutputPart};
use minewheel_industry::cases::rule_clauses::{ClaimLine as SaidLine, ClauseJudgement, CompanyLine};
use minewheel_industry::cases::market_claims::{ClaimJudgement, ClaimLine};
use minewheel_industry::cases::ownership_level::{LevelJudgement, LevelLine};
use minewheel_industry::cases::retired_mass::{RetiredJudgement, RetiredLine};
use minewheel_industry::cases::twin_unit::{TwinCell, TwinJudgement};
use minewheel_industry::cases::{Cell, Judgement, Outcome, Statement, Verdict, list, run as judge};

use crate::failure::Failure;
use crate::inputs;
use crate::print::{self, Format, figure};

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
                (Format::Csv, Outcome::Clauses(j)) => print::data(&print::csv(&COMPANIES, &j.companies.iter().map(company_row).collect::<Vec<_>>())),
                (Format::Table, Outcome::Clauses(j)) => print::data(&clause_table(j)),
                (Format::Csv, Outcome::Output(j)) => print::data(&print::csv(&PARTS, &j.parts.iter().map(part_row).collect::<Vec<_>>())),
                (Format::Table, Outcome::Output(j)) => print::data(&output_table(j)),
                (Format::Csv, Outcome::Reason(j)) => {
                    print::data(&print::csv(&REASON, &j.grid.iter().chain(&j.catalogue).map(reason_row).collect::<Vec<_>>()));
                }
                (Format::Table, Outcome::Reason(j)) => print::data(&reason_table(j)),
                (Format::Csv, Outcome::Claims(j)) => print::data(&print::csv(&CLAIMS, &j.lines.iter().map(claim_row).collect::<Vec<_>>())),
                (Format::Table, Outcome::Claims(j)) => print::data(&claim_table(j)),
                (Format::Csv, Outcome::Level(j)) => print::data(&print::csv(&LEVELS, &j.lines.iter().map(level_row).collect::<Vec<_>>())),
                (Format::Table, Outcome::Level(j)) => print::data(&level_table(j)),
                (Format::Csv, Outcome::Retired(j)) => print::data(&print::csv(&RETIRED, &j.lines.iter().map(retired_row).collect::<Vec<_>>())),
                (Format::Table, Outcome::Retired(j)) => print::data(&retired_table(j)),
                (Format::Csv, Outcome::Dominance(j)) => {
                    print::data(&print::csv(&DOMINANCE, &j.tiers.iter().map(dominance_row).collect::<Vec<_>>()));
                }
                (Format::Table, Outcome::Dominance(j)) => print::data(&dominance_table(j)),
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

const DOMINANCE: [&str; 7] = ["commodity", "tier", "share %", "most", "HHI", "bought %", "holds"];

fn dominance_row(row: &DominanceRow) -> Vec<String> {
    vec![
        row.commodity.clone(),
        row.tier.clone(),
        format!("{:.0}", 100.0 * row.share),
        row.largest.clone(),
        format!("{:.2}", row.hhi),
        format!("{:.0}", 100.0 * row.dependence),
        if row.holds { "yes" } else { "no" }.to_owned(),
    ]
}

fn dominance_table(judgement: &DominanceJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let rows: Vec<Vec<String>> = judgement.tiers.iter().map(dominance_row).collect();
    let _ = writeln!(text, "\n{}", print::table(&DOMINANCE, &rows, &[2, 4, 5]));
    let _ = writeln!(text, "rule: {}", print::wrap(&judgement.rule.rule).trim_start());
    text
}

const RING: [&str; 9] = ["car", "frames kg", "share %", "holds", "mass kg", "steel kg", "made kg", "used kg", "life kg"];

fn ring_row(cell: &RingCell) -> Vec<String> {
    vec![
        cell.car.clone(),
        figure(cell.frames_kg),
        format!("{:.1}", 100.0 * cell.saved_share),
        if cell.holds { "yes" } else { "no" }.to_owned(),
        figure(cell.mass_kg),
        figure(cell.bought_kg),
        figure(cell.production_kg_co2e),
        figure(cell.use_kg_co2e),
        figure(cell.life_kg_co2e),
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
            figure(f.bought_t),
            figure(f.production_t_co2e),
            figure(f.use_t_co2e),
            figure(f.life_t_co2e)
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
        figure(row.peak_power_kw),
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

const COMPANIES: [&str; 4] = ["output/capacity %", "research/revenue %", "verdict", "margins in points"];

fn company_row(line: &CompanyLine) -> Vec<String> {
    let margins: Vec<String> = line.margins.iter().map(|(clause, margin)| format!("{clause} {margin:+.1}")).collect();
    vec![line.capacity_use_percent.to_string(), line.research_share_percent.to_string(), line.verdict.word().to_owned(), margins.join(", ")]
}

fn clause_table(judgement: &ClauseJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    let _ = writeln!(text, "\nwhat was said beside {}", judgement.edition);
    let none = || "–".to_owned();
    let row = |c: &SaidLine| {
        let status = c.status.map_or_else(none, |s| s.to_string());
        vec![c.clause.clone(), c.said.clone(), c.asked.clone().unwrap_or_else(none), if c.agrees { "yes" } else { "no" }.to_owned(), status]
    };
    text.push_str(&print::table(&["clause", "said", "asked", "agrees", "status"], &judgement.claims.iter().map(row).collect::<Vec<_>>(), &[]));
    text.push_str("\ncompanies tried, by these clauses alone\n");
    text.push_str(&print::table(&COMPANIES, &judgement.companies.iter().map(company_row).collect::<Vec<_>>(), &[0, 1]));
    text
}

const PARTS: [&str; 7] = ["use", "chemistry", "GWh", "line Wh/kg", "cells Wh/kg", "stand", "status"];

fn part_row(part: &OutputPart) -> Vec<String> {
    let none = || "–".to_owned();
    vec![
        part.r#use.clone(),
        part.chemistry.clone().unwrap_or_else(|| "not on record".to_owned()),
        figure(part.gwh),
        part.line_wh_per_kg.map_or_else(none, figure),
        part.cells_wh_per_kg.map_or_else(none, |[low, high]| format!("{low}–{high}")),
        part.stand.word().to_owned(),
        part.status.to_string(),
    ]
}

fn output_table(judgement: &OutputJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    text.push('\n');
    text.push_str(&print::table(&PARTS, &judgement.parts.iter().map(part_row).collect::<Vec<_>>(), &[2, 3]));
    text
}

const REASON: [&str; 6] = ["battery car", "kWh", "cells", "from", "ratio", "pack / extra"];

fn reason_row(cell: &Cell) -> Vec<String> {
    vec![
        cell.battery_car.clone(),
        cell.pack_kwh.to_string(),
        cell.chemistry.clone(),
        cell.cells_made_in.clone(),
        format!("{:.2}", cell.ratio),
        cell.battery_share.map_or_else(|| "emits less".to_owned(), |s| format!("{s:.2}")),
    ]
}

/// Car and pack: range of the ratio, and of the pack's share of the difference.
fn reasons_by_pack(grid: &[Cell]) -> Vec<Vec<String>> {
    let mut packs: Vec<(&str, f64)> = Vec::new();
    for cell in grid {
        let key = (cell.battery_car.as_str(), cell.pack_kwh);
        if !packs.contains(&key) {
            packs.push(key);
        }
    }
    let range = |numbers: Vec<f64>| {
        let (low, high) = numbers.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), n| (l.min(*n), h.max(*n)));
        if numbers.is_empty() { "–".to_owned() } else { format!("{low:.2}–{high:.2}") }
    };
    packs
        .iter()
        .map(|(car, kwh)| {
            let of: Vec<&Cell> = grid.iter().filter(|c| c.battery_car == *car && c.pack_kwh == *kwh).collect();
            let (ratios, shares) = (of.iter().map(|c| c.ratio).collect(), of.iter().filter_map(|c| c.battery_share).collect());
            vec![(*car).to_owned(), kwh.to_string(), range(ratios), range(shares)]
        })
        .collect()
}

fn reason_table(judgement: &ReasonJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    text.push_str("\nlowest to highest over chemistries and places of the cells\n");
    text.push_str(&print::table(&["battery car", "kWh", "ratio", "pack / extra"], &reasons_by_pack(&judgement.grid), &[1, 2, 3]));
    text.push_str("\nas they stand in the catalogue\n");
    text.push_str(&print::table(&REASON, &judgement.catalogue.iter().map(reason_row).collect::<Vec<_>>(), &[1, 4, 5]));
    text
}

const CLAIMS: [&str; 5] = ["part", "said", "ours", "verdict", "why"];

/// A share as a percentage, a count in full.
fn said(value: f64) -> String {
    if value.abs() < 10.0 { format!("{:+.1} %", 100.0 * value) } else { format!("{value:.0}") }
}

fn claim_row(line: &ClaimLine) -> Vec<String> {
    let word = match line.verdict {
        Verdict::True => "holds",
        Verdict::False => "fails",
        Verdict::Depends | Verdict::NotDecidable => "no data",
    };
    vec![line.what.clone(), said(line.said), line.ours.map_or_else(|| "–".to_owned(), said), word.to_owned(), line.reason.clone()]
}

fn claim_table(judgement: &ClaimJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}\n", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    for row in judgement.lines.iter().map(claim_row) {
        let _ = writeln!(text, "{}", print::wrap(&format!("- {}: said {}, ours {}: {}; {}", row[0], row[1], row[2], row[3], row[4])));
    }
    text
}

const LEVELS: [&str; 5] = ["counts", "saturation", "income", "year", "at the end"];

fn level_row(line: &LevelLine) -> Vec<String> {
    vec![
        line.reached.counts.clone(),
        figure(line.reached.saturation),
        format!("{:+.0} %", 100.0 * line.growth_shift),
        line.reached.year.map_or_else(|| "never".to_owned(), |y| y.to_string()),
        figure(line.reached.at_last),
    ]
}

fn level_table(judgement: &LevelJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    text.push_str("\nper 1,000 people; income: growth a year more or less than the table's\n");
    text.push_str(&print::table(&LEVELS, &judgement.lines.iter().map(level_row).collect::<Vec<_>>(), &[1, 2, 3, 4]));
    text
}

const RETIRED: [&str; 7] = ["years", "exits M", "rounding", "Mt", "taken back M", "formal %", "status"];

fn retired_row(line: &RetiredLine) -> Vec<String> {
    let million = |v: Option<f64>| v.map_or_else(|| "–".to_owned(), |v| format!("{:.2}", v / 1e6));
    vec![
        line.period.clone(),
        million(line.exits),
        million(line.rounding),
        line.exits_mt.map_or_else(|| "–".to_owned(), |m| format!("{m:.0}")),
        million(line.taken_back),
        line.formal_share.map_or_else(|| "–".to_owned(), |[low, high]| format!("{:.0}–{:.0}", 100.0 * low, 100.0 * high)),
        line.status.map_or_else(|| "–".to_owned(), |s| s.to_string()),
    ]
}

fn retired_table(judgement: &RetiredJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}\n", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    text.push_str(&print::table(&RETIRED, &judgement.lines.iter().map(retired_row).collect::<Vec<_>>(), &[1, 2, 3, 4, 5]));
    text
}

const TRADE: [&str; 9] = ["year", "to sell", "average", "affiliates", "to buy", "CNY", "sells M", "buys M", "holds"];

fn trade_row(year: &TradeYear) -> Vec<String> {
    let unknown = || "–".to_owned();
    vec![
        year.year.to_string(),
        figure(year.to_sell),
        figure(year.average_surplus),
        figure(year.from_affiliates),
        figure(year.to_buy),
        year.price_cny.map_or_else(unknown, figure),
        year.sells_million_cny.map_or_else(unknown, figure),
        year.buys_million_cny.map_or_else(unknown, figure),
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
