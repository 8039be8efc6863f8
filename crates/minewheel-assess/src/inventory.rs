//! What one car demands over its life: the joined bill of materials, energy, upkeep and end of life.
//!
//! The engineering crate says what the car is and uses; this module only joins its parts and multiplies by the
//! distance of a life. Every function takes a [`Draw`], so the best estimate and a Monte Carlo draw are one code.
//!
//! ```text
//! electricity = e_wall · km · u      fuel = f · km · (1 − u)
//! packs = max(1, years / first life of a pack)
//! ```
//!
//! with `e_wall` the energy at the wall per kilometre, `f` the fuel energy per kilometre, and `u` the electric share of
//! the distance (1 for battery cars, 0 for cars without a plug, the utility factor for plug-in hybrids). A pack's first
//! life is that of [`crate::ageing`]; what a second pack still holds when the car ends serves elsewhere, so packs count
//! in fractions. Packs of hybrids without a plug are not aged: their duty is not a distance on a charge.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use minewheel_data::car::{BatteryDesign, CarDesign, Fuel, Powertrain};
use minewheel_data::cycles::Cycle;
use minewheel_data::row::{Draw, RowId, Value};
use minewheel_data::units::{Energy, Length, Mass, Power, Speed};
use minewheel_model::ageing::CarDuty;
use minewheel_model::battery::{CellChoices, Content, PackDesign, PackSpec, design_pack};
use minewheel_model::bill::{BillLine, BillOfMaterials, Stage};
use minewheel_model::drive::{
    CertificationTraces, Conditions, ElectricCar, Masses, Trace, WltcClass, WltpCycle, combustion_car, drive, drive_combustion, electric_car,
    wltp_cycle,
};
use minewheel_model::vehicle::{PackSummary, SizedCar, bill, element_content, size};

use crate::AssessError;
use crate::plant::supply_lines;
use crate::recycling::{content_lines, work_lines};
use crate::scenario::Scenario;
use crate::tables::Tables;

/// Traces made ready once for all cars and draws.
#[derive(Debug)]
pub struct Traces {
    certification: CertificationTraces,
    ready: BTreeMap<String, Trace>,
    /// The cycles that a car may have to drive reshaped; none where the scenario names a cycle.
    classes: BTreeMap<String, Cycle>,
}

impl Traces {
    /// Makes the certification cycles ready, and the one a scenario names.
    ///
    /// # Errors
    /// The cycle is not known.
    pub fn new(tables: &Tables, cycle: Option<&Cycle>) -> Result<Self, AssessError> {
        let (mut ready, mut classes) = (BTreeMap::new(), BTreeMap::new());
        match cycle {
            Some(one) => {
                ready.insert(one.id().to_string(), Trace::new(one));
            }
            None => {
                for id in ["wltc1", "wltc2", "wltc3a", "wltc3b"] {
                    let cycle = tables.cycles.get(id)?;
                    ready.insert(id.to_owned(), Trace::new(&cycle));
                    classes.insert(id.to_owned(), cycle);
                }
            }
        }
        Ok(Self { certification: CertificationTraces::new(&tables.cycles, &tables.procedures)?, ready, classes })
    }

    fn get(&self, id: &str) -> Option<&Trace> {
        self.ready.get(id)
    }

    /// The WLTC of a class as an electric car drives it, if that is not the cycle as it stands.
    fn reshaped(&self, class: WltcClass, car: &ElectricCar, tables: &Tables, draw: &Draw<'_>) -> Option<(Trace, WltpCycle)> {
        let base = self.classes.get(class.cycle_id())?;
        let own = wltp_cycle(car, car.peak_power_w, class, base, &tables.procedures, draw);
        own.reshaped.as_ref().map(Trace::new).map(|trace| (trace, own))
    }
}

