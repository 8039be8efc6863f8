//! `minewheel motor`: a machine from its specification: sizes, materials, map, footprint, cost.

use std::fmt::Write as _;
use std::path::PathBuf;

use minewheel_assess::drive_units::{Built, MachineReport, Setting, buildable, machines};
use minewheel_assess::machine::ScoredLine;
use minewheel_assess::tables::Tables;
use minewheel_data::car::{CarClass, CarDesign, MotorDesign, Powertrain, Topology};
use minewheel_data::cycles::Cycle;
use minewheel_data::row::{Draw, Value};
use minewheel_data::units::{Mass, Power, Torque, convert};
use minewheel_model::motor::sizing::MotorSpec;
use minewheel_model::motor::{Cooling, LossMap, MapGrid, Switch};
use serde::Serialize;

use super::charge::{within, within_or_hint};
use crate::failure::Failure;
use crate::inputs::{self, Desk};
use crate::print::{self, Format, figure};

/// What a machine must do, shared with `drive-unit`.
#[derive(clap::Args)]
pub struct SpecArguments {
    /// Short-time power at the shaft in kW
    #[arg(long, value_name = "KW", default_value_t = 150.0, allow_negative_numbers = true)]
    power_kw: f64,
    /// Short-time torque in Nm; left out: that of the usual ratio of top to base speed
    #[arg(long, value_name = "NM", allow_negative_numbers = true)]
    torque_nm: Option<f64>,
    /// Top speed of the machine in rpm
    #[arg(long, value_name = "RPM", default_value_t = 16_000.0, allow_negative_numbers = true)]
    top_speed_rpm: f64,
    /// DC voltage in V
    #[arg(long, value_name = "V", default_value_t = 400.0, allow_negative_numbers = true)]
    voltage: f64,
    /// Cooling: jacket, oil
    #[arg(long, default_value = "oil")]
    cooling: String,
    /// Switches of the inverter: igbt, sic
    #[arg(long, default_value = "igbt")]
    inverter: String,
    /// Magnet grade; left out: the one with least heavy rare earth that stays magnetised
    #[arg(long, value_name = "GRADE")]
    magnet: Option<String>,
    /// Lamination steel
    #[arg(long, default_value = "m235-35a")]
    steel: String,
    /// Where the plant stands
    #[arg(long, value_name = "PLACE", default_value = "CN")]
    pub made_in: String,
    /// Where the car is charged
    #[arg(long, value_name = "PLACE", default_value = "CN")]
    pub country: String,
    /// Year
    #[arg(long, default_value_t = 2024, allow_negative_numbers = true)]
    pub year: i32,
    /// Climate method
    #[arg(long, default_value = "ar6-gwp100")]
    pub method: String,
    /// Car that the machines drive on the cycle: an id of the catalogue or a TOML file; left out: a compact car with 60 kWh
    #[arg(long, value_name = "CAR")]
    car: Option<String>,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// Kind of machine: ipm, spm, pma-synrm, eesm, induction, srm
    #[arg(long, default_value = "ipm")]
    topology: String,
    /// All kinds of machine side by side, for the same torque and speeds
    #[arg(long)]
    compare: bool,
    #[command(flatten)]
    spec: SpecArguments,
    /// Cycle for the efficiency in use
    #[arg(long, value_name = "NAME|FILE", default_value = "wltc3b")]
    cycle: String,
    /// Write the map as SVG
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// How to print; csv is the map, or the table of a comparison
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// One machine as JSON.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Machine {
    /// Its figures.
    #[serde(flatten)]
    report: MachineReport,
    /// What the figures must not be read without: kinds that a comparison leaves out, and why. Absent where there is nothing to say.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    notices: Vec<String>,
    /// Its dimensions in SI.
    geometry: minewheel_model::motor::Geometry,
    /// What is bought for it, with gear and inverter, and the footprint of each line.
    bill: Vec<ScoredLine>,
    /// Losses of machine and inverter over speed and torque.
    map: LossMap,
}

