//! `minewheel drive-unit`: two machines in one unit against one big machine and against two units.

use minewheel_assess::drive_units::{UnitReport, compare_units};
use minewheel_data::car::CarDesign;
use minewheel_model::motor::MapGrid;

use super::motor::{SpecArguments, topology};
use crate::failure::Failure;
use crate::inputs::Desk;
use crate::print::{self, Format, figure};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// Kind of the one machine and of the first of a pair: ipm, spm, pma-synrm, eesm, induction, srm
    #[arg(long, default_value = "ipm")]
    topology: String,
    /// Kind of the second of a pair; left out: as the first
    #[arg(long, value_name = "KIND")]
    second: Option<String>,
    #[command(flatten)]
    spec: SpecArguments,
    /// Cycles: names, or CSV files with `time_s,speed_km_h`
    #[arg(long = "cycle", value_name = "NAME|FILE", default_values_t = ["wltc3b".to_owned(), "udds".to_owned(), "hwfet".to_owned()])]
    cycles: Vec<String>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// The designs, compared.
///
/// # Errors
/// A specification that cannot be met, or an unknown name.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<Vec<UnitReport>, Failure> {
    Ok(find(arguments, desk)?.1)
}

/// The car that is driven, and the designs.
fn find(arguments: &Arguments, desk: &Desk) -> Result<(CarDesign, Vec<UnitReport>), Failure> {
    let tables = desk.tables()?;
    let first = topology(&arguments.topology)?;
    let second = arguments.second.as_deref().map_or(Ok(first), topology)?;
    let car = arguments.spec.car(desk)?;
    let cycles = arguments.cycles.iter().map(|name| desk.cycle(name)).collect::<Result<Vec<_>, _>>()?;
    let setting = arguments.spec.setting(tables)?;
    let (one, other) = (arguments.spec.spec(first, tables)?, arguments.spec.spec(second, tables)?);
    let reports = compare_units(&one, &other, &car, &cycles, tables, &setting, MapGrid::FINE)?;
    Ok((car, reports))
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (car, reports) = find(arguments, &Desk::on_disk(arguments.spec.data.as_deref())?)?;
    match arguments.format {
        Format::Json => print::json(&reports),
        Format::Csv => print::data(&print::csv(&ENERGY, &energy(&reports, true))),
        Format::Table => {
            print::data(&print::table(&MAKING, &making(&reports), &[2, 3, 4, 5, 6, 7]));
            print::data("");
            print::data(&print::table(&SHOWN, &energy(&reports, false), &[2, 3, 4, 5, 6]));
            print::note(&print::wrap(&format!(
                "Equal peak power and torque at the wheels; {}'s mass moves with the unit. Gains below 0.3 % of the wall energy count as nil: less than \
                 the maps' own error. Split: against all machines alike. Gain: against \
                 the one machine. Even: when the footprint of making is repaid, charged in {}.",
                car.id, arguments.spec.country
            )));
        }
    }
    Ok(())
}

const MAKING: [&str; 8] = ["design", "machines", "kg", "litre", "magnet kg", "Cu kg", "kg CO2e", "USD"];
/// Columns of the terminal; without the time in which not all machines pull.
const SHOWN: [&str; 8] = ["design", "cycle", "Wh/km", "range", "split %", "gain %", "even km", "verdict"];
const ENERGY: [&str; 9] = ["design", "cycle", "Wh/km", "range", "part %", "split %", "gain %", "even km", "verdict"];

/// Where the terminal leaves a column out.
const PART: usize = 4;

fn making(reports: &[UnitReport]) -> Vec<Vec<String>> {
    reports
        .iter()
        .map(|r| {
            vec![
                r.design.clone(),
                r.machines.join(" + "),
                figure(r.mass_kg),
                figure(r.volume_l),
                figure(r.magnet_kg),
                figure(r.copper_kg),
                figure(r.footprint_kg),
                figure(r.cost_usd),
            ]
        })
        .collect()
}

fn energy(reports: &[UnitReport], is_csv: bool) -> Vec<Vec<String>> {
    reports
        .iter()
        .flat_map(|r| {
            r.cycles.iter().map(move |c| {
                let mut row = vec![
                    r.design.clone(),
                    c.cycle.clone(),
                    format!("{:.1}", c.best.wall_wh_per_km),
                    figure(c.best.range_km),
                    format!("{:.0}", 100.0 * c.best.part_time_share),
                    format!("{:.2}", c.split_gain_percent),
                    format!("{:.2}", c.gain_percent),
                    c.break_even_km.map_or_else(|| "–".to_owned(), figure),
                    c.verdict.to_owned(),
                ];
                if !is_csv {
                    row.remove(PART);
                }
                row
            })
        })
        .collect()
}
