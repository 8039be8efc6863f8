//! The report of `assess`: cars side by side over their lives.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use minewheel_assess::assessment::{Assessment, Impact};
use minewheel_assess::scenario::Preset;
use minewheel_assess::tables::Tables;
use minewheel_assess::uncertainty::{Driver, Interval};
use minewheel_data::status::Status;
use minewheel_data::units::Co2e;
use minewheel_model::bill::Stage;

use crate::charts::{lines, ranked, stacked};
use crate::document::{Block, Document, Section, Table, listed, word};
use crate::figure::{figure, number, percent, spread};
use crate::origin::{TIERS, largest};
use crate::sources::named_in;

/// Stages that are one part of a bar.
pub const STAGE_GROUPS: [(&str, &[Stage]); 7] = [
    ("battery", &[Stage::BatteryMaterials, Stage::CellManufacturing, Stage::BatteryPack]),
    ("motor, engine", &[Stage::ElectricDrive, Stage::PowerElectronics, Stage::CombustionDrive]),
    ("rest of the car", &[Stage::Glider, Stage::Tyres, Stage::Fluids]),
    ("assembly", &[Stage::Assembly]),
    ("electricity, fuel", &[Stage::Electricity, Stage::FuelUse]),
    ("upkeep", &[Stage::Maintenance, Stage::BatteryReplacement]),
    ("end of life", &[Stage::EndOfLife]),
];

/// Grams of CO2 equivalents per kilometre that a group of stages emits.
pub fn grams_per_km(result: &Assessment, stages: &[Stage]) -> f64 {
    let kg: f64 = result.climate_by_stage.iter().filter(|s| stages.contains(&s.stage)).map(|s| s.kg).sum();
    Co2e::from_kg(kg).g() / result.lifetime_km
}

/// Kilograms in a tonne, as tables are scaled.
const TONNE_KG: f64 = 1000.0;
/// Materials below this are not listed.
const LEAST_KG: f64 = 0.01;
/// Points of a line over the kilometres.
const POINTS: usize = 41;

/// The report.
pub fn document(results: &[Assessment], preset: Preset, tables: &Tables, command: &str) -> Document {
    let Some(first) = results.first() else {
        return Document { title: String::new(), lead: vec![], sections: vec![], sources: vec![], run: vec![], command: command.to_owned() };
    };
    let place = tables.places.id(&first.country).map_or_else(|_| first.country.clone(), |p| tables.places.name(p).to_owned());
    let names: Vec<&str> = results.iter().map(|r| r.name.as_str()).collect();
    Document {
        title: format!("{} in {place}, {}", listed(&names), first.year),
        lead: results.iter().map(|r| sentence(r, first)).collect(),
        sections: vec![
            Section::new("Result", vec![Block::Table(figures(results))]),
            Section::new("Climate by stage", by_stage(results)),
            Section::new("Over the kilometres", over_distance(results)),
            Section::new("Cost", cost(results)),
            Section::new("Materials and their origin", materials(results)),
            Section::new("What decides the result", decisive(results)),
            Section::new("Method", method(first, preset)),
            Section::new("How well it is known", known(results)),
        ],
        sources: named_in(&results, &tables.sources),
        run: run(results),
        command: command.to_owned(),
    }
}

fn sentence(result: &Assessment, first: &Assessment) -> String {
    let range = |i: Interval| match (i.p5, i.p95) {
        (Some(p5), Some(p95)) => format!(" (5th to 95th percentile {} to {})", figure(p5), figure(p95)),
        _ => String::new(),
    };
    let total = result.climate.total_g_per_km;
    let mut text = format!("Over {} km the {} emits {} g CO2e/km{}.", figure(result.lifetime_km), result.name, figure(total.value), range(total));
    if let Some(difference) = &result.difference_to_first {
        let gap = difference.total_g_per_km;
        let more = if gap.value < 0.0 { "less" } else { "more" };
        let is_sure = gap.p5.zip(gap.p95).is_some_and(|(p5, p95)| p5 > 0.0 || p95 < 0.0);
        let sure = if is_sure { "; the sign holds in at least 95 % of the draws" } else { "; the draws do not settle the sign" };
        let sure = if gap.p5.is_some() { sure } else { "" };
        let _ = write!(text, " That is {} {more} than the {}{}{sure}.", figure(gap.value.abs()), first.name, range(gap));
        if let Some(km) = difference.break_even_km.filter(|km| *km <= result.lifetime_km) {
            let _ = write!(text, " Both have emitted the same after {} km.", figure(km));
        }
    }
    text
}

