//! `minewheel credits`: the credit of a car, the ledger of companies, the market.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use minewheel_data::status::Status;
use minewheel_industry::credits::System;
use minewheel_industry::credits::car::CreditError;
use minewheel_industry::credits::design::{DesignCredit, DesignError, Given, design_credit};
use minewheel_industry::credits::fleets::{FleetError, FleetYear, Fleets, fleets};
use minewheel_industry::credits::ledger::{Ledger, LedgerError, Means, clear};
use minewheel_industry::credits::market::{Equilibrium, Foresight, MarketError, MarketFile, equilibria};
use minewheel_industry::credits::models::plausible_range;
use minewheel_industry::credits::study::{Study, StudyError, StudyFile};
use minewheel_model::drive::RangeRule;
use minewheel_report::credits as report;

use crate::failure::Failure;
use crate::inputs::{self, Desk};
use crate::print::{self, Format, decimals, figure, signed};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// New-energy credit of one car under the edition of a year: factors, slopes, cliffs and what crosses them
    Car(CarArguments),
    /// Both accounts of companies, year after year, and how deficits are cleared
    Ledger(LedgerArguments),
    /// Price of a credit by year, and who pays whom
    Market(MarketArguments),
}

/// Arguments of `credits car`.
#[derive(clap::Args)]
struct CarArguments {
    /// Id of the catalogue, or a TOML file
    car: String,
    /// Accounting year
    #[arg(long, default_value_t = 2025, allow_negative_numbers = true)]
    year: i32,
    /// Kerb mass in kg, in place of the car's
    #[arg(long, value_name = "KG", allow_negative_numbers = true)]
    kerb_mass: Option<f64>,
    /// Range of the approval in km, in place of the model's
    #[arg(long, value_name = "KM", allow_negative_numbers = true)]
    range: Option<f64>,
    /// Consumption of the approval in kWh/100 km, in place of the model's
    #[arg(long, value_name = "KWH", allow_negative_numbers = true)]
    consumption: Option<f64>,
    /// Energy per mass of the pack in Wh/kg, in place of the model's
    #[arg(long, value_name = "WH_PER_KG", allow_negative_numbers = true)]
    density: Option<f64>,
    /// Whether a plug-in hybrid meets the conditions of energy and fuel
    #[arg(long, value_name = "BOOL")]
    meets_conditions: Option<bool>,
    /// Cycle of range and consumption: nedc, cltc or wltp; left out: that of the year's edition
    #[arg(long, value_name = "CYCLE")]
    cycle: Option<String>,
    /// Write the result as one HTML file that carries everything with it and prints to A4
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Arguments of `credits ledger`.
#[derive(clap::Args)]
struct LedgerArguments {
    /// A study (TOML) or its models (CSV); left out: China's industry, 2016 to 2023
    study: Option<PathBuf>,
    /// Whose rules a CSV is counted by: cn, eu, us or uk
    #[arg(long, default_value = "cn")]
    system: String,
    /// Only this year
    #[arg(long, allow_negative_numbers = true)]
    year: Option<i32>,
    /// Which companies may help each other: stated (the study's links) or all (every one every other)
    #[arg(long, value_name = "WORD", default_value = "stated")]
    affiliates: String,
    /// Print every line of the accounts
    #[arg(long)]
    audit: bool,
    /// Write the result as one HTML file that carries everything with it and prints to A4
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Arguments of `credits market`.
#[derive(clap::Args)]
struct MarketArguments {
    /// A study (TOML) with a [market]; left out: China's industry, 2019 to 2023
    study: Option<PathBuf>,
    /// Which companies may help each other: stated (the study's links) or all (every one every other)
    #[arg(long, value_name = "WORD", default_value = "stated")]
    affiliates: String,
    /// What firms know of later years: perfect or none
    #[arg(long, value_name = "WORD")]
    foresight: Option<String>,
    /// Sellers that know their weight, separated by commas
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    cournot: Option<Vec<String>>,
    /// Write the result as one HTML file that carries everything with it and prints to A4
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// The study that ships with the program.
const BUILT_IN: &str = "credits/china.toml";

/// What `credits market` prints: the equilibrium as stated, then after each change.
#[derive(serde::Serialize, schemars::JsonSchema)]
pub struct CreditMarket {
    /// As stated.
    #[serde(flatten)]
    pub stated: Equilibrium,
    /// After each change of the study.
    pub scenarios: Vec<Equilibrium>,
}

/// What a question about credits comes to.
#[derive(serde::Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// A car.
    Car(Box<DesignCredit>),
    /// Both accounts of companies.
    Ledger(Ledger),
    /// Fleets under another system's rules.
    Fleets(Fleets),
    /// The market.
    Market(CreditMarket),
}

/// The credit, the accounts or the market asked for.
///
/// # Errors
/// A car, a study or a market with faults, or a year without a rule.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<Answer, Failure> {
    match &arguments.action {
        Action::Car(arguments) => Ok(Answer::Car(Box::new(car(arguments, desk)?))),
        Action::Ledger(arguments) => ledger(arguments, desk),
        Action::Market(arguments) => Ok(Answer::Market(market(arguments, desk)?.1)),
    }
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.action {
        Action::Car(arguments) => {
            let desk = Desk::on_disk(arguments.data.as_deref())?;
            let found = car(arguments, &desk)?;
            if let Some(file) = &arguments.report {
                inputs::report(file, &report::car(&found, desk.rule_book()?, &inputs::command_line()))?;
            }
            match arguments.format {
                Format::Json => print::json(&found),
                Format::Csv => print::data(&car_csv(&found)),
                Format::Table => print::page(&car_table(&found)),
            }
        }
        Action::Ledger(arguments) => {
            let desk = Desk::on_disk(arguments.data.as_deref())?;
            match ledger(arguments, &desk)? {
                Answer::Fleets(found) => {
                    if let Some(file) = &arguments.report {
                        inputs::report(file, &report::fleets(&found, desk.rule_book()?, &inputs::command_line()))?;
                    }
                    print_fleets(&found, arguments);
                }
                Answer::Ledger(found) => {
                    if let Some(file) = &arguments.report {
                        inputs::report(file, &report::ledger(&found, desk.rule_book()?, &inputs::command_line()))?;
                    }
                    print_ledger(&found, arguments);
                }
                Answer::Car(_) | Answer::Market(_) => {}
            }
        }
        Action::Market(arguments) => {
            let (study, output) = market(arguments, &Desk::on_disk(arguments.data.as_deref())?)?;
            if let Some(file) = &arguments.report {
                inputs::report(file, &report::market(&study.title, &output.stated, &output.scenarios, &inputs::command_line()))?;
            }
            match arguments.format {
                Format::Json => print::json(&output),
                Format::Csv => print::data(&market_csv(&output)),
                Format::Table => print::page(&market_table(&study, &output)),
            }
            if study.is_partial {
                print::note(&print::wrap("note: the study does not hold every company: these are prices among its companies, not of the industry"));
            }
        }
    }
    Ok(())
}

fn car(arguments: &CarArguments, desk: &Desk) -> Result<DesignCredit, Failure> {
    let (tables, book) = (desk.tables()?, desk.rule_book()?);
    let design = desk.car(&arguments.car)?;
    let cycle = match arguments.cycle.as_deref() {
        None => None,
        Some(word) => {
            let known = [RangeRule::Nedc, RangeRule::Cltc, RangeRule::Wltp];
            let unknown = || Failure::UnknownName { kind: "cycle of the credit", seen: word.to_owned(), known: "nedc, cltc, wltp".to_owned() };
            Some(known.into_iter().find(|r| r.word() == word).ok_or_else(unknown)?)
        }
    };
    for (option, seen) in
        [("kerb-mass", arguments.kerb_mass), ("range", arguments.range), ("consumption", arguments.consumption), ("density", arguments.density)]
    {
        if let Some(seen) = seen.filter(|s| !(s.is_finite() && *s > 0.0)) {
            return Err(Failure::Option { option, seen: seen.to_string(), wanted: "a number above nought".to_owned() });
        }
    }
    for (option, column, seen) in [("kerb-mass", "kerb_mass_kg", arguments.kerb_mass), ("density", "density_wh_per_kg", arguments.density)] {
        let Some((least, most, unit)) = plausible_range(column) else { continue };
        if let Some(seen) = seen.filter(|s| !(least..=most).contains(s)) {
            return Err(Failure::Option { option, seen: seen.to_string(), wanted: format!("{least} to {most} {unit}") });
        }
    }
    let given = Given {
        kerb_mass_kg: arguments.kerb_mass,
        range_km: arguments.range,
        consumption_kwh_per_100km: arguments.consumption,
        density_wh_per_kg: arguments.density,
        meets_conditions: arguments.meets_conditions,
        cycle,
    };
    Ok(design_credit(&design, tables, book, arguments.year, &given)?)
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), figure)
}

