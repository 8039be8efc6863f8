//! Machines and drive units side by side: sizes, materials, energy on cycles, footprint, cost, break-even.
//!
//! ```text
//! break-even km = (F_unit − F_one) / ((e_one − e_unit)·g)         g: footprint of a kilowatt-hour at the socket
//! ```
//!
//! Every design of a comparison drives the same car, whose mass moves with that of the unit, and has the same peak power
//! and torque at the wheels. Break-even is `None` where a design saves nothing or costs nothing.

use std::f64::consts::PI;
use std::sync::Arc;

use minewheel_data::car::{CarDesign, Topology};
use minewheel_data::cycles::Cycle;
use minewheel_data::places::PlaceId;
use minewheel_data::row::Draw;
use minewheel_data::units::{Mass, Power};
use minewheel_model::bill::{BillLine, Stage};
use minewheel_model::drive::{Kind, Masses, electric_car};
use minewheel_model::motor::drive_unit::{Chassis, CycleUse, DriveUnit, Slot, Strategy, drive_cycle};
use minewheel_model::motor::sizing::{MotorSpec, Sized, size_machine};
use minewheel_model::motor::{LossMap, MachineMasses, MapGrid, MotorError, MotorTables};
use minewheel_model::vehicle::{drive_parts, machine_bill};
use serde::Serialize;

use crate::AssessError;
use crate::inventory::{CHARGING, body_change, with_kerb_mass};
use crate::machine::{drive_cost, rare_earths, score_bills, supply_risk};
use crate::tables::Tables;

/// Where and when a unit is made and driven.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Where the plant stands.
    pub plant: PlaceId,
    /// Where the car is charged.
    pub country: PlaceId,
    /// The year.
    pub year: i32,
    /// The climate method.
    pub method: String,
}

/// A machine of a comparison of topologies.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct MachineReport {
    /// Kind of machine.
    pub topology: String,
    /// Magnet grade.
    pub magnet_grade: Option<String>,
    /// Coercivity of the hot magnet over the worst field.
    pub demagnetisation_margin: Option<f64>,
    /// Outer diameter of the stator in mm.
    pub outer_mm: f64,
    /// Bore in mm.
    pub bore_mm: f64,
    /// Stack in mm.
    pub stack_mm: f64,
    /// Series turns of a phase.
    pub turns: f64,
    /// Peak current in A rms.
    pub peak_a_rms: f64,
    /// Volume of the machine with its end turns in litres.
    pub volume_l: f64,
    /// Mass without gear and inverter in kg.
    pub mass_kg: f64,
    /// Peak power over that mass, in kW/kg. The power is the short-time rating asked for.
    pub kw_per_kg: f64,
    /// Masses by material.
    pub masses: MachineMasses,
    /// Magnet in g per kW of short-time peak power.
    pub magnet_g_per_peak_kw: f64,
    /// Rare earths in kg.
    pub rare_earth_kg: f64,
    /// Best efficiency of machine and inverter.
    pub best_efficiency: f64,
    /// Lasting torque in Nm at a quarter of the top speed.
    pub continuous_nm: f64,
    /// Power at top speed over peak power.
    pub top_power_share: f64,
    /// Energy-weighted efficiency of machine and inverter on the cycle, driving and braking.
    pub cycle_efficiency: Option<f64>,
    /// At the wall, on the cycle, in Wh/km.
    pub wall_wh_per_km: Option<f64>,
    /// Footprint of machine, gear and inverter in kg CO2e.
    pub footprint_kg: f64,
    /// Of that: the machine alone.
    pub machine_footprint_kg: f64,
    /// Cost in US dollars of machine and inverter.
    pub cost_usd: f64,
    /// Rare earths weighed with the concentration of their supply, in kg.
    pub risk_kg: f64,
    /// Whether no other machine of the table is as good in efficiency, rare earths, cost and risk, and better in one;
    /// `null`: there is no other.
    pub is_pareto: Option<bool>,
}

/// A machine with its map and report.
#[derive(Debug)]
pub struct Built {
    /// The machine.
    pub sized: Sized,
    /// Its map.
    pub map: LossMap,
    /// Its figures.
    pub report: MachineReport,
    /// What was bought, with footprints.
    pub lines: Vec<crate::machine::ScoredLine>,
}