/// Powers, speeds, voltages and torques that are sized.
const POWERS_KW: (f64, f64) = (1.0, 1000.0);
const SPEEDS_RPM: (f64, f64) = (500.0, 38_000.0);
const VOLTAGES: (f64, f64) = (40.0, 1500.0);
const TORQUES_NM: (f64, f64) = (1.0, 5000.0);
/// Highest base speed over top speed.
const BASE_OVER_TOP: f64 = 0.98;

const TOPOLOGIES: &str = "ipm, spm, pma-synrm, eesm, induction, srm";

/// A kind of machine by its word.
pub(super) fn topology(word: &str) -> Result<Topology, Failure> {
    Topology::ALL.iter().copied().find(|t| t.word() == word).ok_or_else(|| Failure::UnknownName {
        kind: "kind of machine",
        seen: word.to_owned(),
        known: TOPOLOGIES.to_owned(),
    })
}

impl SpecArguments {
    /// The specification for one kind of machine.
    pub(super) fn spec(&self, topology: Topology, tables: &Tables) -> Result<MotorSpec, Failure> {
        let unknown = |kind: &'static str, seen: &str, known: &str| Failure::UnknownName { kind, seen: seen.to_owned(), known: known.to_owned() };
        let cooling = Cooling::ALL.into_iter().find(|c| c.word() == self.cooling);
        let cooling = cooling.ok_or_else(|| unknown("way of cooling", &self.cooling, "jacket, oil"))?;
        let switch = [Switch::Igbt, Switch::Sic].into_iter().find(|s| s.word() == self.inverter);
        let switch = switch.ok_or_else(|| unknown("kind of inverter", &self.inverter, "igbt, sic"))?;
        let failed = |e: minewheel_model::motor::MotorError| Failure::Assess(e.into());
        let shared = |name: &str, unit: &str| tables.motors.shared(name, unit).map(|v| Draw::BEST.of(&v)).map_err(failed);
        within_or_hint("power-kw", self.power_kw, POWERS_KW, "kW", "; in kilowatts: was it given in watts?")?;
        within("top-speed-rpm", self.top_speed_rpm, SPEEDS_RPM, "rpm")?;
        within("voltage", self.voltage, VOLTAGES, "V")?;
        let top_rad_s = convert(self.top_speed_rpm, "rpm", "1/s").unwrap_or_default();
        let peak = Power::from_kw(self.power_kw);
        let usual = peak.w() * shared("top_over_base", "1")? / top_rad_s;
        let (least, most) = ((peak.w() / (BASE_OVER_TOP * top_rad_s)).max(TORQUES_NM.0), TORQUES_NM.1);
        if let Some(seen) = self.torque_nm {
            if !(TORQUES_NM.0..=most).contains(&seen) {
                within("torque-nm", seen, TORQUES_NM, "Nm")?;
            } else if seen < least {
                let wanted =
                    format!("at least {} Nm: with less, {} kW lie above {} rpm", figure(least), figure(self.power_kw), figure(self.top_speed_rpm));
                return Err(Failure::Option { option: "torque-nm", seen: seen.to_string(), wanted });
            }
        } else if !(TORQUES_NM.0..=most).contains(&usual) {
            let wanted = format!(
                "a speed at which {} kW take {} to {} Nm: at the usual ratio of top to base speed it is {} Nm; or give --torque-nm",
                figure(self.power_kw),
                figure(TORQUES_NM.0),
                figure(most),
                figure(usual)
            );
            return Err(Failure::Option { option: "top-speed-rpm", seen: self.top_speed_rpm.to_string(), wanted });
        }
        Ok(MotorSpec {
            topology,
            peak_w: peak.w(),
            peak_nm: self.torque_nm.unwrap_or_else(|| Torque::from_nm(usual).nm()),
            top_rad_s,
            dc_v: self.voltage,
            cooling,
            switch,
            magnet: self.magnet.clone(),
            steel: self.steel.clone(),
            lamination_m: shared("standard_lamination", "m")?,
        })
    }

    pub(super) fn setting(&self, tables: &Tables) -> Result<Setting, Failure> {
        let place = |code: &str| tables.places.id(code).map_err(|e| Failure::Assess(e.into()));
        Ok(Setting { plant: place(&self.made_in)?, country: place(&self.country)?, year: self.year, method: self.method.clone() })
    }