/// Energy that a car uses on the road.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RoadEnergy {
    /// The cycle driven.
    pub cycle: String,
    /// How far its fastest stretch is scaled down for want of power; nought: not at all.
    pub downscaling_factor: f64,
    /// Top speed to which it is cut, if it is.
    pub capped_at_km_h: Option<f64>,
    /// Time in which the car could not follow it, electrically.
    pub missed_trace_s: f64,
    /// At the wall, for the electric distance.
    pub wall_wh_per_km: Option<f64>,
    /// At the battery, for the electric distance.
    pub battery_wh_per_km: Option<f64>,
    /// Electric range.
    pub range_km: Option<f64>,
    /// Fuel, for the distance on fuel.
    pub fuel_mj_per_km: Option<f64>,
    /// Fuel, for the distance on fuel.
    pub fuel_l_per_100km: Option<f64>,
    /// Electric share of the distance.
    pub electric_share: f64,
    /// Fields that the design did not give, with what stood in.
    pub defaulted: Vec<(String, f64)>,
    /// Rows the energy rests on.
    pub rows: Vec<RowId>,
}

/// Everything one car demands.
#[derive(Debug, Clone)]
pub struct Inventory {
    /// Lines of the whole life, in order of stage.
    pub lines: Vec<BillLine>,
    /// The car's masses and powers.
    pub sized: SizedCar,
    /// Its traction battery.
    pub pack: Option<PackDesign>,
    /// Energy on the road.
    pub energy: RoadEnergy,
    /// Distance over life.
    pub lifetime_km: f64,
    /// Years of life.
    pub years: f64,
    /// Packs over life: one, and the part of a second that the years ask for.
    pub packs: f64,
    /// Mass of each element or material in the car.
    pub materials: BTreeMap<String, f64>,
}

/// Joins everything one car demands, for one draw.
///
/// # Errors
/// The design cannot be made into a car, or cannot drive the cycle's certificate.
pub fn inventory(design: &CarDesign, tables: &Tables, traces: &Traces, scenario: &Scenario, draw: &Draw<'_>) -> Result<Inventory, AssessError> {
    let design = &used_there(design, tables, scenario)?;
    let (mut pack, sized) = sized_with_pack(design, tables, draw)?;
    if let Some(pack) = &mut pack {
        let content = content_lines(pack, &design.recycled_cells.shares(), tables, scenario.year, draw)?;
        pack.lines.extend(content);
    }
    let energy = road_energy(design, &sized, tables, traces, scenario, draw)?;
    let lifetime_km = scenario.lifetime_km.unwrap_or_else(|| sized.lifetime.km());
    let years = sized.years.years();

    let mut bill = bill(&sized, &tables.vehicles, draw);
    let materials = content(&bill, pack.as_ref(), tables, draw);
    if let Some(pack) = &pack {
        bill.lines.extend(pack.lines.iter().cloned());
    }
    let distance = Length::from_km(lifetime_km);
    // The vehicle tables write upkeep for the table's lifetime; another distance scales it.
    let scale = distance / sized.lifetime;
    for line in bill.lines.iter_mut().filter(|l| l.stage == Stage::Maintenance) {
        line.amount *= scale;
    }
    let packs = packs(design, &energy, tables, distance, years, draw)?;
    let mut lines = bill.lines;
    let supplied = supply_lines(design, &lines, tables, scenario.year, draw)?;
    lines.extend(supplied);
    energy_lines(&mut lines, &energy, design, distance);
    if let Some(pack) = &pack {
        replacement(&mut lines, pack, packs - 1.0, tables, design);
        lines.extend(work_lines(pack, packs, tables, draw)?);
    }
    lines.sort_by(|a, b| a.stage.cmp(&b.stage).then_with(|| a.part.cmp(&b.part)));
    Ok(Inventory { lines, sized, pack, energy, lifetime_km, years, packs, materials })
}

/// The design as it is used in a scenario: where that says, whatever its own file says, and for a life that is the same in every
/// country unless the file gives one or the scenario asks for the national one. Otherwise a car in two countries would be
/// compared over two distances.
fn used_there(design: &CarDesign, tables: &Tables, scenario: &Scenario) -> Result<CarDesign, AssessError> {
    let mut used = if scenario.has_national_life { design.clone() } else { with_standard_life(design, tables)? };
    used.usage.country = Some(tables.places.code(scenario.country).to_owned());
    Ok(used)
}

