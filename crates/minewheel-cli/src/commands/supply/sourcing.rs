//! `minewheel supply CAR --ban …`: what rules of sourcing cost, and what they cannot have.

use std::fmt::Write as _;
use std::path::Path;

use clap::ValueEnum;
use minewheel_assess::AssessError;
use minewheel_assess::scenario::{GridChoice, Preset, Scenario};
use minewheel_data::car::CarDesign;
use minewheel_data::places::PlaceId;
use minewheel_industry::supply::SupplyError;
use minewheel_industry::supply::sourcing::report::{SourcedTier, SourcingReport};
use minewheel_industry::supply::sourcing::{Objective, Part, PlaceShare, Rules, Sourcing, source};

use crate::failure::Failure;
use crate::inputs::Desk;
use crate::print::{self, Format, figure};

/// Rules of sourcing. Any of them solves who may supply.
#[derive(clap::Args)]
pub struct SourcingArguments {
    /// A place that must not supply; may be given several times
    #[arg(long, value_name = "PLACE", help_heading = "Sourcing")]
    ban: Vec<String>,
    /// The largest share of a place in any market: `CN=0.5`
    #[arg(long, value_name = "PLACE=SHARE", help_heading = "Sourcing")]
    cap: Vec<String>,
    /// The least share of a place in every market: `US=0.6`
    #[arg(long, value_name = "PLACE=SHARE", help_heading = "Sourcing")]
    content: Vec<String>,
    /// The only places that may supply: a list `US,CA,KR`, or a file with one a line
    #[arg(long, value_name = "FILE|LIST", help_heading = "Sourcing")]
    friends: Option<String>,
    /// A tier that the rules hold at (`mining`, `refining`, `active-material`, `cell`, …); left out: every tier
    #[arg(long, value_name = "TIER", help_heading = "Sourcing")]
    tier: Vec<String>,
    /// Whose supply: the car's, or that of its battery
    #[arg(long, value_enum, default_value = "car", help_heading = "Sourcing")]
    part: PartWord,
    /// The solution to show tier by tier: the least carbon, the least cost, or the nearest to the open market
    #[arg(long, value_enum, default_value = "nearest", help_heading = "Sourcing")]
    objective: ObjectiveWord,
    /// The buyer's part of the world's need; left out: the share of the car's country in the world's electric cars
    #[arg(long, value_name = "SHARE", help_heading = "Sourcing", allow_negative_numbers = true)]
    volume: Option<f64>,
}

#[derive(Clone, Copy, ValueEnum)]
enum PartWord {
    /// From the mine to the plant's gate
    Car,
    /// The battery alone
    Battery,
}

#[derive(Clone, Copy, ValueEnum)]
enum ObjectiveWord {
    /// Least carbon
    Carbon,
    /// Least cost over China, then least carbon
    Cost,
    /// Least change of the open market's shares
    Nearest,
}

/// The method that climate is counted by.
const METHOD: &str = "ar6-gwp100";
/// Most markets that the table lists; JSON has all.
const LISTED: usize = 24;
/// Most lines of what binds; JSON has all.
const BINDING: usize = 6;
/// Most countries named for a market.
const NAMED: usize = 3;

impl SourcingArguments {
    /// Whether any rule is given.
    pub const fn is_asked(&self) -> bool {
        !self.ban.is_empty() || !self.cap.is_empty() || !self.content.is_empty() || self.friends.is_some()
    }

    /// Whether the battery alone is asked for.
    pub const fn is_of_battery(&self) -> bool {
        matches!(self.part, PartWord::Battery)
    }

    fn rules(&self, desk: &Desk) -> Result<Rules, Failure> {
        let tables = desk.tables()?;
        let place = |code: &str| tables.places.id(code).map_err(|e| Failure::from(AssessError::from(e)));
        let places = |codes: &[String]| codes.iter().map(|c| place(c)).collect::<Result<Vec<PlaceId>, Failure>>();
        let share = |option: &'static str, text: &String| -> Result<PlaceShare, Failure> {
            let wrong = || Failure::Option { option, seen: text.clone(), wanted: "PLACE=SHARE, as in CN=0.5".to_owned() };
            let (code, share) = text.split_once('=').ok_or_else(wrong)?;
            Ok(PlaceShare { place: place(code.trim())?, share: share.trim().parse().map_err(|_| wrong())? })
        };
        let friends = self.friends.as_deref().map(|list| friends(list, desk)).transpose()?.unwrap_or_default();
        Ok(Rules {
            bans: places(&self.ban)?,
            friends: places(&friends)?,
            caps: self.cap.iter().map(|t| share("cap", t)).collect::<Result<_, _>>()?,
            content: self.content.iter().map(|t| share("content", t)).collect::<Result<_, _>>()?,
            tiers: self.tier.clone(),
            products: Vec::new(),
            keeps_placed: false,
        })
    }
}