/// Credits, whole and in groups of thousands.
fn whole(value: f64) -> String {
    let text = format!("{:.0}", value.abs().round());
    let mut grouped = String::new();
    for (i, digit) in text.chars().enumerate() {
        if i > 0 && (text.len() - i).is_multiple_of(3) {
            grouped.push('\u{a0}');
        }
        grouped.push(digit);
    }
    if value.round() < 0.0 { format!("−{grouped}") } else { grouped }
}

fn car_table(found: &DesignCredit) -> String {
    let c = &found.credit;
    let mut text = String::new();
    let _ = writeln!(text, "{}, accounting year {}, {} [{}]\n", found.car, c.year, c.edition, c.weakest_status);
    let facts = &found.facts;
    let origin = |name: &str| if found.given.contains(&name) { "given".to_owned() } else { "model".to_owned() };
    let rows = vec![
        vec!["kerb mass kg".to_owned(), figure(facts.kerb_mass_kg), origin("kerb_mass_kg")],
        vec![format!("range km ({})", found.cycle), number(facts.range_km), origin("range_km")],
        vec!["kWh/100 km".to_owned(), number(facts.consumption_kwh_per_100km), origin("consumption_kwh_per_100km")],
        vec!["pack Wh/kg".to_owned(), number(facts.density_wh_per_kg), origin("density_wh_per_kg")],
        vec!["energy line kWh/100 km".to_owned(), number(c.energy_line_kwh_per_100km), "rule".to_owned()],
        vec!["standard credit".to_owned(), format!("{:.3}", c.standard), if c.standard_is_capped { "capped" } else { "rule" }.to_owned()],
        vec!["× range".to_owned(), format!("{:.3}", c.factors.range), String::new()],
        vec!["× density".to_owned(), format!("{:.3}", c.factors.density), String::new()],
        vec!["× energy".to_owned(), format!("{:.3}", c.factors.energy), String::new()],
        vec!["credit".to_owned(), format!("{:.3}", c.credit), String::new()],
    ];
    text.push_str(&print::table(&["figure", "value", "from"], &rows, &[1]));
    text.push_str("\ncliffs, the other figures held\n");
    let cliffs: Vec<Vec<String>> = c
        .cliffs
        .iter()
        .map(|k| vec![k.quantity.to_owned(), figure(k.at), figure(k.distance), decimals(k.credit_across, 3), signed(k.gain, 3)])
        .collect();
    text.push_str(&print::table(&["figure", "at", "away", "credit across", "gain"], &cliffs, &[1, 2, 3, 4]));
    if !found.design_slopes.is_empty() {
        text.push_str("\nslopes by design, all that follows included\n");
        let slope =
            |s: &minewheel_industry::credits::design::DesignSlope| vec![s.lever.word().to_owned(), signed(s.credit_per_unit, 4), s.unit.to_owned()];
        text.push_str(&print::table(&["lever", "credit per unit", "unit"], &found.design_slopes.iter().map(slope).collect::<Vec<_>>(), &[1]));
    }
    if !found.crossings.is_empty() {
        text.push_str("\nwhat crosses a cliff, the cheapest first\n");
        let rows: Vec<Vec<String>> = found
            .crossings
            .iter()
            .map(|k| {
                vec![
                    format!("{} {}", k.quantity, figure(k.at)),
                    k.lever.word().to_owned(),
                    format!("{} {}", figure(k.change), if k.unit == "1" { "" } else { k.unit }).trim_end().to_owned(),
                    decimals(k.credit, 3),
                    k.cost_usd.map_or_else(|| "no price".to_owned(), figure),
                ]
            })
            .collect();
        text.push_str(&print::table(&["cliff", "lever", "change", "credit", "USD"], &rows, &[2, 3, 4]));
    }
    text
}