/// The design with distance and years over life: its own, or those that are the same everywhere.
pub(crate) fn with_standard_life(design: &CarDesign, tables: &Tables) -> Result<CarDesign, AssessError> {
    let (distance, years) = tables.vehicles.standard_life(design.model_year)?;
    let mut living = design.clone();
    living.usage.lifetime_km.get_or_insert(distance);
    living.usage.years.get_or_insert(years);
    Ok(living)
}

/// Mass of each element or material in a car, at best estimates; nothing is driven.
///
/// # Errors
/// The design cannot be made into a car.
pub fn materials_of(design: &CarDesign, tables: &Tables) -> Result<BTreeMap<String, f64>, AssessError> {
    let (pack, sized) = sized_with_pack(design, tables, &Draw::BEST)?;
    Ok(content(&bill(&sized, &tables.vehicles, &Draw::BEST), pack.as_ref(), tables, &Draw::BEST))
}

fn content(bill: &BillOfMaterials, pack: Option<&PackDesign>, tables: &Tables, draw: &Draw<'_>) -> BTreeMap<String, f64> {
    let mut materials: BTreeMap<String, f64> =
        element_content(bill, &tables.vehicles, draw).into_iter().map(|(k, v)| (k.to_string(), v.kg())).collect();
    for (content, mass) in pack.iter().flat_map(|p| &p.contents) {
        *materials.entry(material_of(*content).to_owned()).or_default() += mass.kg();
    }
    materials
}

/// The car's pack, and the car around it.
///
/// # Errors
/// The design cannot be made into a car.
pub(crate) fn sized_with_pack(design: &CarDesign, tables: &Tables, draw: &Draw<'_>) -> Result<(Option<PackDesign>, SizedCar), AssessError> {
    let pack = pack_of(design, tables, draw)?;
    let summary = pack.as_ref().map(|p| PackSummary { mass: p.pack_mass });
    let sized = size(design, summary.as_ref(), &tables.vehicles, draw)?;
    Ok((pack, sized))
}

/// The car's pack, without the car around it.
///
/// # Errors
/// The battery cannot be made.
pub fn pack_of(design: &CarDesign, tables: &Tables, draw: &Draw<'_>) -> Result<Option<PackDesign>, AssessError> {
    let pack = |battery| design_pack(&pack_spec(battery, design), &tables.cells, draw);
    Ok(design.battery.as_ref().map(pack).transpose()?)
}

/// Packs that a car's life takes.
fn packs(design: &CarDesign, energy: &RoadEnergy, tables: &Tables, distance: Length, years: f64, draw: &Draw<'_>) -> Result<f64, AssessError> {
    let (Some(battery), Some(range_km)) = (&design.battery, energy.range_km) else { return Ok(1.0) };
    let usage = CarDuty::new(distance * (energy.electric_share / years), Length::from_km(range_km));
    let first_life = tables.ageing.pack_years(&battery.chemistry, &usage, draw)?;
    Ok((years / first_life).max(1.0))
}

/// The pack's own lines once more, in use: none of it is in the car that leaves the plant.
fn replacement(lines: &mut Vec<BillLine>, pack: &PackDesign, replaced: f64, tables: &Tables, design: &CarDesign) {
    let ageing = design.battery.as_ref().map(|b| tables.ageing.rows(&b.chemistry)).unwrap_or_default();
    lines.extend(pack.lines.iter().map(|line| {
        let mut rows = line.rows.clone();
        rows.extend(&ageing);
        BillLine { stage: Stage::BatteryReplacement, amount: line.amount * replaced, contained: Mass::ZERO, rows, ..line.clone() }
    }));
}

/// Steel of the pack counts as iron, as steel elsewhere in the car does.
pub(crate) fn material_of(content: Content) -> &'static str {
    if content == Content::Steel { "iron" } else { content.word() }
}