/// Codes of a list, or of a file: one or several a line, `#` starts a comment.
fn friends(list: &str, desk: &Desk) -> Result<Vec<String>, Failure> {
    let is_file = list.contains(['/', '\\', '.']);
    let text = if is_file { desk.text(Path::new(list))? } else { list.to_owned() };
    let codes =
        text.lines().flat_map(|line| line.split('#').next().unwrap_or_default().split([',', ' ', '\t', ';']).map(str::to_owned).collect::<Vec<_>>());
    let codes: Vec<String> = codes.filter(|c| !c.is_empty()).collect();
    if codes.is_empty() {
        return Err(Failure::Option { option: "friends", seen: list.to_owned(), wanted: "at least one place".to_owned() });
    }
    Ok(codes)
}

/// Who supplies under the rules.
///
/// # Errors
/// An unknown place or tier, a wrong share, or a car that cannot be made.
pub fn answer(car: &CarDesign, year: i32, arguments: &SourcingArguments, desk: &Desk) -> Result<SourcingReport, Failure> {
    let tables = desk.tables()?;
    let scenario = Scenario {
        country: tables.places.id(car.plant.country.as_deref().or(car.made_in.as_deref()).unwrap_or("WORLD")).map_err(AssessError::from)?,
        year,
        method: METHOD.to_owned(),
        preset: Preset::CutOff,
        is_real_world: false,
        grid: GridChoice::Static,
        cycle: None,
        lifetime_km: None,
        has_national_life: false,
    };
    let question = Sourcing {
        car,
        part: match arguments.part {
            PartWord::Car => Part::Car,
            PartWord::Battery => Part::Battery,
        },
        rules: vec![arguments.rules(desk)?],
        volume: arguments.volume,
        objective: match arguments.objective {
            ObjectiveWord::Carbon => Objective::Carbon,
            ObjectiveWord::Cost => Objective::Cost,
            ObjectiveWord::Nearest => Objective::Nearest,
        },
    };
    Ok(source(tables, desk.premiums()?, &scenario, &question).map_err(SupplyError::from)?)
}

/// Prints what was found.
pub fn print(report: &SourcingReport, format: Format) {
    match format {
        Format::Json => print::json(report),
        Format::Csv => print::data(&csv(report)),
        Format::Table => {
            print::page(&table(report));
            print::notices(&report.notices);
        }
    }
}

/// A finding about good input: rules that leave too few makers for the buyer's volume.
///
/// # Errors
/// The rules leave too few.
pub fn judged(report: &SourcingReport) -> Result<(), Failure> {
    if report.is_feasible {
        return Ok(());
    }
    let largest = report.largest_volume.map_or_else(|| "none of it".to_owned(), |v| format!("up to {:.1} %", 100.0 * v));
    Err(Failure::NotSourced { car: report.car.clone(), volume_percent: 100.0 * report.volume, largest })
}

fn word(objective: Objective) -> &'static str {
    match objective {
        Objective::Carbon => "least carbon",
        Objective::Cost => "least cost",
        Objective::Nearest => "nearest",
    }
}

fn csv(report: &SourcingReport) -> String {
    let header = ["tier", "product", "unit", "place", "open_amount", "open_share", "amount", "share", "status"];
    let mut rows = Vec::new();
    for tier in &report.tiers {
        let mut places: Vec<&String> = tier.open_shares.keys().chain(tier.shares.keys()).collect();
        places.sort_unstable();
        places.dedup();
        for place in places {
            let of = |shares: &std::collections::BTreeMap<String, f64>| shares.get(place).copied().unwrap_or(0.0).to_string();
            rows.push(vec![
                tier.tier.clone(),
                tier.product.clone(),
                tier.unit.clone(),
                place.clone(),
                tier.open_amount.to_string(),
                of(&tier.open_shares),
                tier.amount.to_string(),
                of(&tier.shares),
                tier.status.word().to_owned(),
            ]);
        }
    }
    print::csv(&header, &rows)
}

fn largest(shares: &std::collections::BTreeMap<String, f64>) -> String {
    let mut sorted: Vec<(&String, &f64)> = shares.iter().collect();
    sorted.sort_by(|a, b| b.1.total_cmp(a.1).then_with(|| a.0.cmp(b.0)));
    let named: Vec<String> = sorted.iter().take(NAMED).map(|(place, share)| format!("{place} {:.0}", 100.0 * **share)).collect();
    named.join(" ")
}