    /// The car that is driven.
    pub(super) fn car(&self, desk: &Desk) -> Result<CarDesign, Failure> {
        if let Some(name) = &self.car {
            return desk.car(name);
        }
        let mut car = CarDesign::new("compact", Powertrain::Bev);
        car.class = Some(CarClass::Compact);
        car.motors = vec![MotorDesign { peak_power_kw: Some(Value::given(self.power_kw)), ..MotorDesign::default() }];
        car.battery = Some(minewheel_data::car::BatteryDesign {
            chemistry: DEFAULT_CHEMISTRY.to_owned(),
            gross_energy_kwh: Value::given(DEFAULT_KWH),
            usable_energy_kwh: None,
            pack_mass_kg: None,
            made_in: None,
        });
        Ok(car)
    }
}

/// The car that stands in where none is named; the note of the output says so.
const DEFAULT_CHEMISTRY: &str = "nmc622";
const DEFAULT_KWH: f64 = 60.0;

/// What a question about machines comes to.
struct Found {
    specs: Vec<MotorSpec>,
    car: CarDesign,
    cycle: Cycle,
    built: Vec<Built>,
    /// Kinds that cannot be built, with the reason.
    left_out: Vec<String>,
}

/// The machines asked for, as printed.
///
/// # Errors
/// A specification that cannot be met, or an unknown name.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<Vec<Machine>, Failure> {
    let found = find(arguments, desk)?;
    Ok(outputs(found.built, &found.left_out))
}

fn outputs(built: Vec<Built>, left_out: &[String]) -> Vec<Machine> {
    built
        .into_iter()
        .map(|b| Machine { report: b.report, notices: left_out.to_vec(), geometry: b.sized.machine.geometry, bill: b.lines, map: b.map })
        .collect()
}

/// The machines asked for.
///
/// # Errors
/// A specification that cannot be met, or an unknown name.
fn find(arguments: &Arguments, desk: &Desk) -> Result<Found, Failure> {
    let tables = desk.tables()?;
    let kinds = if arguments.compare { Topology::ALL.to_vec() } else { vec![topology(&arguments.topology)?] };
    let mut specs = kinds.into_iter().map(|t| arguments.spec.spec(t, tables)).collect::<Result<Vec<_>, _>>()?;
    let car = arguments.spec.car(desk)?;
    let cycle = desk.cycle(&arguments.cycle)?;
    let setting = arguments.spec.setting(tables)?;
    let mut left_out = Vec::new();
    if arguments.compare {
        let (able, unable) = buildable(specs, tables)?;
        specs = able;
        left_out.extend(unable.into_iter().map(|(topology, error)| format!("{} is left out: {error}", topology.word())));
    }
    let built = machines(&specs, tables, &setting, Some((&car, &cycle)), MapGrid::FINE)?;
    Ok(Found { specs, car, cycle, built, left_out })
}

/// Runs the command.
///
/// # Errors
/// As [`answer`], or a file that cannot be written.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Found { specs, car, cycle, built, left_out } = find(arguments, &Desk::on_disk(arguments.spec.data.as_deref())?)?;
    if let (Some(path), Some(first)) = (&arguments.svg, built.first()) {
        inputs::write(path, &svg(&specs[0], first))?;
    }
    for kind in &left_out {
        print::note(&print::wrap(&format!("note: {kind}")));
    }
    match arguments.format {
        Format::Json => print::json(&outputs(built, &left_out)),
        Format::Csv if arguments.compare => print::data(&comparison(&built, true)),
        Format::Csv => print::data(&map_csv(&built[0].map)),
        Format::Table if arguments.compare => {
            print::page(&comparison(&built, false));
            print::note(&print::wrap(&format!(
                "Same torque and speeds; power is the short-time rating of {} kW. Efficiency of machine and inverter on {} with {}. Costs are those of a \
                 class, corrected for metals. Pareto: efficiency, rare earths, cost, risk. Usual proportions, none optimised.",
                figure(Power::from_w(specs[0].peak_w).kw()),
                cycle.id(),
                car.id
            )));
        }
        Format::Table => one(&specs[0], &built[0]),
    }
    Ok(())
}