/// Specifications that a machine can meet, and kinds of machine that cannot, with the reason.
///
/// # Errors
/// None of them can be met, or a table lacks what all need.
pub fn buildable(specs: Vec<MotorSpec>, tables: &Tables) -> Result<(Vec<MotorSpec>, Vec<(Topology, MotorError)>), AssessError> {
    let (mut able, mut unable) = (Vec::new(), Vec::new());
    for spec in specs {
        match size_machine(&spec, &tables.motors, &Draw::BEST) {
            Ok(_) => able.push(spec),
            Err(error @ MotorError::Infeasible { .. }) => unable.push((spec.topology, error)),
            Err(error) => return Err(error.into()),
        }
    }
    match unable.first() {
        Some((_, error)) if able.is_empty() => Err(error.clone().into()),
        _ => Ok((able, unable)),
    }
}

/// Sizes machines for one specification each and scores them.
///
/// # Errors
/// The plant's place has no mix of electricity for the year, a machine cannot be sized, or its bill not be scored.
pub fn machines(
    specs: &[MotorSpec],
    tables: &Tables,
    setting: &Setting,
    car: Option<(&CarDesign, &Cycle)>,
    grid: MapGrid,
) -> Result<Vec<Built>, AssessError> {
    tables.electricity.mix(&tables.places, setting.plant, setting.year)?;
    let mut made = Vec::new();
    for spec in specs {
        let sized = size_machine(spec, &tables.motors, &Draw::BEST)?;
        let map = LossMap::of(&sized.machine, grid);
        let power = Power::from_w(spec.peak_w);
        let (gear, inverter) = drive_parts(power, &tables.vehicles, &Draw::BEST);
        let bill = machine_bill(&[sized.machine.masses], gear, inverter, &tables.vehicles, &Draw::BEST);
        made.push((spec, sized, map, bill, power));
    }
    let bills: Vec<&[BillLine]> = made.iter().map(|m| m.3.as_slice()).collect();
    let scored = score_bills(tables, &bills, setting.plant, setting.year, &setting.method)?;
    let chassis = car.map(|(design, _)| chassis(design, tables)).transpose()?;
    let mut built = Vec::new();
    for ((spec, sized, map, _, power), lines) in made.into_iter().zip(scored) {
        let (g, m) = (&sized.machine.geometry, sized.machine.masses);
        let footprint_kg = lines.iter().map(|l| l.kg_co2e).sum();
        let machine_footprint_kg = lines.iter().filter(|l| l.part == "motor").map(|l| l.kg_co2e).sum();
        let cycle = match (&chassis, car) {
            (Some((chassis, ratio, _)), Some((_, cycle))) => {
                let unit =
                    DriveUnit { slots: vec![Slot { map: map.clone(), ratio: *ratio, has_disconnect: false, tie: None }], switch_j: 0.0, hold_s: 1.0 };
                Some(drive_cycle(&unit, chassis, cycle.time_s(), cycle.speed_m_s(), Strategy::Equal))
            }
            _ => None,
        };
        let report = MachineReport {
            topology: spec.topology.word().to_owned(),
            magnet_grade: sized.machine.make.magnet.clone(),
            demagnetisation_margin: sized.demagnetisation,
            outer_mm: g.outer_m * 1e3,
            bore_mm: g.bore_m * 1e3,
            stack_mm: g.stack_m * 1e3,
            turns: g.turns,
            peak_a_rms: sized.machine.make.peak_a / 2.0_f64.sqrt(),
            volume_l: volume_l(&sized),
            mass_kg: m.total_kg(),
            kw_per_kg: power.kw() / m.total_kg(),
            masses: m,
            magnet_g_per_peak_kw: Mass::from_kg(m.magnet_kg).g() / power.kw(),
            rare_earth_kg: m.elements_kg.rare_earth(),
            best_efficiency: map.best().2,
            continuous_nm: map.continuous(0.25 * map.top_rad_s()),
            top_power_share: sized.top_power_share,
            cycle_efficiency: cycle.map(|c| c.machine_efficiency),
            wall_wh_per_km: cycle.map(|c| c.wall_wh_per_km),
            footprint_kg,
            machine_footprint_kg,
            cost_usd: drive_cost(tables, &[m], power.kw(), power.kw(), setting.year)?,
            risk_kg: supply_risk(tables, &[m], setting.year),
            is_pareto: None,
        };
        built.push(Built { sized, map, report, lines });
    }
    mark_pareto(&mut built);
    Ok(built)
}

