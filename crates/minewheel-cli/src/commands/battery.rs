//! `minewheel battery`: a pack from its cell: design, footprint by stage and place, price by block, life.

use std::fmt::Write as _;
use std::path::PathBuf;

use minewheel_assess::battery::{BatteryQuestion, BatteryReport, PlantStep, battery_report};
use minewheel_assess::inventory::pack_spec_of;
use minewheel_assess::pack_footprint::{Basis, PackFootprint, Span};
use minewheel_assess::scenario::{Resample, Sampling};
use minewheel_assess::uncertainty::Interval;
use minewheel_data::car::CarDesign;
use minewheel_data::row::Value;
use minewheel_data::units::{Energy, convert};
use minewheel_industry::supply::SupplyError;
use minewheel_industry::supply::sourcing::settle_pack;
use minewheel_model::battery::{CellChoices, CellFormat, PackLayout, PackSpec};

use super::scenario::ChainWord;
use crate::failure::Failure;
use crate::inputs::Desk;
use crate::print::{self, Format, figure};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// The car whose pack is meant: an id of the catalogue or a TOML file; left out: --chemistry and --energy-kwh
    #[arg(value_name = "CAR")]
    car: Option<String>,
    /// Chemistry; a wrong name lists them
    #[arg(long, value_name = "ID", required_unless_present = "car")]
    chemistry: Option<String>,
    /// Gross energy of the pack in kWh; left out: that of the car, else 60 kWh
    #[arg(long, value_name = "KWH", allow_negative_numbers = true)]
    energy_kwh: Option<f64>,
    #[command(flatten)]
    cell: CellArguments,
    /// Cells in modules (ctm) or straight in the pack (ctp)
    #[arg(long, value_name = "KIND")]
    pack: Option<String>,
    /// Where cells and pack are made; left out: what the car says, else CN
    #[arg(long, value_name = "PLACE")]
    made_in: Option<String>,
    /// Where the pack is sold and recycled; left out: where it is made
    #[arg(long, value_name = "PLACE")]
    country: Option<String>,
    /// Years of the maker's warranty, over which the EU declares the footprint; left out: those of the table
    #[arg(long, value_name = "YEARS", allow_negative_numbers = true)]
    warranty_years: Option<f64>,
    /// The year
    #[arg(long, default_value_t = 2025, allow_negative_numbers = true)]
    year: i32,
    /// Where a stage or one product of the chain is made, e.g. cathode=KR; may be repeated
    #[arg(long, value_name = "STAGE=PLACE")]
    stage: Vec<String>,
    /// How a stage makes its product: lithium=atacama, nickel=rkef-matte, graphite=natural …; may be repeated
    #[arg(long, value_name = "STAGE=ROUTE")]
    route: Vec<String>,
    /// Share of a metal that comes from recycled packs, e.g. cobalt=0.16; may be repeated
    #[arg(long, value_name = "METAL=SHARE")]
    recycled_content: Vec<String>,
    /// Price of a material in USD a tonne, e.g. lithium-carbonate=20000; may be repeated
    #[arg(long, value_name = "MATERIAL=USD")]
    price: Vec<String>,
    /// Factor on the price of a metal, e.g. lithium*2; may be repeated
    #[arg(long, value_name = "METAL*FACTOR")]
    price_shock: Vec<String>,
    /// Draws for the intervals; 0: none
    #[arg(long, default_value_t = 200, value_name = "N", allow_negative_numbers = true)]
    samples: u32,
    /// What a draw resamples: everything, or the pack's own rows and prices
    #[arg(long, value_enum, default_value = "all")]
    resample: ResampleWord,
    /// Whose suppliers the intervals cover: those of one maker, or the market's average
    #[arg(long, value_enum, default_value = "maker")]
    chain: ChainWord,
    /// Seed of the draws
    #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
    seed: u64,
    /// Climate method
    #[arg(long, default_value = "ar6-gwp100", value_name = "METHOD")]
    method: String,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// What a draw resamples.
#[derive(Clone, Copy, clap::ValueEnum)]
enum ResampleWord {
    /// Pack, prices and the network behind them
    All,
    /// Pack and prices
    Pack,
}

impl ResampleWord {
    const fn of(self) -> Resample {
        match self {
            Self::All => Resample::All,
            Self::Pack => Resample::Car,
        }
    }
}