pub(crate) fn pack_spec(battery: &BatteryDesign, design: &CarDesign) -> PackSpec {
    PackSpec {
        chemistry: Arc::from(battery.chemistry.as_str()),
        gross_energy_kwh: battery.gross_energy_kwh,
        pack_mass_kg: battery.pack_mass_kg,
        made_in: battery.made_in.as_deref().or(design.made_in.as_deref()).map(Arc::from),
        layout: None,
        choices: CellChoices::default(),
    }
}

/// What is known of a car's pack; `None`: it has none.
pub fn pack_spec_of(design: &CarDesign) -> Option<PackSpec> {
    design.battery.as_ref().map(|battery| pack_spec(battery, design))
}

fn road_energy(
    design: &CarDesign,
    sized: &SizedCar,
    tables: &Tables,
    traces: &Traces,
    scenario: &Scenario,
    draw: &Draw<'_>,
) -> Result<RoadEnergy, AssessError> {
    // Resistance and certificate are those of the car without body choices; what they change follows.
    let change_kg = sized.body_change.kg();
    let test = design.road_load.test_mass_kg.map_or(sized.wltp_test_mass().kg() - change_kg, |v| draw.of(&v));
    let masses = Masses { test_mass_kg: test, kerb_mass_kg: sized.kerb_mass.kg() - change_kg };
    let mut conditions = if scenario.is_real_world { Conditions::real_world() } else { Conditions::official() };
    if let Some(share) = design.usage.dc_share {
        conditions.dc_share = draw.of(&share);
    }
    let top_speed = design.top_speed_km_h.map(|v| Speed::from_km_h(v.best));
    // GTR 15 classes a car by its rated power: a hybrid's is at least that of the stronger of engine and machines.
    let power = sized.motor_power().max(sized.engine.map_or(Power::ZERO, |e| e.peak_power));
    let class = WltcClass::of(power, sized.kerb_mass, top_speed, &tables.procedures.wltc_limits);
    let cycle = scenario.cycle.as_ref().map_or_else(|| class.cycle_id().to_owned(), |c| c.id().to_string());
    let trace = traces.get(&cycle).ok_or_else(|| AssessError::Cycle(cycle.clone()))?;
    let mut energy = RoadEnergy { cycle: cycle.clone(), ..RoadEnergy::default() };
    if matches!(design.powertrain, Powertrain::Bev | Powertrain::Phev) {
        let car = electric_car(design, &masses, &tables.drive, draw)?.heavier_by(change_kg);
        // A plug-in hybrid has the power of its engine too, and one cycle for both ways to drive.
        let own = if design.powertrain == Powertrain::Bev { traces.reshaped(class, &car, tables, draw) } else { None };
        let result = drive(&car, own.as_ref().map_or(trace, |o| &o.0), &conditions);
        energy.downscaling_factor = own.as_ref().map_or(0.0, |o| o.1.downscaling_factor);
        energy.capped_at_km_h = own.and_then(|o| o.1.top_speed_m_s).map(|v| Speed::from_m_s(v).km_h());
        energy.missed_trace_s = result.missed_trace_s;
        energy.wall_wh_per_km = Some(result.wall_wh_per_km);
        energy.battery_wh_per_km = Some(result.battery_wh_per_km);
        energy.range_km = Some(Energy::from_j(car.usable_energy_j).wh() / result.battery_wh_per_km);
        energy.electric_share = 1.0;
        for field in car.defaulted {
            energy.rows.extend(field.rows);
            energy.defaulted.push((field.field.to_owned(), field.value));
        }
    }
    if design.powertrain != Powertrain::Bev {
        let car = combustion_car(design, &masses, &tables.drive, &traces.certification, draw)?.heavier_by(change_kg);
        let result = drive_combustion(&car, trace, &conditions);
        energy.fuel_mj_per_km = Some(result.fuel_mj_per_km);
        energy.fuel_l_per_100km = Some(result.fuel_l_per_100km);
        energy.electric_share = match (design.powertrain, sized.utility_factor) {
            (Powertrain::Phev, Some((official, real))) => {
                if scenario.is_real_world {
                    real.get()
                } else {
                    official.get()
                }
            }
            _ => 0.0,
        };
    }
    energy.rows.extend(design.values().map(|v| v.row).filter(|r| *r != RowId::GIVEN));
    energy.rows.sort_unstable();
    energy.rows.dedup();
    Ok(energy)
}

