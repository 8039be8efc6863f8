//! `minewheel recycle`: what comes back from a pack, what it costs the climate and the wallet, and which targets it meets.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::ValueEnum;
use minewheel_assess::AssessError;
use minewheel_assess::inventory::pack_spec_of;
use minewheel_assess::recycling::{RecycleQuestion, RecycleReport, RouteReport, recycle_report};
use minewheel_assess::scenario::{Chain, Resample, Sampling};
use minewheel_assess::uncertainty::Interval;
use minewheel_data::units::Energy;
use minewheel_model::battery::PackSpec;
use minewheel_model::recycling::{Feed, Route};

use crate::failure::Failure;
use crate::inputs::Desk;
use crate::print::{self, Format, figure};

/// Arguments of the command.
#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["car", "chemistry"])))]
pub struct Arguments {
    /// A car with a traction battery: an id of the catalogue, or a TOML file
    #[arg(value_name = "CAR")]
    car: Option<String>,
    /// A pack of this chemistry instead of a car's
    #[arg(long, value_name = "ID")]
    chemistry: Option<String>,
    /// Gross energy of that pack in kWh; left out: 60 kWh
    #[arg(long, value_name = "KWH", requires = "chemistry", allow_negative_numbers = true)]
    energy_kwh: Option<f64>,
    /// How it is recycled
    #[arg(long, value_enum, default_value = "hydro", conflicts_with = "compare")]
    route: RouteWord,
    /// All routes beside each other
    #[arg(long)]
    compare: bool,
    /// What is fed: packs at the end of their life, or the scrap of making their cells
    #[arg(long, value_enum, default_value = "eol")]
    feed: FeedWord,
    /// Look at a second life in storage before recycling, and what it would be credited
    #[arg(long)]
    second_life: bool,
    /// Where the recycler stands: ISO country, Chinese province (CN-HN) or group (EU27, WORLD)
    #[arg(long, default_value = "CN", value_name = "PLACE")]
    country: String,
    /// The year of grid, markets and prices
    #[arg(long, default_value_t = 2025, allow_negative_numbers = true)]
    year: i32,
    /// Climate method: AR6 or AR5, over 100 or 20 years
    #[arg(long, default_value = "ar6-gwp100", value_name = "METHOD")]
    method: String,
    /// Monte Carlo draws behind the intervals
    #[arg(long, default_value_t = 200, allow_negative_numbers = true)]
    samples: i64,
    /// Only best estimates, no intervals
    #[arg(long, conflicts_with = "samples")]
    no_interval: bool,
    /// Seed of the draws
    #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
    seed: u64,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// A route.
#[derive(Clone, Copy, ValueEnum)]
enum RouteWord {
    /// Shredding to black mass, leaching
    Hydro,
    /// Smelting, leaching of the alloy
    Pyro,
    /// Cathode material regenerated as it is
    Direct,
}

/// A feed.
#[derive(Clone, Copy, ValueEnum)]
enum FeedWord {
    /// Packs at the end of their life
    Eol,
    /// Offcuts and rejected cells
    Scrap,
}

/// Most draws.
const MOST_SAMPLES: i64 = 1_000_000;

/// The pack, recycled.
///
/// # Errors
/// A car without a pack, an unknown chemistry or place, a year without a grid, or a number that no pack has.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<RecycleReport, Failure> {
    if !(2..=MOST_SAMPLES).contains(&arguments.samples) {
        let wanted = format!("2 to {MOST_SAMPLES}, or --no-interval");
        return Err(Failure::Option { option: "samples", seen: arguments.samples.to_string(), wanted });
    }
    if arguments.second_life && matches!(arguments.feed, FeedWord::Scrap) {
        let wanted = "eol: what is cut off while cells are made has no life before a second".to_owned();
        return Err(Failure::Option { option: "feed", seen: "scrap".to_owned(), wanted });
    }
    let tables = desk.tables()?;
    let pack = pack(arguments, desk)?;
    let question = RecycleQuestion {
        car: arguments.car.as_ref().map(|name| desk.car(name)).transpose()?.map(|car| car.id),
        pack,
        routes: if arguments.compare { Route::ALL.to_vec() } else { vec![arguments.route.into()] },
        feed: match arguments.feed {
            FeedWord::Eol => Feed::EndOfLife,
            FeedWord::Scrap => Feed::Scrap,
        },
        place: tables.places.id(&arguments.country).map_err(AssessError::from)?,
        year: arguments.year,
        method: arguments.method.clone(),
        second_life: arguments.second_life,
        sampling: (!arguments.no_interval).then_some(Sampling {
            samples: arguments.samples as u32,
            seed: arguments.seed,
            resample: Resample::All,
            chain: Chain::Market,
        }),
    };
    let mut report = recycle_report(tables, &question)?;
    if arguments.car.is_none() {
        report.notices.extend(super::battery::pack_energy(arguments.energy_kwh)?.1);
    }
    Ok(report)
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let report = answer(arguments, &Desk::on_disk(arguments.data.as_deref())?)?;
    match arguments.format {
        Format::Json => print::json(&report),
        Format::Csv => print::data(&csv(&report)),
        Format::Table => {
            print::data(&table(&report));
            for notice in report.notices.iter().filter(|n| !n.starts_with("mix of ") || n.contains(&format!("mix of {} ", report.country))) {
                print::note(&print::wrap(&format!("note: {notice}")));
            }
        }
    }
    Ok(())
}