/// Choices of the cell; left out: the usual cell of the chemistry.
#[derive(clap::Args)]
pub struct CellArguments {
    /// Case of the cell: prismatic, pouch, cylindrical
    #[arg(long, value_name = "KIND")]
    format_cell: Option<String>,
    /// Share of silicon-carbon composite in the active mass of the anode
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    silicon_share: Option<f64>,
    /// Capacity of one side of the electrode in mAh/cm²
    #[arg(long, value_name = "MAH", allow_negative_numbers = true)]
    areal_capacity_mah_cm2: Option<f64>,
    /// Porosity of both coatings
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    porosity: Option<f64>,
    /// Anode over cathode capacity
    #[arg(long, value_name = "RATIO", allow_negative_numbers = true)]
    np: Option<f64>,
    /// Foils in µm: anode, or anode and cathode, e.g. 6,12
    #[arg(long, value_name = "UM[,UM]", allow_hyphen_values = true)]
    cell_foil: Option<String>,
    /// Electrolyte in g/Ah
    #[arg(long, value_name = "G", allow_negative_numbers = true)]
    electrolyte_g_ah: Option<f64>,
    /// Reversible capacity of the cathode material in the cell in mAh/g
    #[arg(long, value_name = "MAH", allow_negative_numbers = true)]
    cathode_capacity_mah_g: Option<f64>,
}

/// `name=value` or `name*value`, cut in two.
fn pair<'a>(option: &'static str, text: &'a str, at: char) -> Result<(&'a str, &'a str), Failure> {
    let wanted = || Failure::Option { option, seen: text.to_owned(), wanted: format!("NAME{at}VALUE") };
    let (name, value) = text.split_once(at).ok_or_else(wanted)?;
    if name.is_empty() || value.is_empty() { Err(wanted()) } else { Ok((name.trim(), value.trim())) }
}

fn pairs(option: &'static str, texts: &[String]) -> Result<Vec<(String, String)>, Failure> {
    texts.iter().map(|t| pair(option, t, '=').map(|(a, b)| (a.to_owned(), b.to_owned()))).collect()
}

fn numbers(option: &'static str, texts: &[String], at: char) -> Result<Vec<(String, f64)>, Failure> {
    let parse = |text: &String| {
        let (name, value) = pair(option, text, at)?;
        let number = value.parse::<f64>().ok().filter(|v| v.is_finite());
        let number = number.ok_or_else(|| Failure::Option { option, seen: text.clone(), wanted: format!("NAME{at}NUMBER") })?;
        Ok((name.to_owned(), number))
    };
    texts.iter().map(parse).collect()
}

impl CellArguments {
    fn choices(&self) -> Result<CellChoices, Failure> {
        let in_unit = |value: f64, from: &str, to: &str, option: &'static str| {
            convert(value, from, to).map_err(|e| Failure::Option { option, seen: value.to_string(), wanted: e.to_string() })
        };
        let each = |value: Option<f64>, from: &str, to: &str, option: &'static str| value.map(|v| in_unit(v, from, to, option)).transpose();
        let format = match &self.format_cell {
            Some(word) => Some(word.parse::<CellFormat>().map_err(|()| Failure::UnknownName {
                kind: "case of a cell",
                seen: word.clone(),
                known: CellFormat::ALL.map(CellFormat::word).join(", "),
            })?),
            None => None,
        };
        let mut foils = [None, None];
        if let Some(text) = &self.cell_foil {
            let wanted =
                || Failure::Option { option: "cell-foil", seen: text.clone(), wanted: "one or two thicknesses in µm, e.g. 6,12".to_owned() };
            let parts: Vec<&str> = text.split(',').collect();
            if parts.len() > foils.len() {
                return Err(wanted());
            }
            for (foil, part) in foils.iter_mut().zip(parts) {
                *foil = Some(in_unit(part.trim().parse().map_err(|_| wanted())?, "um", "m", "cell-foil")?);
            }
        }
        Ok(CellChoices {
            format,
            silicon_share: self.silicon_share,
            natural_share: None,
            areal_capacity_ah_per_m2: each(self.areal_capacity_mah_cm2, "mAh/cm2", "Ah/m2", "areal-capacity-mah-cm2")?,
            porosity: self.porosity,
            n_to_p: self.np,
            anode_foil_m: foils[0],
            cathode_foil_m: foils[1],
            electrolyte_kg_per_ah: each(self.electrolyte_g_ah, "g/Ah", "kg/Ah", "electrolyte-g-ah")?,
            cathode_capacity_ah_per_kg: each(self.cathode_capacity_mah_g, "mAh/g", "Ah/kg", "cathode-capacity-mah-g")?,
        })
    }
}