fn comparison(built: &[Built], is_csv: bool) -> String {
    let percent = |v: f64| format!("{:.1}", 100.0 * v);
    let optional = |v: Option<String>| v.unwrap_or_else(|| "–".to_owned());
    let made: Vec<Vec<String>> = built
        .iter()
        .map(|b| {
            let r = &b.report;
            vec![
                r.topology.clone(),
                optional(r.magnet_grade.clone()),
                figure(r.mass_kg),
                figure(r.volume_l),
                figure(r.masses.magnet_kg),
                figure(r.masses.copper_kg),
                figure(r.masses.laminations_kg()),
                figure(r.footprint_kg),
            ]
        })
        .collect();
    let merits: Vec<Vec<String>> = built
        .iter()
        .map(|b| {
            let r = &b.report;
            vec![
                r.topology.clone(),
                percent(r.best_efficiency),
                optional(r.cycle_efficiency.map(percent)),
                optional(r.wall_wh_per_km.map(|w| format!("{w:.1}"))),
                figure(r.rare_earth_kg),
                figure(r.cost_usd),
                figure(r.risk_kg),
                optional(r.is_pareto.map(|is| if is { "yes" } else { "no" }.to_owned())),
            ]
        })
        .collect();
    let (sizes, judged) = (
        ["machine", "grade", "kg", "litre", "magnet", "copper", "steel", "kg CO2e"],
        ["machine", "best %", "cycle %", "Wh/km", "RE kg", "USD", "risk kg", "Pareto"],
    );
    if is_csv {
        let header: Vec<&str> = sizes.iter().copied().chain(judged[1..].iter().copied()).collect();
        let rows: Vec<Vec<String>> = made.into_iter().zip(merits).map(|(a, b)| a.into_iter().chain(b.into_iter().skip(1)).collect()).collect();
        return print::csv(&header, &rows);
    }
    format!("{}\n{}", print::table(&sizes, &made, &[2, 3, 4, 5, 6, 7]), print::table(&judged, &merits, &[1, 2, 3, 4, 5, 6]))
}

fn one(spec: &MotorSpec, built: &Built) {
    let (r, m) = (&built.report, &built.report.masses);
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{} {} kW (short-time), {} Nm, {} rpm, {} V DC, {} cooling\n",
        r.topology,
        figure(Power::from_w(spec.peak_w).kw()),
        figure(spec.peak_nm),
        figure(rpm(spec.top_rad_s)),
        figure(spec.dc_v),
        spec.cooling.word()
    );
    let pairs = |rows: &[(&str, String)]| -> Vec<Vec<String>> { rows.iter().map(|(k, v)| vec![(*k).to_owned(), v.clone()]).collect() };
    let mut sizes = vec![
        ("stator outer / bore / stack", format!("{} / {} / {} mm", figure(r.outer_mm), figure(r.bore_mm), figure(r.stack_mm))),
        ("turns per phase, peak current", format!("{}, {} A rms", figure(r.turns), figure(r.peak_a_rms))),
        (
            "mass, specific power, volume",
            format!("{} kg, {} kW/kg of short-time power, {} l", figure(r.mass_kg), figure(r.kw_per_kg), figure(r.volume_l)),
        ),
        ("lasting torque at a quarter of top speed", format!("{} Nm", figure(r.continuous_nm))),
        ("power at top speed", format!("{:.0} % of peak", 100.0 * r.top_power_share)),
    ];
    if let (Some(grade), Some(margin)) = (&r.magnet_grade, r.demagnetisation_margin) {
        sizes.push(("magnet", format!("{grade}; coercivity over worst field {margin:.2}")));
    }
    text.push_str(&print::table(&["size", ""], &pairs(&sizes), &[]));
    text.push('\n');
    let earths = minewheel_assess::drive_units::rare_earths_of(built);
    let mut materials = vec![
        ("electrical steel", m.laminations_kg()),
        ("copper", m.copper_kg),
        ("aluminium", m.aluminium_kg()),
        ("shaft steel", m.shaft_kg),
        ("insulation", m.insulation_kg),
        ("magnet", m.magnet_kg),
        ("ferrite", m.ferrite_kg),
    ];
    materials.extend(earths);
    materials.push(("boron", m.elements_kg.boron));
    materials.push(("iron of the magnet", m.elements_kg.iron));
    let rows: Vec<Vec<String>> = materials
        .iter()
        .filter(|(_, kg)| *kg > 0.0)
        .map(|(name, kg)| vec![(*name).to_owned(), figure(*kg), figure(Mass::from_kg(*kg).g() / Power::from_w(spec.peak_w).kw())])
        .collect();
    text.push_str(&print::table(&["material", "kg", "g per kW of short-time power"], &rows, &[1, 2]));
    text.push('\n');
    text.push_str(&contour(&built.map));
    let (speed, torque, efficiency) = built.map.best();
    let percent = |v: f64| format!("{:.1} %", 100.0 * v);
    let results = [
        ("best point", format!("{} at {} rpm, {} Nm", percent(efficiency), figure(rpm(speed)), figure(torque))),
        (
            "on the cycle",
            format!(
                "{}, {} Wh/km at the wall",
                r.cycle_efficiency.map_or_else(|| "–".to_owned(), percent),
                r.wall_wh_per_km.map_or_else(|| "–".to_owned(), figure)
            ),
        ),
        ("footprint", format!("{} kg CO2e; machine {}, the rest gear and inverter", figure(r.footprint_kg), figure(r.machine_footprint_kg))),
        ("cost of machine and inverter", format!("{} USD", figure(r.cost_usd))),
        ("rare earths, weighed with concentration of supply", format!("{} kg, {} kg", figure(r.rare_earth_kg), figure(r.risk_kg))),
    ];
    text.push('\n');
    text.push_str(&print::table(&["result", ""], &pairs(&results), &[]));
    print::page(&text);
}