impl From<RouteWord> for Route {
    fn from(word: RouteWord) -> Self {
        match word {
            RouteWord::Hydro => Self::Hydro,
            RouteWord::Pyro => Self::Pyro,
            RouteWord::Direct => Self::Direct,
        }
    }
}

fn pack(arguments: &Arguments, desk: &Desk) -> Result<PackSpec, Failure> {
    if let Some(name) = &arguments.car {
        let car = desk.car(name)?;
        return pack_spec_of(&car).ok_or_else(|| Failure::NoBattery { car: car.id.clone() });
    }
    let chemistry = arguments.chemistry.as_deref().unwrap_or_default();
    Ok(PackSpec::new(chemistry, Energy::from_kwh(super::battery::pack_energy(arguments.energy_kwh)?.0)))
}

fn spread(interval: Interval) -> String {
    match interval {
        Interval { value, p5: Some(p5), p95: Some(p95), .. } => format!("{}\u{a0}[{}–{}]", figure(value), figure(p5), figure(p95)),
        Interval { value, .. } => figure(value),
    }
}

fn percent(share: f64) -> String {
    // Adding nought turns a negative nought into a positive one.
    let share = share + 0.0;
    format!("{:.1}\u{a0}%", 100.0 * share)
}

fn table(report: &RecycleReport) -> String {
    let mut text = String::new();
    let of = report.car.as_ref().map_or_else(String::new, |car| format!(" of {car}"));
    let fed = if report.feed == Feed::Scrap { "scrap of making cells, as much of it as the cells of a pack" } else { "a pack" };
    let _ = writeln!(
        text,
        "{fed}{of}: {} kWh {}, {} kg; recycled in {}, {}",
        figure(report.gross_energy_kwh),
        report.chemistry,
        figure(report.pack_mass_kg),
        report.country,
        report.year
    );
    let _ = writeln!(text, "all figures a kWh of gross energy; {}\n", report.method);
    text.push_str(&summary(report));
    for route in &report.routes {
        let _ = writeln!(text, "\n{}: elements and products", route.route.word());
        text.push_str(&elements(route));
        text.push('\n');
        text.push_str(&products(route));
        if let [_] = report.routes.as_slice() {
            let _ = writeln!(text, "\nenergy and reagents");
            text.push_str(&steps(route));
        }
    }
    text.push_str("saves: kg CO2e of primary material that is not made\n");
    let _ = writeln!(text, "\ntargets of Regulation (EU) 2023/1542, by the end of the year");
    text.push_str(&targets(report));
    if let Some(life) = &report.second_life {
        let _ = writeln!(
            text,
            "\nsecond life: from {} to {} of the capacity in {} years, {} kWh delivered a kWh of pack",
            percent(life.starts_at),
            percent(life.ends_at),
            spread(life.years),
            spread(life.delivered_kwh_per_kwh)
        );
        let _ = writeln!(
            text,
            "credit {} kg CO2e a kWh at {} of packs reused, not part of the figures above",
            spread(life.credit_kg_per_kwh),
            percent(life.reused_share)
        );
        text.push_str(&print::wrap(life.statement));
        text.push('\n');
    }
    if report.samples.is_some() {
        text.push_str("[5th–95th percentile]\n");
    }
    text
}