/// Energy of a pack that nobody gave.
const DEFAULT_KWH: f64 = 60.0;
/// Least and greatest energy of a pack in kWh, as in car files.
const ENERGIES: (f64, f64) = (0.3, 300.0);

/// The energy of a pack that is asked for without a car, in kWh, and what must be said if nobody gave it.
///
/// # Errors
/// No car has such a pack.
pub(super) fn pack_energy(given: Option<f64>) -> Result<(f64, Option<String>), Failure> {
    let Some(kwh) = given else {
        return Ok((DEFAULT_KWH, Some(format!("no --energy-kwh was given: a pack of {DEFAULT_KWH} kWh stands in"))));
    };
    super::charge::within_or_hint("energy-kwh", kwh, ENERGIES, "kWh", "; in kilowatt-hours: was it given in watt-hours?")?;
    Ok((kwh, None))
}
/// Where packs are made if nobody says.
const DEFAULT_PLACE: &str = "CN";

impl Arguments {
    fn question(&self, desk: &Desk) -> Result<BatteryQuestion, Failure> {
        super::scenario::draws(u64::from(self.samples))?;
        let tables = desk.tables()?;
        let mut car: Option<CarDesign> = self.car.as_ref().map(|name| desk.car(name)).transpose()?;
        let battery = car.as_ref().and_then(|c| c.battery.as_ref());
        if let (Some(car), None) = (&car, battery) {
            return Err(Failure::NoBattery { car: car.id.clone() });
        }
        let chemistry = self.chemistry.clone().or_else(|| battery.map(|b| b.chemistry.clone())).unwrap_or_default();
        let energy = match (self.energy_kwh, battery) {
            (None, Some(battery)) => battery.gross_energy_kwh,
            (given, _) => Value::given(pack_energy(given)?.0),
        };
        let choices_given = self.energy_kwh.is_some() || self.chemistry.is_some();
        let mut spec = PackSpec::new(&chemistry, Energy::from_kwh(energy.best));
        spec.gross_energy_kwh = energy;
        spec.choices = self.cell.choices()?;
        spec.layout = match self.pack.as_deref() {
            None => None,
            Some("ctm") => Some(PackLayout::Modules),
            Some("ctp") => Some(PackLayout::CellToPack),
            Some(other) => return Err(Failure::UnknownName { kind: "kind of pack", seen: other.to_owned(), known: "ctm, ctp".to_owned() }),
        };
        let mut routes = pairs("route", &self.route)?;
        for (_, route) in routes.iter().filter(|(stage, _)| stage == "graphite") {
            spec.choices.natural_share = Some(match route.as_str() {
                "natural" => 1.0,
                "synthetic" => 0.0,
                other => {
                    return Err(Failure::UnknownName { kind: "route of graphite", seen: other.to_owned(), known: "natural, synthetic".to_owned() });
                }
            });
        }
        routes.retain(|(stage, _)| stage != "graphite");
        // A catalogued mass belongs to the pack of the catalogue, not to one that was changed.
        if !choices_given && spec.choices.is_default() && spec.layout.is_none() {
            spec.pack_mass_kg = battery.and_then(|b| b.pack_mass_kg);
        }
        let of_car = car.as_ref().and_then(|c| c.battery.as_ref().and_then(|b| b.made_in.clone()).or_else(|| c.made_in.clone()));
        let made_in = self.made_in.clone().or(of_car).unwrap_or_else(|| DEFAULT_PLACE.to_owned());
        tables.places.id(&made_in).map_err(minewheel_assess::AssessError::from)?;
        // The pack of a hybrid must give the power of its machines, whatever cells are put into it.
        spec.power = car.as_ref().and_then(pack_spec_of).and_then(|own| own.power);
        spec.made_in = Some(made_in.as_str().into());
        let sold_in = self.country.clone();
        if let Some(place) = &sold_in {
            tables.places.id(place).map_err(minewheel_assess::AssessError::from)?;
        }
        if let Some(years) = self.warranty_years {
            super::charge::within("warranty-years", years, super::passport::WARRANTIES, "years")?;
        }
        if choices_given && let Some(battery) = car.as_mut().and_then(|c| c.battery.as_mut()) {
            battery.chemistry.clone_from(&chemistry);
            battery.gross_energy_kwh = spec.gross_energy_kwh;
            battery.usable_energy_kwh = None;
            battery.pack_mass_kg = None;
        }
        let per_tonne = |(name, usd): (String, f64)| (name, minewheel_data::units::Mass::from_kg(usd).t());
        Ok(BatteryQuestion {
            spec,
            made_in,
            year: self.year,
            method: self.method.clone(),
            stages: pairs("stage", &self.stage)?,
            routes,
            recycled: numbers("recycled-content", &self.recycled_content, '=')?,
            prices: numbers("price", &self.price, '=')?.into_iter().map(per_tonne).collect(),
            shocks: numbers("price-shock", &self.price_shock, '*')?,
            sampling: (self.samples > 0).then_some(Sampling {
                samples: self.samples,
                seed: self.seed,
                resample: self.resample.of(),
                chain: self.chain.of(),
            }),
            car,
            sold_in,
            warranty_years: self.warranty_years,
            per_year: None,
        })
    }
}

