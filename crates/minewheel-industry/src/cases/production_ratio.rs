//! The production footprint of battery cars over that of fuel cars: every pack (energy, chemistry, place of the cells) in every
//! battery car, whose kerb mass follows the pack, beside a fuel car.
//!
//! ```text
//! ratio = P_battery car / P_fuel car      share of the pack in the extra = P_pack / (P_battery car − P_fuel car)
//! ```

use minewheel_assess::AssessError;
use minewheel_assess::assessment::{CarCase, prepare};
use minewheel_assess::footprint::SolvedNetwork;
use minewheel_assess::inventory::{Traces, inventory};
use minewheel_assess::scenario::{GridChoice, Scenario};
use minewheel_assess::tables::Tables;
use minewheel_assess::uncertainty::is_battery;
use minewheel_data::car::CarDesign;
use minewheel_data::row::{Draw, Value};
use minewheel_model::bill::Phase;
use serde::{Deserialize, Serialize};

use super::{CaseError, CaseFile, Quantity, Statement, Verdict, preset_of};

/// How the kerb mass of a car with another pack is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KerbMass {
    /// Catalogue kerb mass plus the change of pack mass.
    FollowsPack,
}

/// The grid of cars of a ratio case.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RatioGrid {
    #[serde(rename = "quantity")]
    _quantity: Quantity,
    preset: String,
    year: i32,
    assembly_place: String,
    battery_cars: Vec<String>,
    fuel_cars: Vec<String>,
    pack_kwh: Vec<f64>,
    chemistries: Vec<String>,
    cell_places: Vec<String>,
    kerb_mass: KerbMass,
    catalogue_battery_cars: Vec<String>,
    catalogue_fuel_cars: Vec<String>,
}

/// The rule of a ratio case's verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatioRule {
    /// The ratio that was said.
    pub claimed_ratio: f64,
    /// How near a computed ratio must come.
    pub tolerance: f64,
    /// The rule in words.
    pub rule: String,
    /// Share of the cells from which the statement counts as true.
    pub true_share: f64,
    /// Share of the pack in the extra from which it is the main reason.
    pub battery_share_at_least: f64,
    /// That rule in words.
    pub battery_rule: String,
    true_words: String,
    depends_words: String,
    false_words: String,
}

/// One car of the grid beside its fuel car.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cell {
    /// The battery car.
    pub battery_car: String,
    /// The fuel car.
    pub fuel_car: String,
    /// Energy of the pack in kWh.
    pub pack_kwh: f64,
    /// Its chemistry.
    pub chemistry: String,
    /// Where its cells are made.
    pub cells_made_in: String,
    /// Production footprint over the fuel car's.
    pub ratio: f64,
    /// Footprint of the pack over the extra footprint; `None` if the battery car emits less.
    pub battery_share: Option<f64>,
    /// Whether the statement holds for it.
    pub holds: bool,
}

/// A statement recomputed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judgement {
    /// What was said.
    pub case: Statement,
    /// How it fares.
    pub verdict: Verdict,
    /// The verdict in words.
    pub words: String,
    /// Of the cells where the battery car emits more: in what share the pack is the main reason.
    pub battery_is_main_reason: f64,
    /// The rule.
    pub rule: RatioRule,
    /// Every pack in every car.
    pub grid: Vec<Cell>,
    /// Cars as they stand in the catalogue.
    pub catalogue: Vec<Cell>,
}

/// A design of the grid and the fuel car it stands beside.
struct Pair {
    battery: CarDesign,
    fuel: CarDesign,
}

/// Recomputes the case.
pub(super) fn judge(tables: &Tables, file: CaseFile<RatioGrid, RatioRule>) -> Result<Judgement, CaseError> {
    let rule = &file.verdict;
    let holds = |ratio: f64, _: Option<f64>| (ratio - rule.claimed_ratio).abs() <= rule.tolerance;
    let (cells, catalogue) = grid_cells(tables, &file.case.id, &file.compute, &holds)?;
    Ok(verdict(file, cells, catalogue))
}