/// Marks the machines that no other beats.
fn mark_pareto(built: &mut [Built]) {
    let merits: Vec<[f64; 4]> = built
        .iter()
        .map(|b| {
            let r = &b.report;
            [-r.cycle_efficiency.unwrap_or(r.best_efficiency), r.rare_earth_kg, r.cost_usd, r.risk_kg]
        })
        .collect();
    for (index, one) in built.iter_mut().enumerate().filter(|_| merits.len() > 1) {
        let beaten = merits.iter().enumerate().any(|(other, theirs)| {
            let mine = &merits[index];
            other != index && theirs.iter().zip(mine).all(|(t, m)| t <= m) && theirs.iter().zip(mine).any(|(t, m)| t < m)
        });
        one.report.is_pareto = Some(!beaten);
    }
}

fn volume_l(sized: &Sized) -> f64 {
    let g = &sized.machine.geometry;
    let overhang = g.end_turn_m() / g.end_turn_factor;
    minewheel_data::units::Volume::from_m3(PI / 4.0 * g.outer_m * g.outer_m * (g.stack_m + overhang)).l()
}

/// The car as what moves it, its gear ratio, and the mass of its drive by the tables.
fn chassis(design: &CarDesign, tables: &Tables) -> Result<(Chassis, f64, Masses), AssessError> {
    let mut defaulted = Vec::new();
    let (design, _) = with_kerb_mass(design, tables)?;
    let design = &*design;
    let masses = Masses::of(design, &tables.drive, &Draw::BEST, &mut defaulted);
    let car = electric_car(design, &masses, &tables.drive, &Draw::BEST)?.heavier_by(body_change(design, tables)?.kg());
    let wheel = Kind::of(design, &masses, &tables.drive).value(|c| &c.wheel_radius_m, &Draw::BEST);
    let given = design.motors.first().and_then(|m| m.final_drive_ratio.as_ref()).map(|v| v.best);
    let ratio = given.unwrap_or_else(|| Draw::BEST.of(&tables.drive.gear_ratio));
    Ok((Chassis::of(&car, wheel), ratio, masses))
}

/// One way to drive a car.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct UnitReport {
    /// What it is.
    pub design: String,
    /// Machines.
    pub machines: Vec<String>,
    /// Mass of machines, gears and inverters in kg.
    pub mass_kg: f64,
    /// Volume of the machines in litres.
    pub volume_l: f64,
    /// Rare-earth magnets in kg.
    pub magnet_kg: f64,
    /// Copper of the machines in kg.
    pub copper_kg: f64,
    /// Footprint in kg CO2e.
    pub footprint_kg: f64,
    /// Cost of machines and inverters in US dollars.
    pub cost_usd: f64,
    /// Per cycle.
    pub cycles: Vec<UnitCycle>,
}

/// One unit on one cycle.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct UnitCycle {
    /// The cycle.
    pub cycle: String,
    /// All machines alike.
    pub equal: CycleUse,
    /// Best split.
    pub best: CycleUse,
    /// Wall energy saved by the split, in percent of the equal one.
    pub split_gain_percent: f64,
    /// Wall energy saved against the one big machine, in percent.
    pub gain_percent: f64,
    /// Kilometres until the footprint of making the unit is repaid; `None`: never, or nothing to repay.
    pub break_even_km: Option<f64>,
    /// What the numbers say in words.
    pub verdict: &'static str,
}

/// Gains below this share of the wall energy count as nil, in percent: less than a map's own error.
const NIL_PERCENT: f64 = 0.3;

struct Design {
    name: &'static str,
    specs: Vec<MotorSpec>,
    is_shared: bool,
    disconnects: Vec<bool>,
}