/// The pack, designed and counted.
///
/// # Errors
/// A car, chemistry, stage, route or material that is unknown, a cell that cannot be, a price below nought, a `[sourcing]` that cannot be met.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<BatteryReport, Failure> {
    let (tables, premiums) = (desk.tables()?, desk.premiums()?);
    let question = settle_pack(tables, premiums, arguments.question(desk)?).map_err(SupplyError::from)?;
    let mut report = battery_report(&question, tables)?;
    if arguments.car.is_none() {
        report.notices.extend(pack_energy(arguments.energy_kwh)?.1);
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
            for notice in &report.notices {
                print::note(&print::wrap(&format!("note: {notice}")));
            }
        }
    }
    Ok(())
}

fn range(interval: &Interval) -> String {
    match (interval.p5, interval.p95) {
        (Some(low), Some(high)) => format!("{} ({} to {})", figure(interval.value), figure(low), figure(high)),
        _ => figure(interval.value),
    }
}

/// The spans of a pack's life, and what they rest on.
pub fn spans(of: &PackFootprint) -> String {
    let line = |s: &Span| {
        let (kg, less) = (range(&s.kg_per_kwh), figure(s.with_credits_kg_per_kwh.value));
        let years = match (s.years_drawn.p5, s.years_drawn.p95) {
            (Some(low), Some(high)) if low < high => format!("{:.1} ({low:.0}–{high:.0})", s.years),
            _ => format!("{:.1}", s.years),
        };
        vec![s.span.words().to_owned(), years, figure(s.delivered_kwh), kg, less]
    };
    let lines: Vec<_> = of.spans.iter().map(line).collect();
    let mut text = print::table(&["span", "years", "kWh", "kg CO2e/kWh", "less saved"], &lines, &[1, 2, 3, 4]);
    let of_basis = |b: &Basis| format!("{} {} {} ({}, {})", b.quantity, figure(b.value), b.unit, b.status, b.source);
    text.push_str("less saved: less the primary materials that recycling saves\n");
    text.push_str(&print::wrap(&format!("rests on: {}", of.basis.iter().map(of_basis).collect::<Vec<_>>().join("; "))));
    text.push('\n');
    text
}