fn summary(report: &RecycleReport) -> String {
    type Cell = fn(&RouteReport) -> String;
    let rows: [(&str, Cell); 13] = [
        ("fed, kg", |r| figure(r.fed_kg_per_kwh)),
        ("electricity, kWh", |r| figure(r.electricity_kwh_per_kwh)),
        ("heat, MJ", |r| figure(r.heat_mj_per_kwh)),
        ("recycling, kg CO2e", |r| spread(r.climate.recycling)),
        ("avoided primary, kg CO2e", |r| spread(r.climate.avoided)),
        ("net, kg CO2e", |r| spread(r.climate.net)),
        ("recycling, kg CO2e/kg fed", |r| spread(r.recycling_kg_co2e_per_kg)),
        ("processing, USD", |r| spread(r.money.processing)),
        ("sales, USD", |r| spread(r.money.revenue)),
        ("margin before the pack's price, USD", |r| spread(r.money.margin)),
        ("mass recycled", |r| percent(r.recycling_efficiency.value)),
        ("  without C and P of the cells", |r| percent(r.recycling_efficiency_left_out.value)),
        ("weakest value behind it", |r| r.weakest_status.to_string()),
    ];
    let header: Vec<&str> = std::iter::once("").chain(report.routes.iter().map(|r| r.route.word())).collect();
    let lines: Vec<Vec<String>> =
        rows.iter().map(|(label, cell)| std::iter::once((*label).to_owned()).chain(report.routes.iter().map(cell)).collect()).collect();
    print::table(&header, &lines, &(1..=report.routes.len()).collect::<Vec<_>>())
}

fn elements(route: &RouteReport) -> String {
    let rows: Vec<Vec<String>> = route
        .elements
        .iter()
        .map(|e| vec![e.element.clone(), figure(e.fed_kg_per_kwh), figure(e.recovered_kg_per_kwh), percent(e.recovery.value)])
        .collect();
    print::table(&["element", "in, kg", "recovered, kg", "share"], &rows, &[1, 2, 3])
}

fn products(route: &RouteReport) -> String {
    let none = || "–".to_owned();
    let mut rows: Vec<Vec<String>> = route
        .products
        .iter()
        .map(|p| {
            let usd = p.revenue_usd_per_kwh.map_or_else(none, figure);
            vec![p.product.clone(), figure(p.kg_per_kwh), p.replaces.clone().unwrap_or_else(none), figure(p.avoided_kg_co2e_per_kwh), usd]
        })
        .collect();
    rows.extend(route.losses.iter().map(|l| vec![format!("({})", l.stream), figure(l.kg_per_kwh), none(), none(), none()]));
    print::table(&["product (loss)", "kg", "replaces", "saves", "USD"], &rows, &[1, 3, 4])
}

fn steps(route: &RouteReport) -> String {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut sums: Vec<(String, String, String, f64, f64)> = Vec::new();
    for i in &route.inputs {
        match sums.iter_mut().find(|s| s.0 == i.step && s.1 == i.input) {
            Some(sum) => {
                sum.3 += i.amount_per_kwh;
                sum.4 += i.kg_co2e_per_kwh;
            }
            None => sums.push((i.step.clone(), i.input.clone(), i.unit.clone(), i.amount_per_kwh, i.kg_co2e_per_kwh)),
        }
    }
    rows.extend(sums.into_iter().map(|(step, input, unit, amount, kg)| vec![step, input, figure(amount), unit, figure(kg)]));
    rows.push(vec![
        "all".to_owned(),
        "carbon of the cells, burnt".to_owned(),
        figure(route.burnt_co2_kg_per_kwh),
        "kg".to_owned(),
        figure(route.burnt_co2_kg_per_kwh),
    ]);
    print::table(&["step", "input", "amount", "", "kg CO2e"], &rows, &[2, 4])
}

/// Words of a target that fit a narrow table.
fn short(quantity: &str) -> String {
    quantity.replace("recycling efficiency", "mass").replace("recovery of ", "")
}