/// Every pack in every car of a grid, and the cars of the catalogue; `holds` is asked of ratio and share of the pack.
pub(super) fn grid_cells(
    tables: &Tables,
    id: &str,
    grid: &RatioGrid,
    holds: &dyn Fn(f64, Option<f64>) -> bool,
) -> Result<(Vec<Cell>, Vec<Cell>), CaseError> {
    let case = || id.to_owned();
    if grid.battery_cars.len() != grid.fuel_cars.len() {
        return Err(CaseError::Pairs { case: case(), left: "battery_cars", right: "fuel_cars" });
    }
    if grid.catalogue_battery_cars.len() != grid.catalogue_fuel_cars.len() {
        return Err(CaseError::Pairs { case: case(), left: "catalogue_battery_cars", right: "catalogue_fuel_cars" });
    }
    let preset = preset_of(id, &grid.preset)?;
    let scenario = Scenario {
        country: tables.places.id(&grid.assembly_place).map_err(AssessError::from)?,
        year: grid.year,
        method: "ar6-gwp100".to_owned(),
        preset,
        is_real_world: false,
        grid: GridChoice::Static,
        cycle: None,
        lifetime_km: None,
        has_national_life: false,
    };
    let traces = Traces::new(tables, None)?;
    let car = |id: &str| -> Result<CarDesign, CaseError> {
        let mut design = tables.catalogue.car(id)?.clone();
        design.plant.country = Some(grid.assembly_place.clone());
        Ok(design)
    };
    let mut pairs = Vec::new();
    for (battery, fuel) in grid.battery_cars.iter().zip(&grid.fuel_cars) {
        let (base, fuel) = (car(battery)?, car(fuel)?);
        let base_pack = pack_mass(tables, &base, &scenario, &traces)?;
        for &kwh in &grid.pack_kwh {
            for chemistry in &grid.chemistries {
                for place in &grid.cell_places {
                    let battery = with_pack(tables, &base, base_pack, kwh, chemistry, place, grid.kerb_mass, &scenario, &traces)?;
                    pairs.push(Pair { battery, fuel: fuel.clone() });
                }
            }
        }
    }
    let in_grid = pairs.len();
    for (battery, fuel) in grid.catalogue_battery_cars.iter().zip(&grid.catalogue_fuel_cars) {
        pairs.push(Pair { battery: car(battery)?, fuel: car(fuel)? });
    }
    let designs: Vec<CarDesign> = pairs.into_iter().flat_map(|p| [p.battery, p.fuel]).collect();
    let prepared = prepare(tables, &designs, &scenario, &traces)?;
    let solved = prepared.networks.iter().map(|n| SolvedNetwork::new(tables, n, &scenario.method)).collect::<Result<Vec<_>, _>>()?;
    let mut cells = Vec::new();
    for pair in prepared.cases.chunks_exact(2) {
        let [battery, fuel] = pair else { continue };
        let (made, pack) = production(battery, &solved);
        let (other, _) = production(fuel, &solved);
        let ratio = made / other;
        let design = battery.design;
        let battery_share = (made > other).then(|| pack / (made - other));
        cells.push(Cell {
            battery_car: design.id.clone(),
            fuel_car: fuel.design.id.clone(),
            pack_kwh: design.battery.as_ref().map_or(0.0, |b| b.gross_energy_kwh.best),
            chemistry: design.battery.as_ref().map(|b| b.chemistry.clone()).unwrap_or_default(),
            cells_made_in: design.battery.as_ref().and_then(|b| b.made_in.clone()).unwrap_or_else(|| grid.assembly_place.clone()),
            ratio,
            battery_share,
            holds: holds(ratio, battery_share),
        });
    }
    let catalogue = cells.split_off(in_grid);
    Ok((cells, catalogue))
}