fn table(r: &BatteryReport) -> String {
    let mut text = String::new();
    let estimate = if r.is_estimate { ", an estimate" } else { "" };
    let _ = writeln!(
        text,
        "{}{estimate}: {} kWh, {} cells, {}; made in {}, {}\n",
        r.chemistry,
        figure(r.gross_energy_kwh),
        r.cell_format,
        r.layout,
        r.made_in,
        r.year
    );
    let row = |name: &str, value: String, unit: &str| vec![name.to_owned(), value, unit.to_owned()];
    let mut rows = vec![
        row("cell", figure(r.cell_wh_per_kg), "Wh/kg"),
        row("", figure(r.cell_wh_per_l), "Wh/l"),
        row("pack", figure(r.pack_wh_per_kg), "Wh/kg"),
        row("", figure(r.pack_wh_per_l), "Wh/l"),
        row("mass", figure(r.pack_mass_kg), "kg"),
        row("short-time power", figure(r.power.pack_kw), "kW"),
        row("10 to 80 %, cell at its limit", figure(r.fast_charge.minutes_10_to_80), "min"),
        row("footprint", range(&r.climate_kg_per_kwh), "kg CO2e/kWh"),
        row("price", range(&r.cost_usd_per_kwh), "USD/kWh"),
    ];
    if let (Some(cycles), Some(years)) = (r.cycle_life, r.first_life_years) {
        let end = r.first_life_ends_at.map(|share| format!("first life, to {:.0} % of capacity", 100.0 * share));
        rows.push(row(end.as_deref().unwrap_or("first life"), figure(years), "years"));
        rows.push(row("", figure(cycles), "full cycles"));
    }
    if let Some(years) = r.years_to_80_percent {
        rows.push(row("to 80 % of capacity", figure(years), "years"));
    }
    text.push_str(&print::table(&["figure", "value", "unit"], &rows, &[1]));
    if let Some(delivered) = &r.delivered {
        let _ = writeln!(text, "\nfootprint by kWh delivered, with distribution and end of life");
        text.push_str(&spans(delivered));
    }
    let _ =
        writeln!(text, "\nelectrodes, one side: {} mAh/cm2, N/P {}", figure(r.electrodes.areal_capacity_mah_per_cm2), figure(r.electrodes.n_to_p));
    let coating = |name: &str, c: &minewheel_model::battery::CoatingReport| {
        vec![
            name.to_owned(),
            figure(c.coating_mg_per_cm2),
            figure(c.thickness_um),
            format!("{:.2}", c.porosity),
            format!("{:.2}", c.density_g_per_cm3),
        ]
    };
    let rows = [coating("cathode", &r.electrodes.cathode), coating("anode", &r.electrodes.anode)];
    text.push_str(&print::table(&["coating", "mg/cm2", "um", "porosity", "g/cm3"], &rows, &[1, 2, 3, 4]));
    let _ = writeln!(text, "\nfootprint by stage");
    text.push_str(&print::table(&["stage", "kg CO2e/kWh", "%", "where, in %"], &stages(r), &[1, 2]));
    let energy = &r.cell_plant_energy;
    let (power, gas) = (energy.electricity_kwh_per_kwh, energy.gas_kwh_per_kwh);
    let _ = writeln!(text, "\nenergy of the cell plant: {} kWh/kWh, of it power {}, gas {}", figure(power + gas), figure(power), figure(gas));
    let step = |s: &PlantStep| {
        let percent = |share: f64| format!("{:.0}", 100.0 * share);
        let share = format!("{} ({} to {})", percent(s.share), percent(s.low), percent(s.high));
        vec![s.step.clone(), figure(s.kwh_per_kwh), share, s.status.to_string()]
    };
    let rows: Vec<Vec<String>> = energy.steps.iter().map(step).collect();
    text.push_str(&print::table(&["step", "kWh/kWh", "%", "status"], &rows, &[1, 2]));
    let _ = writeln!(text, "\nprice by block");
    let rows: Vec<Vec<String>> =
        r.cost_blocks.iter().map(|b| vec![b.block.to_owned(), figure(b.usd_per_kwh), figure(b.commodities_usd_per_kwh)]).collect();
    text.push_str(&print::table(&["block", "USD/kWh", "of it metal"], &rows, &[1, 2]));
    let _ = writeln!(text, "\nmaterials");
    let rows: Vec<Vec<String>> = r.materials_kg_per_kwh.iter().map(|(m, kg)| vec![m.clone(), figure(*kg)]).collect();
    text.push_str(&print::table(&["material", "kg/kWh"], &rows, &[1]));
    let _ = writeln!(text, "\nwhat drives the spread of the footprint");
    let rows: Vec<Vec<String>> = r.ranking.iter().map(|d| vec![d.what.clone(), format!("{:.0}", 100.0 * d.share), d.status.to_string()]).collect();
    text.push_str(&print::table(&["row", "%", "status"], &rows, &[1]));
    let _ = writeln!(text, "\nchecks");
    let rows: Vec<Vec<String>> = r
        .checks
        .iter()
        .map(|c| {
            let value = if c.value.abs() < SMALL { format!("{:.0e}", c.value) } else { figure(c.value) };
            let limit = if c.limit.abs() < SMALL { format!("{:.0e}", c.limit) } else { figure(c.limit) };
            vec![c.name.clone(), value, format!("{} {limit} {}", c.bound, c.unit), if c.pass { "holds" } else { "FAILS" }.to_owned()]
        })
        .collect();
    text.push_str(&print::table(&["check", "value", "limit", "verdict"], &rows, &[1]));
    let _ = writeln!(text, "\nweakest status: {}", r.weakest_status);
    text
}