/// One big machine, two in one case, two on two axles, with and without a disconnect.
///
/// `second` is the kind of the second machine; every machine of a pair has half the power and torque.
///
/// # Errors
/// A machine cannot be sized, the car not be driven, or a bill not be scored.
pub fn compare_units(
    spec: &MotorSpec,
    second: &MotorSpec,
    design: &CarDesign,
    cycles: &[Cycle],
    tables: &Tables,
    setting: &Setting,
    grid: MapGrid,
) -> Result<Vec<UnitReport>, AssessError> {
    for place in [setting.plant, setting.country] {
        tables.electricity.mix(&tables.places, place, setting.year)?;
    }
    let half = |s: &MotorSpec| MotorSpec { peak_w: 0.5 * s.peak_w, peak_nm: 0.5 * s.peak_nm, ..s.clone() };
    let pair = vec![half(spec), half(second)];
    let designs = [
        Design { name: "one machine", specs: vec![spec.clone()], is_shared: false, disconnects: vec![false] },
        Design { name: "two in one", specs: pair.clone(), is_shared: true, disconnects: vec![false, false] },
        Design { name: "two in one, clutch", specs: pair.clone(), is_shared: true, disconnects: vec![false, true] },
        Design { name: "two axles", specs: pair.clone(), is_shared: false, disconnects: vec![false, false] },
        Design { name: "two axles, clutch", specs: pair, is_shared: false, disconnects: vec![false, true] },
    ];
    let mut kinds: Vec<(MotorSpec, Sized, LossMap)> = Vec::new();
    for wanted in designs.iter().flat_map(|d| &d.specs) {
        if !kinds.iter().any(|k| k.0 == *wanted) {
            let sized = size_machine(wanted, &tables.motors, &Draw::BEST)?;
            let map = LossMap::of(&sized.machine, grid);
            kinds.push((wanted.clone(), sized, map));
        }
    }
    let (chassis, ratio, _) = chassis(design, tables)?;
    let units = tables_of(&tables.motors)?;
    let mut rough = Vec::new();
    for design in &designs {
        let chosen: Vec<&(MotorSpec, Sized, LossMap)> = design.specs.iter().filter_map(|s| kinds.iter().find(|k| k.0 == *s)).collect();
        rough.push(Rough::of(design, &chosen, ratio, &units, tables));
    }
    let mut bills: Vec<&[BillLine]> = rough.iter().map(|r| r.bill.as_slice()).collect();
    let socket = [BillLine {
        stage: Stage::Electricity,
        part: Arc::from("charging"),
        product: Arc::from(CHARGING),
        amount: 1.0,
        contained: Mass::ZERO,
        place: None,
        rows: Vec::new(),
    }];
    let grid_kg_per_kwh = score_bills(tables, &[&socket[..]], setting.country, setting.year, &setting.method)?[0][0].kg_co2e;
    let scored = score_bills(tables, &bills, setting.plant, setting.year, &setting.method)?;
    bills.clear();
    let mut reports: Vec<UnitReport> = Vec::new();
    for (r, lines) in rough.iter().zip(scored) {
        let footprint_kg: f64 = lines.iter().map(|l| l.kg_co2e).sum();
        let body = chassis.with_mass(r.mass_kg - rough[0].mass_kg);
        let mut out = Vec::new();
        for (index, cycle) in cycles.iter().enumerate() {
            let drive = |strategy| drive_cycle(&r.unit, &body, cycle.time_s(), cycle.speed_m_s(), strategy);
            let (equal, best) = (drive(Strategy::Equal), drive(Strategy::Best));
            let one = reports.first().map_or(best, |o| o.cycles[index].best);
            let saved_kwh_per_km = minewheel_data::units::Energy::from_wh(one.wall_wh_per_km - best.wall_wh_per_km).kwh();
            let added = reports.first().map_or(0.0, |o| footprint_kg - o.footprint_kg);
            let gain_percent = 100.0 * (1.0 - best.wall_wh_per_km / one.wall_wh_per_km);
            let split_gain_percent = 100.0 * (1.0 - best.wall_wh_per_km / equal.wall_wh_per_km);
            let is_gain = gain_percent >= NIL_PERCENT;
            out.push(UnitCycle {
                cycle: cycle.id().to_string(),
                equal,
                best,
                split_gain_percent,
                gain_percent,
                break_even_km: (added > 0.0 && is_gain).then(|| added / (saved_kwh_per_km * grid_kg_per_kwh)),
                verdict: if reports.is_empty() {
                    "reference"
                } else if is_gain {
                    "saves"
                } else if gain_percent > -NIL_PERCENT {
                    "nil"
                } else {
                    "costs"
                },
            });
        }
        reports.push(UnitReport {
            design: r.name.to_owned(),
            machines: r.machines.clone(),
            mass_kg: r.mass_kg,
            volume_l: r.volume_l,
            magnet_kg: r.masses.iter().map(|m| m.magnet_kg).sum(),
            copper_kg: r.masses.iter().map(|m| m.copper_kg).sum(),
            footprint_kg,
            cost_usd: drive_cost(tables, &r.masses, r.power.kw(), r.power.kw(), setting.year)?,
            cycles: out,
        });
    }
    Ok(reports)
}