fn car_csv(found: &DesignCredit) -> String {
    let c = &found.credit;
    let header = ["car", "year", "edition", "credit", "standard", "range_factor", "density_factor", "energy_factor", "weakest_status"];
    let row = vec![
        found.car.clone(),
        c.year.to_string(),
        c.edition.clone(),
        c.credit.to_string(),
        c.standard.to_string(),
        c.factors.range.to_string(),
        c.factors.density.to_string(),
        c.factors.energy.to_string(),
        c.weakest_status.to_string(),
    ];
    print::csv(&header, &[row])
}

/// A study and, if its file has one, its market.
fn study(path: Option<&Path>, system: System, desk: &Desk) -> Result<(Study, Option<MarketFile>), Failure> {
    let Some(path) = path else {
        let text = desk.store().text(BUILT_IN).unwrap_or_default();
        let file = StudyFile::parse(BUILT_IN, text).map_err(|e| Failure::Credits(e.to_string()))?;
        return Ok((file.study(BUILT_IN, None).map_err(|found| faults(&found))?, file.market));
    };
    let name = path.display().to_string();
    let text = desk.text(path)?;
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv")) {
        return Ok((Study::of_models(&name, &text, system).map_err(|found| faults(&found))?, None));
    }
    let file = StudyFile::parse(&name, &text).map_err(|e| Failure::Credits(e.to_string()))?;
    let models = match file.models() {
        Some(models) => {
            let beside = path.parent().unwrap_or(Path::new("")).join(models);
            Some((models.to_owned(), desk.text(&beside)?))
        }
        None => None,
    };
    let found = file.study(&name, models.as_ref().map(|(n, t)| (n.as_str(), t.as_str()))).map_err(|found| faults(&found))?;
    Ok((found, file.market))
}