/// How many places of a stage the table names; all are in the other formats.
const PLACES: usize = 3;

/// Stages with the places that give most of each.
fn stages(r: &BatteryReport) -> Vec<Vec<String>> {
    let mut rows: Vec<(&str, Vec<(&str, f64)>)> = Vec::new();
    for line in &r.climate_by_stage {
        match rows.iter_mut().find(|row| row.0 == line.stage) {
            Some(row) => row.1.push((&line.country, line.kg_per_kwh)),
            None => rows.push((&line.stage, vec![(&line.country, line.kg_per_kwh)])),
        }
    }
    let total = r.climate_kg_per_kwh.value;
    rows.into_iter()
        .map(|(stage, mut places)| {
            let kg: f64 = places.iter().map(|p| p.1).sum();
            places.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
            let named: Vec<String> = places.iter().take(PLACES).map(|(place, part)| format!("{place} {:.0}", 100.0 * part / kg)).collect();
            vec![stage.to_owned(), figure(kg), format!("{:.1}", 100.0 * kg / total), named.join(", ")]
        })
        .collect()
}
/// Numbers below are written with their power of ten.
const SMALL: f64 = 1e-4;

fn csv(r: &BatteryReport) -> String {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row = |group: &str, name: &str, place: &str, value: f64, unit: &str| {
        rows.push(vec![group.to_owned(), name.to_owned(), place.to_owned(), value.to_string(), unit.to_owned()]);
    };
    row("cell", "specific energy", "", r.cell_wh_per_kg, "Wh/kg");
    row("cell", "energy density", "", r.cell_wh_per_l, "Wh/l");
    row("pack", "specific energy", "", r.pack_wh_per_kg, "Wh/kg");
    row("pack", "energy density", "", r.pack_wh_per_l, "Wh/l");
    row("pack", "mass", "", r.pack_mass_kg, "kg");
    row("pack", "short-time power", "", r.power.pack_kw, "kW");
    row("cell", "10 to 80 %", "", r.fast_charge.minutes_10_to_80, "min");
    row("pack", "footprint", &r.made_in, r.climate_kg_per_kwh.value, "kg CO2e/kWh");
    row("pack", "price", &r.made_in, r.cost_usd_per_kwh.value, "USD/kWh");
    for (group, interval, unit) in [("footprint", &r.climate_kg_per_kwh, "kg CO2e/kWh"), ("price", &r.cost_usd_per_kwh, "USD/kWh")] {
        for (name, value) in [("p5", interval.p5), ("p50", interval.p50), ("p95", interval.p95)] {
            if let Some(value) = value {
                row(group, name, &r.made_in, value, unit);
            }
        }
    }
    for span in r.delivered.iter().flat_map(|d| &d.spans) {
        let of = span.kg_per_kwh;
        row("footprint by kWh delivered", span.span.words(), &r.made_in, of.value, "kg CO2e/kWh");
        for (name, value) in [("p5", of.p5), ("p50", of.p50), ("p95", of.p95)] {
            if let Some(value) = value {
                row("footprint by kWh delivered", &format!("{}, {name}", span.span.words()), &r.made_in, value, "kg CO2e/kWh");
            }
        }
    }
    for stage in &r.climate_by_stage {
        row("footprint by stage", &stage.stage, &stage.country, stage.kg_per_kwh, "kg CO2e/kWh");
    }
    for block in &r.cost_blocks {
        row("price by block", block.block, &r.made_in, block.usd_per_kwh, "USD/kWh");
    }
    for (part, kg) in &r.components_kg {
        row("component", part, "", *kg, "kg");
    }
    for (material, kg) in &r.materials_kg_per_kwh {
        row("material", material, "", *kg, "kg/kWh");
    }
    print::csv(&["group", "name", "place", "value", "unit"], &rows)
}