fn verdict(file: CaseFile<RatioGrid, RatioRule>, grid: Vec<Cell>, catalogue: Vec<Cell>) -> Judgement {
    let holding = grid.iter().filter(|c| c.holds).count();
    let share = holding as f64 / grid.len().max(1) as f64;
    let (verdict, template) = if holding == 0 {
        (Verdict::False, &file.verdict.false_words)
    } else if share >= file.verdict.true_share {
        (Verdict::True, &file.verdict.true_words)
    } else {
        (Verdict::Depends, &file.verdict.depends_words)
    };
    let name = |c: &Cell| format!("{} kWh {} from {} in {}", c.pack_kwh, c.chemistry, c.cells_made_in, c.battery_car);
    let lowest = grid.iter().min_by(|a, b| a.ratio.total_cmp(&b.ratio));
    let highest = grid.iter().max_by(|a, b| a.ratio.total_cmp(&b.ratio));
    let ratio = |c: Option<&Cell>| c.map(|c| format!("{:.2}", c.ratio)).unwrap_or_default();
    let words = template
        .replace("{share}", &format!("{:.0} %", 100.0 * share))
        .replace("{holding}", &holding_packs(&grid))
        .replace("{lowest}", &ratio(lowest))
        .replace("{highest}", &ratio(highest))
        .replace("{lowest_cell}", &lowest.map(name).unwrap_or_default())
        .replace("{highest_cell}", &highest.map(name).unwrap_or_default());
    let more: Vec<f64> = grid.iter().filter_map(|c| c.battery_share).collect();
    let main = more.iter().filter(|s| **s >= file.verdict.battery_share_at_least).count();
    let battery_is_main_reason = main as f64 / more.len().max(1) as f64;
    Judgement { case: file.case, verdict, words, battery_is_main_reason, rule: file.verdict, grid, catalogue }
}

/// Which packs the statement holds for, car by car: the range of energies.
fn holding_packs(grid: &[Cell]) -> String {
    let mut cars: Vec<&str> = Vec::new();
    for cell in grid.iter().filter(|c| c.holds) {
        if !cars.contains(&cell.battery_car.as_str()) {
            cars.push(&cell.battery_car);
        }
    }
    let range = |car: &str| {
        let packs = grid.iter().filter(|c| c.holds && c.battery_car == car).map(|c| c.pack_kwh);
        let (low, high) = packs.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), p| (l.min(p), h.max(p)));
        if low == high { format!("{car} with {low} kWh") } else { format!("{car} with {low} to {high} kWh") }
    };
    cars.iter().map(|c| range(c)).collect::<Vec<_>>().join("; ")
}

/// Production footprint of a car, and of its pack, in kg CO2e.
fn production(case: &CarCase<'_>, solved: &[SolvedNetwork<'_>]) -> (f64, f64) {
    let scores = solved[case.network].scores.values();
    let mut sums = (0.0, 0.0);
    for (line, placed) in case.inventory.lines.iter().zip(&case.lines) {
        if line.stage.phase() == Phase::Production {
            let kg = placed.amount * scores[placed.column.index()];
            sums.0 += kg;
            if is_battery(line) {
                sums.1 += kg;
            }
        }
    }
    sums
}

fn pack_mass(tables: &Tables, design: &CarDesign, scenario: &Scenario, traces: &Traces) -> Result<f64, CaseError> {
    let inventory = inventory(design, tables, traces, scenario, &Draw::BEST)?;
    Ok(inventory.pack.map_or(0.0, |p| p.pack_mass.kg()))
}

#[expect(clippy::too_many_arguments, reason = "one pack in one car: each argument is a coordinate of the grid")]
fn with_pack(
    tables: &Tables,
    base: &CarDesign,
    base_pack_kg: f64,
    kwh: f64,
    chemistry: &str,
    place: &str,
    rule: KerbMass,
    scenario: &Scenario,
    traces: &Traces,
) -> Result<CarDesign, CaseError> {
    let mut design = base.clone();
    if let Some(battery) = &mut design.battery {
        battery.gross_energy_kwh = Value::given(kwh);
        battery.usable_energy_kwh = None;
        battery.pack_mass_kg = None;
        chemistry.clone_into(&mut battery.chemistry);
        battery.made_in = Some(place.to_owned());
    }
    // First without a kerb mass, which holds any pack, then with the one that follows it.
    match (rule, base.kerb_mass_kg) {
        (KerbMass::FollowsPack, Some(kerb)) => {
            design.kerb_mass_kg = None;
            design.road_load.test_mass_kg = None;
            let pack_kg = pack_mass(tables, &design, scenario, traces)?;
            let follows = |mass: Value| Value::given(mass.best - base_pack_kg + pack_kg);
            design.kerb_mass_kg = Some(follows(kerb));
            design.road_load.test_mass_kg = base.road_load.test_mass_kg.map(follows);
        }
        // A car without a catalogue kerb mass is built up around its pack as it is.
        (KerbMass::FollowsPack, None) => {}
    }
    Ok(design)
}