fn figures(results: &[Assessment]) -> Table {
    type Pick = fn(&Assessment) -> Option<Interval>;
    let spreads = |divisor: f64, pick: Pick| results.iter().map(|r| pick(r).map_or_else(|| "–".to_owned(), |i| spread(i, divisor))).collect();
    let points = |pick: fn(&Assessment) -> Option<f64>| results.iter().map(|r| number(pick(r))).collect();
    let impact = |name: &str| results.iter().map(|r| impact(r.impacts.get(name))).collect();
    let rows: Vec<(&str, Vec<String>)> = vec![
        ("distance over life, km", points(|r| Some(r.lifetime_km))),
        ("kerb mass, kg", points(|r| Some(r.kerb_mass_kg))),
        ("at the wall, kWh/100 km", points(|r| r.consumption_kwh_per_100km)),
        ("fuel, l/100 km", points(|r| r.fuel_l_per_100km)),
        ("driven electrically, %", points(|r| r.consumption_kwh_per_100km.and(r.fuel_l_per_100km).map(|_| 100.0 * r.electric_share))),
        ("electric range, km", points(|r| r.range_km)),
        ("production, t CO2e", spreads(TONNE_KG, |r| Some(r.climate.production_kg))),
        ("use, t CO2e", spreads(TONNE_KG, |r| Some(r.climate.use_kg))),
        ("end of life, kg CO2e", spreads(1.0, |r| Some(r.climate.end_of_life_kg))),
        ("life, g CO2e/km", spreads(1.0, |r| Some(r.climate.total_g_per_km))),
        ("against the first, g CO2e/km", spreads(1.0, |r| r.difference_to_first.as_ref().map(|d| d.total_g_per_km))),
        ("battery, kg CO2e/kWh", spreads(1.0, |r| r.battery_climate_kg_per_kwh)),
        ("primary energy, MJ", impact("energy")),
        ("water, m3", impact("water")),
        ("acidification, kg SO2e", impact("acidification")),
        ("NOx, kg", impact("nox")),
        ("SO2, kg", impact("so2")),
        ("PM2.5, kg", impact("pm25")),
    ];
    let header = std::iter::once(String::new()).chain(results.iter().map(|r| r.name.clone())).collect();
    let rows = rows.into_iter().filter(|(_, cells)| cells.iter().any(|c| c != "–"));
    let rows = rows.map(|(label, cells)| std::iter::once(label.to_owned()).chain(cells).collect()).collect();
    Table::of_numbers(
        "Figures of each car; in brackets the 5th and 95th percentile of the draws; of plug-in hybrids, kWh per 100 km driven electrically and litres per 100 km on the engine",
        header,
        rows,
    )
}

fn impact(found: Option<&Impact>) -> String {
    match found {
        Some(i) if i.is_incomplete => format!("incomplete ({})", percent(i.coverage)),
        Some(i) => figure(i.value),
        None => "–".to_owned(),
    }
}