fn energy_lines(lines: &mut Vec<BillLine>, energy: &RoadEnergy, design: &CarDesign, distance: Length) {
    if let Some(wall) = energy.wall_wh_per_km {
        lines.push(BillLine {
            stage: Stage::Electricity,
            part: Arc::from("charging"),
            product: Arc::from(CHARGING),
            amount: Energy::from_wh(wall * distance.km() * energy.electric_share).kwh(),
            contained: Mass::ZERO,
            place: None,
            rows: energy.rows.clone(),
        });
    }
    if let Some(fuel) = energy.fuel_mj_per_km {
        let is_diesel = design.engine.as_ref().is_some_and(|e| e.fuel == Fuel::Diesel);
        lines.push(BillLine {
            stage: Stage::FuelUse,
            part: Arc::from(if is_diesel { "diesel" } else { "petrol" }),
            product: Arc::from(if is_diesel { "diesel-burnt-in-car" } else { "petrol-burnt-in-car" }),
            amount: fuel * distance.km() * (1.0 - energy.electric_share),
            contained: Mass::ZERO,
            place: None,
            rows: energy.rows.clone(),
        });
    }
}

/// The product of charging: delivered at low voltage where the car drives.
pub const CHARGING: &str = "electricity-low-voltage";

/// What the choices of a design's body change in its mass, at best estimates; nought without choices, and then nothing is sized.
///
/// # Errors
/// The design cannot be made into a car.
pub fn body_change(design: &CarDesign, tables: &Tables) -> Result<Mass, AssessError> {
    if !design.body.changes_mass() {
        return Ok(Mass::ZERO);
    }
    Ok(sized_with_pack(design, tables, &Draw::BEST)?.1.body_change)
}

/// The design with a kerb mass: its own, or that of its parts once they are sized, without what choices of its body change.
///
/// A coast-down's test mass tells the kerb mass better than parts do, so a design that gives one is left alone. The second value
/// names the field and what stood in.
///
/// # Errors
/// The design cannot be made into a car.
pub fn with_kerb_mass<'d>(design: &'d CarDesign, tables: &Tables) -> Result<(Cow<'d, CarDesign>, Option<(&'static str, f64)>), AssessError> {
    if design.kerb_mass_kg.is_some() || design.road_load.test_mass_kg.is_some() {
        return Ok((Cow::Borrowed(design), None));
    }
    let (_, sized) = sized_with_pack(design, tables, &Draw::BEST)?;
    let kg = sized.kerb_mass.kg() - sized.body_change.kg();
    let massed = CarDesign { kerb_mass_kg: Some(Value::given(kg)), ..design.clone() };
    Ok((Cow::Owned(massed), Some(("car.kerb_mass_kg", kg))))
}

/// One car on one cycle, at best estimates.
#[derive(Debug, Clone, PartialEq)]
pub struct Driven {
    /// The cycle driven.
    pub cycle: String,
    /// Its distance.
    pub distance_km: f64,
    /// At the wall.
    pub wall_wh_per_km: Option<f64>,
    /// At the battery.
    pub battery_wh_per_km: Option<f64>,
    /// Positive work at the wheels.
    pub wheel_positive_wh_per_km: f64,
    /// Braking work at the wheels.
    pub wheel_negative_wh_per_km: f64,
    /// Time in which the car could not follow.
    pub missed_trace_s: f64,
    /// Ambient temperature.
    pub ambient_c: f64,
    /// Fuel.
    pub fuel_l_per_100km: Option<f64>,
    /// Electric range.
    pub range_km: Option<f64>,
    /// Fields that the design did not give, with what stood in.
    pub defaulted: Vec<(String, f64)>,
}

