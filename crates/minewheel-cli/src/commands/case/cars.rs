//! Tables of the cases about cars and their parts.

use std::fmt::Write as _;

use minewheel_industry::cases::battery_reason::ReasonJudgement;
use minewheel_industry::cases::door_ring::{RingCell, RingJudgement};
use minewheel_industry::cases::doubled::{DoubledJudgement, Variant};
use minewheel_industry::cases::magnets::{MagnetJudgement, MagnetRow};
use minewheel_industry::cases::production_ratio::{Cell, Judgement};
use minewheel_industry::cases::twin_unit::{TwinCell, TwinJudgement};

use super::opening;
use crate::print::{self, Field, figure};

pub(super) const RATIO: [&str; 7] = ["battery car", "fuel car", "kWh", "cells", "from", "ratio", "holds"];

pub(super) fn ratio_row(cell: &Cell) -> Vec<Field> {
    vec![
        cell.battery_car.clone().into(),
        cell.fuel_car.clone().into(),
        cell.pack_kwh.to_string().into(),
        cell.chemistry.clone().into(),
        cell.cells_made_in.clone().into(),
        Field::number(cell.ratio, |v| format!("{v:.2}")),
        Field::yes(cell.holds),
    ]
}

pub(super) fn ratio_table(judgement: &Judgement) -> String {
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
    text.push_str(&print::table(&RATIO, &print::shown(&judgement.catalogue.iter().map(ratio_row).collect::<Vec<_>>()), &[2, 5]));
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

pub(super) const REASON: [&str; 6] = ["battery car", "kWh", "cells", "from", "ratio", "pack / extra"];

pub(super) fn reason_row(cell: &Cell) -> Vec<Field> {
    vec![
        cell.battery_car.clone().into(),
        cell.pack_kwh.to_string().into(),
        cell.chemistry.clone().into(),
        cell.cells_made_in.clone().into(),
        Field::number(cell.ratio, |v| format!("{v:.2}")),
        Field::Number { shown: cell.battery_share.map_or_else(|| "emits less".to_owned(), |s| format!("{s:.2}")), value: cell.battery_share },
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

pub(super) fn reason_table(judgement: &ReasonJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    text.push_str("\nlowest to highest over chemistries and places of the cells\n");
    text.push_str(&print::table(&["battery car", "kWh", "ratio", "pack / extra"], &reasons_by_pack(&judgement.grid), &[1, 2, 3]));
    text.push_str("\nas they stand in the catalogue\n");
    text.push_str(&print::table(&REASON, &print::shown(&judgement.catalogue.iter().map(reason_row).collect::<Vec<_>>()), &[1, 4, 5]));
    text
}

pub(super) const RING: [&str; 9] = ["car", "frames kg", "share %", "holds", "mass kg", "steel kg", "made kg", "used kg", "life kg"];

pub(super) fn ring_row(cell: &RingCell) -> Vec<Field> {
    vec![
        cell.car.clone().into(),
        Field::figure(cell.frames_kg),
        Field::number(100.0 * cell.saved_share, |v| format!("{v:.1}")),
        Field::yes(cell.holds),
        Field::figure(cell.mass_kg),
        Field::figure(cell.bought_kg),
        Field::figure(cell.production_kg_co2e),
        Field::figure(cell.use_kg_co2e),
        Field::figure(cell.life_kg_co2e),
    ]
}

pub(super) fn ring_table(judgement: &RingJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    text.push_str("\nchanges a car; made, used and life in kg CO2e\n");
    text.push_str(&print::table(&RING, &print::shown(&judgement.cars.iter().map(ring_row).collect::<Vec<_>>()), &[1, 2, 4, 5, 6, 7, 8]));
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

pub(super) const MAGNETS: [&str; 8] = ["machine", "maker", "year", "kind", "kW", "magnet g/kW", "Dy+Tb g/kW", "best %"];

pub(super) fn magnet_row(row: &MagnetRow) -> Vec<Field> {
    vec![
        row.machine.clone().into(),
        format!("{} ({})", row.maker, row.maker_place).into(),
        row.year.to_string().into(),
        row.topology.clone().into(),
        Field::figure(row.peak_power_kw),
        Field::known(row.magnet_g_per_kw, |g| format!("{g:.1}")),
        Field::range(row.heavy_g_per_kw.map(|(low, high)| [low, high]), |low, high| format!("{low:.2}–{high:.2}")),
        Field::known(row.peak_efficiency.map(|e| 100.0 * e), |e| format!("{e:.1}")),
    ]
}

pub(super) fn magnet_table(judgement: &MagnetJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    text.push_str("\nper kW of short-time power; heavy rare earths with the leanest and the richest grade\n");
    text.push_str(&print::table(&MAGNETS, &print::shown(&judgement.machines.iter().map(magnet_row).collect::<Vec<_>>()), &[4, 5, 6, 7]));
    text
}

pub(super) const TWIN: [&str; 8] = ["unit", "machines", "against", "cycle", "mass %", "litre %", "energy %", "holds"];

pub(super) fn twin_row(cell: &TwinCell) -> Vec<Field> {
    vec![
        cell.unit.clone().into(),
        cell.machines.clone().into(),
        cell.against.clone().into(),
        cell.cycle.clone().into(),
        Field::number(cell.mass_percent, |v| format!("{v:+.1}")),
        Field::number(cell.volume_percent, |v| format!("{v:+.1}")),
        Field::number(cell.energy_percent, |v| format!("{v:+.2}")),
        Field::yes(cell.holds),
    ]
}

pub(super) fn twin_table(judgement: &TwinJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    text.push_str("\nchanges of the unit against the other design\n");
    text.push_str(&print::table(&TWIN, &print::shown(&judgement.cells.iter().map(twin_row).collect::<Vec<_>>()), &[4, 5, 6]));
    text
}

pub(super) const DOUBLED: [&str; 9] = ["doubled", "kWh", "kW", "kg", "CLTC km", "kWh/100 km", "made kg CO2e", "USD first", "USD later"];

pub(super) fn doubled_row(variant: &Variant) -> Vec<Field> {
    let v = variant;
    let numbers = [v.pack_kwh, v.power_kw, v.kerb_mass_kg, v.cltc_km, v.cltc_kwh_per_100km, v.production_kg_co2e, v.first_cost_usd, v.later_cost_usd];
    std::iter::once(v.what.into()).chain(numbers.map(Field::figure)).collect()
}

pub(super) fn doubled_table(judgement: &DoubledJudgement) -> String {
    let mut text = opening(&judgement.case, judgement.verdict, &judgement.words);
    let _ = writeln!(text, "{}", print::wrap(&format!("rule: {}", judgement.rule.rule)));
    let [first, later] = judgement.years;
    let _ = writeln!(text, "\nmaking it: footprint of {later}, USD at the prices of {first} and of {later}");
    text.push_str(&print::table(&DOUBLED, &print::shown(&judgement.variants.iter().map(doubled_row).collect::<Vec<_>>()), &[1, 2, 3, 4, 5, 6, 7, 8]));
    text.push_str("\nnew-energy credits a car\n");
    let years: Vec<String> = judgement.variants.first().map(|v| v.credits.iter().map(|c| c.year.to_string()).collect()).unwrap_or_default();
    let header: Vec<&str> = std::iter::once("doubled").chain(years.iter().map(String::as_str)).collect();
    let credits = |v: &Variant| -> Vec<String> {
        let of = v.credits.iter().map(|c| c.credit.map_or_else(|| "–".to_owned(), |c| format!("{c:.2}")));
        std::iter::once(v.what.to_owned()).chain(of).collect()
    };
    let right: Vec<usize> = (1..header.len()).collect();
    text.push_str(&print::table(&header, &judgement.variants.iter().map(credits).collect::<Vec<_>>(), &right));
    text
}