fn by_stage(results: &[Assessment]) -> Vec<Block> {
    let bars = results.iter().map(|r| stacked::Bar {
        name: r.car.clone(),
        values: STAGE_GROUPS.iter().map(|g| grams_per_km(r, g.1)).collect(),
        range: r.climate.total_g_per_km.p5.zip(r.climate.total_g_per_km.p95),
    });
    let chart = stacked::Stacked {
        title: "Climate by stage of life, stacked".to_owned(),
        unit: "g CO2e/km".to_owned(),
        parts: STAGE_GROUPS.iter().map(|g| g.0.to_owned()).collect(),
        bars: bars.collect(),
    };
    let mut lines: BTreeMap<(&str, &str), Vec<f64>> = BTreeMap::new();
    for (index, result) in results.iter().enumerate() {
        for line in &result.climate_by_stage {
            lines.entry((line.stage.word(), &line.part)).or_insert_with(|| vec![0.0; results.len()])[index] += line.kg;
        }
    }
    let mut ranked: Vec<((&str, &str), Vec<f64>)> = lines.into_iter().collect();
    let largest = |kg: &[f64]| kg.iter().fold(0.0_f64, |a, b| a.max(b.abs()));
    ranked.sort_by(|a, b| largest(&b.1).total_cmp(&largest(&a.1)));
    let header = ["stage", "part"].map(str::to_owned).into_iter().chain(results.iter().map(|r| format!("{}, kg CO2e", r.name))).collect();
    let rows = ranked.into_iter().map(|((stage, part), kg)| [stage, part].map(str::to_owned).into_iter().chain(kg.into_iter().map(figure)).collect());
    let rows: Vec<Vec<String>> = rows.collect();
    vec![
        Block::Picture {
            svg: stacked::svg(&chart),
            caption: "Best estimates by stage; the whisker is the whole's 5th to 95th percentile, the number at its end the whole.".to_owned(),
        },
        Block::Folded(Table { caption: "Every stage and part, over all places".to_owned(), header, rows, numeric: (2..2 + results.len()).collect() }),
    ]
}

fn over_distance(results: &[Assessment]) -> Vec<Block> {
    let last = results.iter().map(|r| r.lifetime_km).fold(0.0, f64::max);
    let line = |r: &Assessment| {
        let at = |i: usize| {
            let km = last * i as f64 / (POINTS - 1) as f64;
            (km, (r.climate.production_kg.value + r.climate.use_kg.value * km / r.lifetime_km) / TONNE_KG)
        };
        lines::Line { name: r.car.clone(), points: (0..POINTS).map(at).collect(), band: Vec::new() }
    };
    let chart = lines::Chart {
        title: "Emitted by the time a distance is driven".to_owned(),
        unit: "t CO2e".to_owned(),
        across: "km".to_owned(),
        source: "production and use at best estimates; end of life comes after".to_owned(),
        lines: results.iter().map(line).collect(),
    };
    let caption = "Where two lines cross, both cars have emitted the same. Use is spread evenly over the life.".to_owned();
    vec![Block::Picture { svg: lines::svg(&chart), caption }]
}

fn cost(results: &[Assessment]) -> Vec<Block> {
    let mut blocks: Vec<&str> = Vec::new();
    for block in results.iter().flat_map(|r| &r.cost.blocks) {
        if !blocks.contains(&block.block) {
            blocks.push(block.block);
        }
    }
    let of = |r: &Assessment, name: &str| r.cost.blocks.iter().find(|b| b.block == name).map(|b| (b.usd, b.price_year, b.status));
    let header =
        std::iter::once("USD".to_owned()).chain(results.iter().map(|r| r.name.clone())).chain(["year of price".to_owned(), "status".to_owned()]);
    let spread_row = |name: &str, factor: f64, pick: fn(&Assessment) -> Interval| -> Vec<String> {
        let cells = results.iter().map(|r| spread(pick(r), factor));
        std::iter::once(name.to_owned()).chain(cells).chain([String::new(), String::new()]).collect()
    };
    let mut rows = vec![
        spread_row("making the car", 1.0, |r| r.cost.production_usd),
        spread_row("driving and keeping it", 1.0, |r| r.cost.use_usd),
        spread_row("owning it, per 100 km", 0.01, |r| r.cost.total_usd_per_km),
    ];
    for name in blocks {
        let found: Vec<_> = results.iter().map(|r| of(r, name)).collect();
        let year = found.iter().flatten().find_map(|f| f.1).map_or_else(|| "–".to_owned(), |y| y.to_string());
        let status = found.iter().flatten().map(|f| f.2).max().map_or_else(|| "–".to_owned(), |s| s.to_string());
        let cells = found.iter().map(|f| f.map_or_else(|| "–".to_owned(), |f| figure(f.0)));
        rows.push(std::iter::once(format!("  {name}")).chain(cells).chain([year, status]).collect());
    }
    let table = Table {
        caption: "Cost over the car's life; its blocks are production and use".to_owned(),
        numeric: (1..=results.len()).collect(),
        header: header.collect(),
        rows,
    };
    vec![Block::Table(table)]
}