fn rpm(rad_s: f64) -> f64 {
    convert(rad_s, "1/s", "rpm").unwrap_or(f64::NAN)
}

/// Columns and lines of the map in the terminal.
const CONTOUR: (usize, usize) = (64, 14);
/// Lower bounds of the bands, in percent, with their marks.
const BANDS: [(f64, char); 8] = [(96.0, '9'), (95.0, '8'), (94.0, '7'), (92.0, '6'), (90.0, '5'), (85.0, '4'), (80.0, '3'), (0.0, '.')];

/// The map as characters: torque upwards, speed to the right, one mark a band of efficiency.
fn contour(map: &LossMap) -> String {
    let (columns, lines) = CONTOUR;
    let (top, most) = (map.top_rad_s(), map.peak_nm.first().copied().unwrap_or(0.0));
    let mut text = String::from("efficiency of machine and inverter while driving\n");
    for line in (0..lines).rev() {
        let torque = most * (line as f64 + 0.5) / lines as f64;
        let _ = write!(text, "{torque:>6.0} Nm │");
        for column in 0..columns {
            let speed = top * (column as f64 + 0.5) / columns as f64;
            text.push(map.efficiency(speed, torque).map_or(' ', |e| band(100.0 * e)));
        }
        text.push('\n');
    }
    let _ = writeln!(text, "          └{}", "─".repeat(columns));
    let _ = writeln!(text, "           0{:>width$.0} rpm", rpm(top), width = columns - 1);
    let legend: Vec<String> =
        BANDS.iter().map(|(low, mark)| if *low > 0.0 { format!("{mark} ≥ {low:.0}") } else { format!("{mark} less, %") }).collect();
    let _ = writeln!(text, "{}", legend.join("   "));
    text
}

fn band(percent: f64) -> char {
    BANDS.iter().find(|b| percent >= b.0).map_or('.', |b| b.1)
}

fn map_csv(map: &LossMap) -> String {
    let mut rows = Vec::new();
    for (i, speed) in map.speeds_rad_s.iter().enumerate() {
        for (j, share) in map.shares.iter().enumerate() {
            let torque = share * map.peak_nm[i];
            let efficiency = map.efficiency(*speed, torque).filter(|_| torque != 0.0);
            rows.push(vec![
                format!("{:.1}", rpm(*speed)),
                format!("{torque:.3}"),
                format!("{:.2}", map.loss_w[i * map.shares.len() + j]),
                efficiency.map_or_else(String::new, |e| format!("{e:.5}")),
                format!("{:.3}", map.peak_nm[i]),
                format!("{:.3}", map.continuous_nm[i]),
                format!("{:.2}", map.drag_w[i]),
            ]);
        }
    }
    print::csv(&["speed_rpm", "torque_nm", "loss_w", "efficiency", "peak_nm", "continuous_nm", "drag_w"], &rows)
}