fn table(report: &SourcingReport) -> String {
    let mut text = String::new();
    let part = match report.part {
        Part::Car => "production",
        Part::Battery => "battery",
    };
    let _ = writeln!(text, "{}, {}: {part}, sourced under rules", report.car, report.year);
    for rule in &report.rules {
        let _ = writeln!(text, "{}", print::wrap(&format!("  {rule}")));
    }
    let feasible = if report.is_feasible { "enough makers" } else { "NOT enough makers" };
    let _ = writeln!(text, "{feasible} for {:.1} % of the world's need", 100.0 * report.volume);
    if let Some(largest) = report.largest_volume {
        let _ = writeln!(text, "largest part of the world's need: {:.1} %", 100.0 * largest.min(1.0));
    }
    if !report.gaps.is_empty() {
        let rows: Vec<Vec<String>> = report
            .gaps
            .iter()
            .map(|g| vec![g.tier.clone(), g.product.clone(), format!("{:.0}", 100.0 * g.lacks_share), figure(g.lacks), g.unit.clone()])
            .collect();
        let _ = write!(text, "\n{}", print::table(&["tier", "product", "lacks %", "a car", "unit"], &rows, &[2, 3]));
    }
    let _ = writeln!(text);
    let mut rows = vec![vec![
        "open market".to_owned(),
        figure(report.open.climate_kg),
        String::new(),
        figure(report.open.cost_over_china_usd),
        String::new(),
        String::new(),
    ]];
    if let Some(found) = &report.without_rules {
        rows.push(vec![
            "no rule, works".to_owned(),
            figure(found.climate_kg),
            signed(found.climate_kg - report.open.climate_kg),
            figure(found.cost_over_china_usd),
            signed(found.cost_over_china_usd - report.open.cost_over_china_usd),
            String::new(),
        ]);
    }
    for s in &report.solutions {
        rows.push(vec![
            word(s.objective).to_owned(),
            figure(s.totals.climate_kg),
            signed(s.extra_climate_kg),
            figure(s.totals.cost_over_china_usd),
            signed(s.extra_cost_usd),
            s.binding_tier.clone().unwrap_or_else(|| "–".to_owned()),
        ]);
    }
    text.push_str(&print::table(&["", "kg CO2e", "more", "USD over CN", "more", "binds"], &rows, &[1, 2, 3, 4]));
    if report.without_rules.is_some() {
        let _ = writeln!(text, "{}", print::wrap("no rule, works: the nearest that countries' works allow at this volume, without any rule"));
    }
    for solved in report.solutions.iter().filter(|s| !s.binding.is_empty()) {
        let unit = if solved.objective == Objective::Carbon { "kg CO2e" } else { "USD" };
        let _ = writeln!(text, "\n{}: what 1 % of a market free of the rule would save", word(solved.objective));
        let lines = solved.binding.iter().take(BINDING);
        let rows: Vec<Vec<String>> = lines.map(|b| vec![b.tier.clone(), b.product.clone(), b.rule.clone(), figure(b.gain_per_percent)]).collect();
        text.push_str(&print::table(&["tier", "product", "rule", unit], &rows, &[3]));
    }
    if report.solved_volume.is_some() {
        let _ = writeln!(text, "\n{}: where the makers are, in %", word(report.objective));
        text.push_str(&tiers(report));
    }
    for (title, list) in [("unpriced", &report.unpriced), ("priced, but no premium of places known", &report.without_premium)] {
        if !list.is_empty() {
            let _ = writeln!(text, "{}", print::wrap(&format!("{title}: {}", list.join(", "))));
        }
    }
    let _ = writeln!(text, "weakest status: {}", report.weakest_status);
    text
}

/// A tier in a word that fits beside long products.
fn short(tier: &str) -> String {
    tier.replace("active-material", "active").replace("cell-component", "component")
}

fn signed(value: f64) -> String {
    let shown = figure(value.abs());
    let is_nought = shown.chars().all(|c| !c.is_ascii_digit() || c == '0');
    if is_nought { shown } else { format!("{}{shown}", if value < 0.0 { "-" } else { "+" }) }
}

/// Markets that moved most, in the order of the supply.
fn tiers(report: &SourcingReport) -> String {
    let mut moved: Vec<&SourcedTier> = report.tiers.iter().filter(|t| t.amount > 0.0).collect();
    moved.sort_by(|a, b| b.moved_share.total_cmp(&a.moved_share).then_with(|| a.product.cmp(&b.product)));
    moved.truncate(LISTED);
    moved.sort_by(|a, b| a.tier.cmp(&b.tier).then_with(|| a.product.cmp(&b.product)));
    let row = |t: &SourcedTier| {
        vec![t.product.clone(), short(&t.tier), format!("{} {}", figure(t.amount), t.unit), largest(&t.open_shares), largest(&t.shares)]
    };
    let rows: Vec<Vec<String>> = moved.into_iter().map(row).collect();
    print::tight_table(&["product", "tier", "a car", "open", "sourced"], &rows, &[2])
}