fn materials(results: &[Assessment]) -> Vec<Block> {
    let mut names: Vec<&String> = results.iter().flat_map(|r| r.materials_kg.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let cell =
        |r: &Assessment, name: &String| r.materials_kg.get(name).filter(|i| i.value >= LEAST_KG).map_or_else(|| "–".to_owned(), |i| spread(*i, 1.0));
    let rows = names.into_iter().map(|name| std::iter::once(name.clone()).chain(results.iter().map(|r| cell(r, name))).collect::<Vec<_>>());
    let rows = rows.filter(|row| row.iter().skip(1).any(|c| c != "–")).collect();
    let header = std::iter::once("kg in the car".to_owned()).chain(results.iter().map(|r| r.name.clone())).collect();
    let mut blocks = vec![Block::Table(Table::of_numbers("Materials in each car", header, rows))];
    for result in results {
        let mut chains: BTreeMap<&str, Vec<(usize, &str, String)>> = BTreeMap::new();
        for (key, shares) in &result.origin {
            if let Some((material, tier)) = key.split_once('/') {
                let order = TIERS.iter().position(|t| *t == tier).unwrap_or(TIERS.len());
                chains.entry(material).or_default().push((order, tier, largest(shares)));
            }
        }
        let mut rows = Vec::new();
        for (material, mut tiers) in chains {
            tiers.sort_unstable();
            rows.extend(tiers.into_iter().map(|(_, tier, countries)| vec![material.to_owned(), tier.to_owned(), countries]));
        }
        if !rows.is_empty() {
            let caption = format!("The three largest countries of each tier of what the {} holds", result.name);
            blocks.push(Block::Folded(Table::of_words(caption, &["material", "tier", "countries"], rows, &[])));
        }
    }
    blocks
}

fn decisive(results: &[Assessment]) -> Vec<Block> {
    let mut blocks = Vec::new();
    for result in results {
        if let Some(drivers) = result.drivers.as_ref().filter(|d| !d.is_empty()) {
            let bar = |d: &Driver| ranked::Bar { name: d.what.clone(), value: 100.0 * d.share, range: None, is_marked: d.status > Status::Derived };
            let chart = ranked::Ranked {
                title: format!("What drives the interval of the {}", result.name),
                unit: "% of the variance of g CO2e/km".to_owned(),
                threshold: None,
                bars: drivers.iter().map(bar).collect(),
            };
            let caption = format!("Rows that drive the interval of the {}; outlined: recalled or assumed.", result.name);
            blocks.push(Block::Picture { svg: ranked::svg(&chart), caption });
            let row = |d: &Driver| vec![d.what.clone(), percent(d.share), d.at.clone(), d.source.clone(), d.status.to_string()];
            let caption = format!("The same with file and line, {}", result.name);
            let header = ["row", "share", "file and line", "source", "status"];
            blocks.push(Block::Folded(Table::of_words(caption, &header, drivers.iter().map(row).collect(), &[1])));
        }
        let rows = result
            .run
            .contributors
            .iter()
            .map(|c| vec![c.process.clone(), c.country.clone(), figure(c.kg), percent(c.share), c.source.clone(), c.status.to_string()]);
        let header = ["process", "place", "kg CO2e", "share", "source", "status"];
        blocks.push(Block::Table(Table::of_words(format!("Where the {} emits most", result.name), &header, rows.collect(), &[2, 3])));
    }
    blocks
}

fn method(first: &Assessment, preset: Preset) -> Vec<Block> {
    vec![Block::List(vec![
        format!("Allocation {}: {}.", preset.word(), preset.meaning()),
        format!("Climate method {}; carbon taken up and given off by plants, and land use, are kept apart and not in the total.", first.run.method),
        format!("Consumption: {} basis, cycle {}.", first.run.use_basis, first.run.cycle),
        format!("Grid over the car's life: {}.", word(&first.run.grid)),
        format!("Counted: {}.", first.run.boundary),
        format!(
            "Every stage runs on its own country's grid; the network of {} processes and places is solved with its loops (largest backward error {:.1e}).",
            first.run.network_columns, first.run.residual
        ),
        "Cars of one report share their draws, so that a difference has an interval of its own.".to_owned(),
    ])]
}

fn known(results: &[Assessment]) -> Vec<Block> {
    let bars = results.iter().map(|r| stacked::Bar {
        name: r.car.clone(),
        values: Status::ALL.iter().map(|s| 100.0 * r.evidence_by_status.get(s.word()).copied().unwrap_or(0.0)).collect(),
        range: None,
    });
    let chart = stacked::Stacked {
        title: "Share of the result's sensitivity by status of the rows".to_owned(),
        unit: "% of the sensitivity of g CO2e/km".to_owned(),
        parts: Status::ALL.iter().map(|s| s.word().to_owned()).collect(),
        bars: bars.collect(),
    };
    let share = |r: &Assessment, s: Status| percent(r.share_by_status.get(s.word()).copied().unwrap_or(0.0));
    let rows = results.iter().map(|r| {
        let shares = Status::ALL.iter().map(|s| share(r, *s));
        std::iter::once(r.name.clone()).chain(shares).chain([r.weakest_status.to_string()]).collect()
    });
    let header = std::iter::once("car").chain(Status::ALL.iter().map(|s| s.word())).chain(["weakest"]).collect::<Vec<_>>();
    let coverage = results.iter().map(|r| {
        let families = r.coverage.iter().map(|(family, share)| format!("{family} {}", percent(*share)));
        format!("Share of the {}'s climate total from cards that report a family of flows: {}.", r.name, families.collect::<Vec<_>>().join(", "))
    });
    let mut notices: Vec<&String> = results.iter().flat_map(|r| &r.run.notices).collect();
    notices.sort_unstable();
    notices.dedup();
    let notices = Table::of_words("What stood in for what", &["notice"], notices.into_iter().map(|n| vec![n.clone()]).collect(), &[]);
    let blockers = results.iter().flat_map(|r| r.run.blockers.iter().map(move |b| (r, b)));
    let blockers = blockers.map(|(r, b)| vec![b.what.clone(), r.car.clone(), percent(b.share), b.at.clone(), b.source.clone(), b.status.to_string()]);
    let header_of_blockers = ["row", "car", "share through it", "file and line", "source", "status"];
    vec![
        Block::Text(
            "read: somebody read it in its source. derived: arithmetic on named rows. recalled: attributed, not read again. assumption: ours, argued in its note.".to_owned(),
        ),
        Block::Picture { svg: stacked::svg(&chart), caption: "How the rows are known through which the result moves.".to_owned() },
        Block::Table(Table::of_words("Share of the climate total by the weakest row of its chain", &header, rows.collect(), &[1, 2, 3, 4])),
        Block::List(coverage.collect()),
        Block::Folded(Table::of_words("Recalled and assumed rows through which most of the total flows", &header_of_blockers, blockers.collect(), &[2])),
        Block::Folded(notices),
    ]
}

fn run(results: &[Assessment]) -> Vec<(String, String)> {
    let Some(run) = results.first().map(|r| &r.run) else { return Vec::new() };
    let mut lines = vec![("version".to_owned(), run.version.to_owned()), ("tables".to_owned(), run.data.clone())];
    if let (Some(samples), Some(seed)) = (run.samples, run.seed) {
        let resampled = run.resample.map(|r| word(&r)).unwrap_or_default();
        let chain = run.chain.map(|c| word(&c)).unwrap_or_default();
        lines.push(("draws".to_owned(), format!("{samples}, seed {seed}, resampled: {resampled}, chain: {chain}")));
    }
    for result in results {
        let fields: Vec<String> = result.defaulted.iter().map(|(field, value)| format!("{field} {}", figure(*value))).collect();
        if !fields.is_empty() {
            lines.push((format!("not given for {}", result.car), fields.join(", ")));
        }
    }
    lines
}