fn linked(study: Study, word: &str) -> Result<Study, Failure> {
    match word {
        "stated" => Ok(study),
        "all" => Ok(study.all_affiliated()),
        seen => Err(Failure::UnknownName { kind: "choice of affiliates", seen: seen.to_owned(), known: "stated, all".to_owned() }),
    }
}

fn faults(found: &[StudyError]) -> Failure {
    Failure::Credits(found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

fn ledger(arguments: &LedgerArguments, desk: &Desk) -> Result<Answer, Failure> {
    let book = desk.rule_book()?;
    let words = System::ALL.map(System::word).join(", ");
    let unknown = || Failure::UnknownName { kind: "system of credits", seen: arguments.system.clone(), known: words };
    let system = System::ALL.into_iter().find(|s| s.word() == arguments.system).ok_or_else(unknown)?;
    let (study, _) = study(arguments.study.as_deref(), system, desk)?;
    let study = linked(study, &arguments.affiliates)?;
    if let Some(year) = arguments.year
        && !study.years().contains(&year)
    {
        let years: Vec<String> = study.years().iter().map(ToString::to_string).collect();
        return Err(Failure::Option { option: "year", seen: year.to_string(), wanted: format!("a year of the study: {}", years.join(", ")) });
    }
    if study.system != System::Cn {
        let mut found = fleets(book, &study)?;
        found.companies.retain(|c| arguments.year.is_none_or(|y| (c.first_year..=c.year).contains(&y)));
        return Ok(Answer::Fleets(found));
    }
    let mut found = clear(book, &study)?;
    if let Some(year) = arguments.year {
        found.companies.retain(|c| c.year == year);
        found.trades.retain(|t| t.year == year);
        found.totals.retain(|t| t.as_ref().is_none_or(|t| t.year == year));
    }
    Ok(Answer::Ledger(found))
}

fn print_fleets(found: &Fleets, arguments: &LedgerArguments) {
    match arguments.format {
        Format::Json => print::json(found),
        Format::Csv => print::data(&fleet_csv(found)),
        Format::Table => print::page(&fleet_table(found, arguments.audit)),
    }
    if arguments.format != Format::Json {
        print::notices(&found.notices);
    }
}

fn print_ledger(found: &Ledger, arguments: &LedgerArguments) {
    match arguments.format {
        Format::Json => print::json(found),
        Format::Csv => print::data(&ledger_csv(found)),
        Format::Table => {
            print::page(&ledger_table(found, arguments.audit));
            for reason in &found.partial {
                print::note(&print::wrap(&format!("note: no totals of {reason}")));
            }
        }
    }
}

const FLEETS: [&str; 10] = ["company", "years", "cars", "actual", "target", "unit", "balance", "traded", "open", "payment"];

fn fleet_row(c: &FleetYear) -> Vec<String> {
    vec![
        c.company.clone(),
        if c.first_year == c.year { c.year.to_string() } else { format!("{}–{}", c.first_year, c.year) },
        figure(c.volume),
        figure(c.actual),
        figure(c.target),
        c.unit.to_owned(),
        figure(c.balance),
        figure(c.bought - c.sold),
        figure(c.open),
        format!("{} {}", figure(c.payment), c.currency),
    ]
}

/// Every amount of a fleet's account with its name, in the order in which it is cleared.
fn fleet_amounts(c: &FleetYear) -> [(&'static str, f64); 13] {
    [
        ("volume", c.volume),
        ("actual", c.actual),
        ("target", c.target),
        ("balance", c.balance),
        ("repaid", c.repaid),
        ("from_bank", c.from_bank),
        ("transferred", c.transferred),
        ("bought", c.bought),
        ("sold", c.sold),
        ("borrowed", c.borrowed),
        ("owed", c.owed),
        ("open", c.open),
        ("payment", c.payment),
    ]
}

fn fleet_csv(found: &Fleets) -> String {
    let amounts = found.companies.first().map(fleet_amounts).into_iter().flatten().map(|a| a.0);
    let header: Vec<&str> = ["company", "first_year", "year"].into_iter().chain(amounts).chain(["unit", "currency"]).collect();
    let row = |c: &FleetYear| {
        let names = [c.company.clone(), c.first_year.to_string(), c.year.to_string()];
        let amounts = fleet_amounts(c).map(|a| a.1.to_string());
        names.into_iter().chain(amounts).chain([c.unit.to_owned(), c.currency.to_owned()]).collect()
    };
    print::csv(&header, &found.companies.iter().map(row).collect::<Vec<_>>())
}

fn fleet_table(found: &Fleets, has_audit: bool) -> String {
    let mut text = format!("{}, {} [{}]\n\n", found.title, found.system, found.weakest_status);
    text.push_str(&print::tight_table(&FLEETS, &found.companies.iter().map(fleet_row).collect::<Vec<_>>(), &[2, 3, 4, 6, 7, 8, 9]));
    let helped: Vec<_> = found.companies.iter().filter(|c| c.transferred + c.borrowed + c.repaid + c.owed > 0.0).collect();
    if !helped.is_empty() {
        let row = |c: &&FleetYear| {
            let figures = [c.from_bank, c.transferred, c.borrowed, c.repaid, c.owed].map(figure);
            [c.company.clone(), c.year.to_string()].into_iter().chain(figures).collect()
        };
        let header = ["company", "year", "from the bank", "CO2 savings", "borrowed", "given back", "owed"];
        text.push('\n');
        text.push_str(&print::tight_table(&header, &helped.iter().map(row).collect::<Vec<_>>(), &[2, 3, 4, 5, 6]));
    }
    if has_audit {
        for c in &found.companies {
            let _ = writeln!(text, "\n{} {}", c.company, c.year);
            for (name, amount) in fleet_amounts(c).into_iter().filter(|a| a.1 != 0.0) {
                let _ = writeln!(text, "  {name}: {amount:.4}");
            }
            for sale in found.trades.iter().filter(|t| t.year == c.year && t.buyer == c.company) {
                let _ = writeln!(text, "  from {}: {:.4}", sale.seller, sale.credits);
            }
        }
        text.push_str("\nrules\n");
        for rule in &found.rules {
            let _ = writeln!(text, "{}", print::wrap(&format!("  {} ({}, {}): {}", rule.item, rule.edition, rule.locator, rule.status)));
        }
    }
    text
}

/// What cleared a company's deficits, in few words.
fn cleared(line: &minewheel_industry::credits::ledger::CompanyYear) -> String {
    let sum = |means: Means| -> f64 { line.cleared_by.iter().filter(|c| c.by == means).map(|c| c.credits).sum() };
    let means = [
        (Means::CarriedCafc, "carried"),
        (Means::AffiliateCafc, "sister"),
        (Means::OwnNev, "own NEV"),
        (Means::Pool, "pool"),
        (Means::BoughtNev, "bought"),
    ];
    let parts: Vec<String> = means.into_iter().filter(|(m, _)| sum(*m) > 0.0).map(|(m, word)| format!("{word} {}", thousands(sum(m)))).collect();
    parts.join(", ")
}

const LEDGER: [&str; 8] = ["company", "year", "target", "actual", "CAFC", "NEV", "cleared by", "open"];

/// Credits in thousands, as the ledger prints them.
fn thousands(value: f64) -> String {
    let tenths = (value / 100.0).round();
    let text = whole((tenths.abs() / 10.0).floor());
    let sign = if tenths < 0.0 { "−" } else { "" };
    format!("{sign}{text}.{}", tenths.abs() % 10.0)
}

fn ledger_table(found: &Ledger, has_audit: bool) -> String {
    let mut text = format!("{} [{}]\naverages in L/100km, credits in thousands\n\n", found.title, found.weakest_status);
    let rows: Vec<Vec<String>> = found
        .companies
        .iter()
        .map(|c| {
            let average = |v: Option<f64>| v.map_or_else(|| "–".to_owned(), |v| format!("{v:.2}"));
            vec![
                if c.is_scenario { format!("{}*", c.company) } else { c.company.clone() },
                c.year.to_string(),
                average(c.cafc_target),
                average(c.cafc_actual),
                c.cafc_credits.map_or_else(|| "–".to_owned(), thousands),
                c.balance.map_or_else(|| "–".to_owned(), thousands),
                cleared(c),
                thousands(c.cafc_open + c.nev_open),
            ]
        })
        .collect();
    text.push_str(&print::table(&LEDGER, &rows, &[2, 3, 4, 5, 7]));
    if found.companies.iter().any(|c| c.is_scenario) {
        text.push_str("* scenario: rests on suppositions, and is no record\n");
    }
    let totals: Vec<Vec<String>> = found
        .totals
        .iter()
        .flatten()
        .map(|t| {
            vec![
                t.year.to_string(),
                thousands(t.offered),
                thousands(t.outside_need),
                t.ratio.map_or_else(|| "–".to_owned(), |r| format!("{r:.2}")),
                thousands(t.stored),
                thousands(t.released),
                thousands(t.open),
            ]
        })
        .collect();
    if !totals.is_empty() {
        text.push_str("\nnew-energy credits of all companies, in thousands\n");
        text.push_str(&print::table(&["year", "offered", "needed", "ratio", "stored", "released", "open"], &totals, &[1, 2, 3, 4, 5, 6]));
    }
    if has_audit {
        for company in &found.companies {
            let _ = writeln!(text, "\n{} {}", company.company, company.year);
            for line in &company.audit {
                let _ = writeln!(text, "{}", print::wrap(&format!("  {}: {:.4} {}", line.step, line.value, line.unit)));
            }
        }
    }
    text
}

fn ledger_csv(found: &Ledger) -> String {
    let header = [
        "company",
        "year",
        "volume",
        "cafc_target",
        "cafc_actual",
        "cafc_credits",
        "nev_target",
        "nev_credits",
        "balance",
        "cafc_open",
        "nev_open",
        "cafc_kept",
        "nev_kept",
        "is_scenario",
        "weakest_status",
    ];
    let text = |v: Option<f64>| v.map_or_else(String::new, |v| v.to_string());
    let rows: Vec<Vec<String>> = found
        .companies
        .iter()
        .map(|c| {
            vec![
                c.company.clone(),
                c.year.to_string(),
                text(c.volume),
                text(c.cafc_target),
                text(c.cafc_actual),
                text(c.cafc_credits),
                text(c.nev_target),
                text(c.nev_credits),
                text(c.balance),
                c.cafc_open.to_string(),
                c.nev_open.to_string(),
                c.cafc.kept.to_string(),
                c.nev.kept.to_string(),
                c.is_scenario.to_string(),
                c.weakest_status.to_string(),
            ]
        })
        .collect();
    print::csv(&header, &rows)
}

fn market(arguments: &MarketArguments, desk: &Desk) -> Result<(Study, CreditMarket), Failure> {
    let book = desk.rule_book()?;
    let (study, terms) = study(arguments.study.as_deref(), System::Cn, desk)?;
    let study = linked(study, &arguments.affiliates)?;
    let Some(mut terms) = terms else {
        return Err(Failure::Credits("the study has no [market] with discount_rate, ceiling_cny_per_credit and status".to_owned()));
    };
    match arguments.foresight.as_deref() {
        None => {}
        Some("perfect") => terms.foresight = Foresight::Perfect,
        Some("none") => terms.foresight = Foresight::None,
        Some(word) => return Err(Failure::UnknownName { kind: "foresight", seen: word.to_owned(), known: "perfect, none".to_owned() }),
    }
    if let Some(sellers) = &arguments.cournot {
        terms.cournot.clone_from(sellers);
    }
    let mut found = equilibria(book, &study, &terms)?.into_iter();
    let Some(stated) = found.next() else { return Err(Failure::Credits("the market has no equilibrium".to_owned())) };
    Ok((study, CreditMarket { stated, scenarios: found.collect() }))
}

fn market_csv(output: &CreditMarket) -> String {
    let mut rows = Vec::new();
    for equilibrium in std::iter::once(&output.stated).chain(&output.scenarios) {
        for (year, price) in &equilibrium.price_cny_per_credit {
            rows.push(vec![
                equilibrium.scenario.clone(),
                "price".to_owned(),
                year.to_string(),
                String::new(),
                String::new(),
                price.to_string(),
                String::new(),
            ]);
        }
        for t in &equilibrium.trades {
            let row = [equilibrium.scenario.as_str(), "trade", &t.year.to_string(), &t.seller, &t.buyer, &t.credits.to_string(), &t.cny.to_string()];
            rows.push(row.map(str::to_owned).to_vec());
        }
    }
    print::csv(&["scenario", "kind", "year", "seller", "buyer", "value", "cny"], &rows)
}

/// Yuan in a million, as money is printed.
const CNY_PER_MILLION: f64 = 1e6;

fn market_table(study: &Study, output: &CreditMarket) -> String {
    let mut text = format!("{} [{}]\n", study.title, output.stated.weakest_status);
    if output.stated.weakest_status == Status::Assumption {
        text.push_str("a scenario: costs, links or accounts are supposed\n");
    }
    text.push_str("\nprice of a credit in CNY by accounting year, traded in the year after\n");
    let years: Vec<i32> = output.stated.price_cny_per_credit.keys().copied().collect();
    let header: Vec<String> = std::iter::once("scenario".to_owned()).chain(years.iter().map(ToString::to_string)).collect();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let row = |e: &Equilibrium| -> Vec<String> {
        let prices = years.iter().map(|y| e.price_cny_per_credit.get(y).map_or_else(|| "–".to_owned(), |p| whole(*p)));
        std::iter::once(e.scenario.clone()).chain(prices).collect()
    };
    let rows: Vec<Vec<String>> = std::iter::once(&output.stated).chain(&output.scenarios).map(row).collect();
    text.push_str(&print::table(&header, &rows, &(1..header.len()).collect::<Vec<_>>()));
    text.push_str("\nwho pays whom, as stated\n");
    let trades: Vec<Vec<String>> = output
        .stated
        .trades
        .iter()
        .map(|t| vec![t.year.to_string(), t.buyer.clone(), t.seller.clone(), whole(t.credits), figure(t.cny / CNY_PER_MILLION)])
        .collect();
    text.push_str(&print::table(&["year", "buyer", "seller", "credits", "million CNY"], &trades, &[3, 4]));
    if !output.stated.years_of_any_split.is_empty() {
        let years = output.stated.years_of_any_split.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let line = format!(
            "in {years} a credit bought costs as much as one made, so who buys is one of many answers; credits ledger, without a price, shares what is offered by need"
        );
        let _ = writeln!(text, "{}", print::wrap(&line));
    }
    text
}

impl From<DesignError> for Failure {
    fn from(error: DesignError) -> Self {
        match error {
            DesignError::Assess(error) => Self::Assess(*error),
            DesignError::Credit(error) => error.into(),
        }
    }
}
impl From<CreditError> for Failure {
    fn from(error: CreditError) -> Self {
        Self::Credits(error.to_string())
    }
}
impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        Self::Credits(error.to_string())
    }
}
impl From<FleetError> for Failure {
    fn from(error: FleetError) -> Self {
        Self::Credits(error.to_string())
    }
}
impl From<MarketError> for Failure {
    fn from(error: MarketError) -> Self {
        Self::Credits(error.to_string())
    }
}