/// Drives a car over a trace; `None`: the class of WLTC that it belongs to.
///
/// The masses are those of the design where it gives them, else of its parts, as an assessment has them.
///
/// # Errors
/// The design cannot be driven.
pub fn drive_car(design: &CarDesign, tables: &Tables, trace: Option<&Trace>, conditions: &Conditions) -> Result<Driven, AssessError> {
    let mut defaulted = Vec::new();
    let (design, sized) = with_kerb_mass(design, tables)?;
    let design = &*design;
    let masses = Masses::of(design, &tables.drive, &Draw::BEST, &mut defaulted);
    let change_kg = body_change(design, tables)?.kg();
    let kerb = Mass::from_kg(masses.kerb_mass_kg + change_kg);
    let top_speed = design.top_speed_km_h.map(|v| Speed::from_km_h(v.best));
    let auto = |power_w: f64, car: Option<&ElectricCar>| -> Result<(String, Trace), AssessError> {
        let class = WltcClass::of(Power::from_w(power_w), kerb, top_speed, &tables.procedures.wltc_limits);
        let base = tables.cycles.get(class.cycle_id())?;
        let own = car.and_then(|car| wltp_cycle(car, power_w, class, &base, &tables.procedures, &Draw::BEST).reshaped);
        Ok((class.cycle_id().to_owned(), Trace::new(own.as_ref().unwrap_or(&base))))
    };
    let mut fields: Vec<(String, f64)> =
        sized.into_iter().chain(defaulted.iter().map(|d| (d.field, d.value))).map(|(f, v)| (f.to_owned(), v)).collect();
    if matches!(design.powertrain, Powertrain::Bev | Powertrain::Phev) {
        let car = electric_car(design, &masses, &tables.drive, &Draw::BEST)?.heavier_by(change_kg);
        let (cycle, owned) = match trace {
            Some(trace) => (trace.id().to_owned(), None),
            None => auto(car.peak_power_w, (design.powertrain == Powertrain::Bev).then_some(&car)).map(|(id, t)| (id, Some(t)))?,
        };
        let Some(trace) = trace.or(owned.as_ref()) else { return Err(AssessError::Cycle(cycle)) };
        let result = drive(&car, trace, conditions);
        fields.extend(car.defaulted.iter().map(|d| (d.field.to_owned(), d.value)));
        return Ok(Driven {
            cycle,
            distance_km: result.distance_km,
            wall_wh_per_km: Some(result.wall_wh_per_km),
            battery_wh_per_km: Some(result.battery_wh_per_km),
            wheel_positive_wh_per_km: result.wheel_positive_wh_per_km,
            wheel_negative_wh_per_km: result.wheel_negative_wh_per_km,
            missed_trace_s: result.missed_trace_s,
            ambient_c: result.ambient_c,
            fuel_l_per_100km: None,
            range_km: Some(Energy::from_j(car.usable_energy_j).wh() / result.battery_wh_per_km),
            defaulted: fields,
        });
    }
    let car = combustion_car(design, &masses, &tables.drive, &CertificationTraces::new(&tables.cycles, &tables.procedures)?, &Draw::BEST)?
        .heavier_by(change_kg);
    let (cycle, owned) = match trace {
        Some(trace) => (trace.id().to_owned(), None),
        None => auto(car.peak_power_w, None).map(|(id, t)| (id, Some(t)))?,
    };
    let Some(trace) = trace.or(owned.as_ref()) else { return Err(AssessError::Cycle(cycle)) };
    let result = drive_combustion(&car, trace, conditions);
    fields.extend(car.defaulted.iter().map(|d| (d.field.to_owned(), d.value)));
    Ok(Driven {
        cycle,
        distance_km: result.distance_km,
        wall_wh_per_km: None,
        battery_wh_per_km: None,
        wheel_positive_wh_per_km: result.wheel_positive_wh_per_km,
        wheel_negative_wh_per_km: result.wheel_negative_wh_per_km,
        missed_trace_s: result.missed_trace_s,
        ambient_c: result.ambient_c,
        fuel_l_per_100km: Some(result.fuel_l_per_100km),
        range_km: None,
        defaulted: fields,
    })
}