fn targets(report: &RecycleReport) -> String {
    let none = || "–".to_owned();
    let mut text = match report.routes.as_slice() {
        [route] => one_route(route),
        routes => {
            let of_all = routes.first().map_or(0, |r| r.targets.len());
            let rows: Vec<Vec<String>> = (0..of_all)
                .map(|at| {
                    let first = &routes[0].targets[at];
                    let cells = routes.iter().map(|r| format!("{} {}", r.targets[at].value.map_or_else(none, percent), r.targets[at].verdict.word()));
                    [short(&first.quantity), first.year.to_string(), percent(first.required)].into_iter().chain(cells).collect()
                })
                .collect();
            let header: Vec<&str> = ["recycled", "by", "least"].into_iter().chain(routes.iter().map(|r| r.route.word())).collect();
            print::table(&header, &rows, &(2..3 + routes.len()).collect::<Vec<_>>())
        }
    };
    let mut rows = Vec::new();
    for route in &report.routes {
        for c in &route.recycled_content {
            rows.push(vec![
                c.element.clone(),
                c.year.to_string(),
                route.route.word().to_owned(),
                percent(c.required),
                c.available.map_or_else(none, percent),
                c.packs_needed.map_or_else(none, figure),
                c.verdict.word().to_owned(),
            ]);
        }
    }
    if !rows.is_empty() {
        text.push('\n');
        text.push_str(&print::table(&["content of a new pack", "from", "route", "least", "one old pack", "packs", "verdict"], &rows, &[3, 4, 5]));
        let _ = writeln!(text, "old packs that reach a recycler: {}", spread(report.collection_rate));
    }
    text
}

fn one_route(route: &RouteReport) -> String {
    let none = || "–".to_owned();
    let rows: Vec<Vec<String>> = route
        .targets
        .iter()
        .map(|t| {
            vec![
                short(&t.quantity),
                t.year.to_string(),
                percent(t.required),
                t.value.map_or_else(none, percent),
                t.margin.map_or_else(none, |m| format!("{:+.1}", 100.0 * m)),
                t.share_of_draws.map_or_else(none, |s| format!("{:.0}\u{a0}%", 100.0 * s)),
                t.verdict.word().to_owned(),
            ]
        })
        .collect();
    print::table(&["recycled", "by", "least", "reached", "points", "draws", "verdict"], &rows, &[2, 3, 4, 5])
}

fn csv(report: &RecycleReport) -> String {
    let mut rows = Vec::new();
    for route in &report.routes {
        let mut row = |kind: &str, name: &str, what: &str, value: f64| {
            rows.push(vec![route.route.word().to_owned(), kind.to_owned(), name.to_owned(), what.to_owned(), value.to_string()]);
        };
        for (name, interval) in [
            ("recycling kg CO2e", route.climate.recycling),
            ("avoided kg CO2e", route.climate.avoided),
            ("net kg CO2e", route.climate.net),
            ("processing USD", route.money.processing),
            ("revenue USD", route.money.revenue),
            ("margin USD", route.money.margin),
            ("recycling efficiency", route.recycling_efficiency),
        ] {
            for (what, value) in [("value", Some(interval.value)), ("p5", interval.p5), ("p50", interval.p50), ("p95", interval.p95)] {
                if let Some(value) = value {
                    row("figure", name, what, value);
                }
            }
        }
        for e in &route.elements {
            row("element", &e.element, "fed kg", e.fed_kg_per_kwh);
            row("element", &e.element, "recovered kg", e.recovered_kg_per_kwh);
        }
        for p in &route.products {
            row("product", &p.product, "kg", p.kg_per_kwh);
            row("product", &p.product, "avoided kg CO2e", p.avoided_kg_co2e_per_kwh);
        }
        for l in &route.losses {
            row("loss", &l.stream, "kg", l.kg_per_kwh);
        }
        for i in &route.inputs {
            row("input", &i.input, &format!("{} {}", i.step, i.unit), i.amount_per_kwh);
        }
        for t in &route.targets {
            row("target", &format!("{} {}", t.quantity, t.year), t.verdict.word(), t.margin.unwrap_or(f64::NAN));
        }
    }
    print::csv(&["route", "kind", "name", "what", "value"], &rows)
}