/// Size of the picture and its frame in pixels.
const PICTURE: (f64, f64) = (720.0, 460.0);
const FRAME: (f64, f64, f64, f64) = (60.0, 30.0, 20.0, 80.0);
const TILES: (usize, usize) = (96, 60);

fn svg(spec: &MotorSpec, built: &Built) -> String {
    let map = &built.map;
    let (left, up, right, down) = FRAME;
    let (width, height) = (PICTURE.0 - left - right, PICTURE.1 - up - down);
    let (top, most) = (map.top_rad_s(), map.peak_nm.first().copied().unwrap_or(1.0));
    let x = |speed: f64| left + width * speed / top;
    let y = |torque: f64| up + height * (1.0 - torque / most);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>Efficiency of {} machine and inverter, {} kW short-time</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
        PICTURE.0,
        PICTURE.1,
        built.report.topology,
        figure(Power::from_w(spec.peak_w).kw())
    );
    let (columns, lines) = TILES;
    let (tile_w, tile_h) = (width / columns as f64 + 0.3, height / lines as f64 + 0.3);
    for column in 0..columns {
        let speed = top * (column as f64 + 0.5) / columns as f64;
        for line in 0..lines {
            let torque = most * (line as f64 + 0.5) / lines as f64;
            if let Some(e) = map.efficiency(speed, torque) {
                let at = BANDS.iter().position(|b| 100.0 * e >= b.0).unwrap_or(BANDS.len() - 1);
                let light = 28 + 9 * at;
                let _ = writeln!(
                    text,
                    "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{tile_w:.1}\" height=\"{tile_h:.1}\" fill=\"hsl(205,60%,{light}%)\"/>",
                    x(speed) - 0.5 * tile_w,
                    y(torque) - 0.5 * tile_h
                );
            }
        }
    }
    for (values, dash, name) in [(&map.peak_nm, "none", "short-time"), (&map.continuous_nm, "5 4", "lasting")] {
        let points: Vec<String> = map.speeds_rad_s.iter().zip(values).map(|(s, t)| format!("{:.1},{:.1}", x(*s), y(*t))).collect();
        let _ = writeln!(
            text,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"#222\" stroke-width=\"1.5\" stroke-dasharray=\"{dash}\"><title>{name}</title></polyline>",
            points.join(" ")
        );
    }
    for step in 0..=4 {
        let share = f64::from(step) / 4.0;
        let _ =
            writeln!(text, "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{:.0}</text>", x(share * top), up + height + 16.0, rpm(share * top));
        let _ = writeln!(text, "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{:.0}</text>", left - 6.0, y(share * most) + 4.0, share * most);
    }
    let _ = writeln!(text, "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">speed in rpm</text>", left + 0.5 * width, up + height + 34.0);
    let _ = writeln!(text, "<text x=\"8\" y=\"{:.1}\">torque in Nm</text>", up - 10.0);
    for (at, (low, _)) in BANDS.iter().enumerate() {
        let along = left + at as f64 * 76.0;
        let label = if *low > 0.0 { format!("≥ {low:.0} %") } else { "less".to_owned() };
        let _ = writeln!(
            text,
            "<rect x=\"{along:.0}\" y=\"{:.0}\" width=\"14\" height=\"12\" fill=\"hsl(205,60%,{}%)\"/><text x=\"{:.0}\" y=\"{:.0}\">{label}</text>",
            up + height + 42.0,
            28 + 9 * at,
            along + 18.0,
            up + height + 52.0
        );
    }
    let _ = writeln!(
        text,
        "<text x=\"{left}\" y=\"{:.0}\" fill=\"#555\">Minewheel {}, analytic model; full line short-time, dashed lasting torque; {}</text>\n</svg>",
        PICTURE.1 - 8.0,
        env!("CARGO_PKG_VERSION"),
        built.report.magnet_grade.as_deref().unwrap_or("no magnets")
    );
    text
}