/// Parameters of units as numbers.
struct UnitRows {
    switch_j: f64,
    hold_s: f64,
    housing: f64,
    gear: f64,
    inverter: f64,
    disconnect_kg: f64,
}

fn tables_of(motors: &MotorTables) -> Result<UnitRows, AssessError> {
    let of = |name: &str, unit: &str| -> Result<f64, AssessError> { Ok(Draw::BEST.of(&motors.of_units(name, unit)?)) };
    Ok(UnitRows {
        switch_j: of("switch_energy", "J")?,
        hold_s: of("hold_time", "s")?,
        housing: of("shared_housing_share", "1")?,
        gear: of("shared_gear_share", "1")?,
        inverter: of("shared_inverter_share", "1")?,
        disconnect_kg: of("disconnect_mass", "kg")?,
    })
}

/// A design before it drives.
struct Rough {
    name: &'static str,
    machines: Vec<String>,
    masses: Vec<MachineMasses>,
    mass_kg: f64,
    volume_l: f64,
    power: Power,
    bill: Vec<BillLine>,
    unit: DriveUnit,
}

impl Rough {
    fn of(design: &Design, chosen: &[&(MotorSpec, Sized, LossMap)], ratio: f64, rows: &UnitRows, tables: &Tables) -> Self {
        let share = |shared: f64| if design.is_shared { shared } else { 1.0 };
        let mut masses: Vec<MachineMasses> = chosen.iter().map(|k| k.1.machine.masses).collect();
        let (mut gear, mut inverter) = (Mass::ZERO, Mass::ZERO);
        for ((spec, _, _), m) in chosen.iter().zip(&mut masses) {
            m.housing_kg *= share(rows.housing);
            let (g, i) = drive_parts(Power::from_w(spec.peak_w), &tables.vehicles, &Draw::BEST);
            gear += g * share(rows.gear);
            inverter += i * share(rows.inverter);
        }
        gear += Mass::from_kg(rows.disconnect_kg * design.disconnects.iter().filter(|d| **d).count() as f64);
        let slots = chosen
            .iter()
            .zip(&design.disconnects)
            .map(|((_, _, map), has_disconnect)| Slot { map: map.clone(), ratio, has_disconnect: *has_disconnect, tie: None })
            .collect();
        Self {
            name: design.name,
            machines: chosen.iter().map(|k| k.0.topology.word().to_owned()).collect(),
            mass_kg: masses.iter().map(MachineMasses::total_kg).sum::<f64>() + (gear + inverter).kg(),
            volume_l: chosen.iter().map(|k| volume_l(&k.1)).sum(),
            power: Power::from_w(chosen.iter().map(|k| k.0.peak_w).sum()),
            bill: machine_bill(&masses, gear, inverter, &tables.vehicles, &Draw::BEST),
            masses,
            unit: DriveUnit { slots, switch_j: rows.switch_j, hold_s: rows.hold_s },
        }
    }
}

/// Rare earths of a report's machines, for printing.
pub fn rare_earths_of(built: &Built) -> std::collections::BTreeMap<&'static str, f64> {
    rare_earths(&[built.sized.machine.masses])
}
