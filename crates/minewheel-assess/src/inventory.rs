//! What one car demands over its life: the joined bill of materials, energy, upkeep and end of life.
//!
//! The engineering crate says what the car is and uses; this module only joins its parts and multiplies by the
//! distance of a life. Every function takes a [`Draw`], so the best estimate and a Monte Carlo draw are one code.
//!
//! ```text
//! electricity = e_wall · km · u      fuel = (f_s · (1 − u) + f_d · u) · km
//! packs = max(1, years / first life of a pack)
//! ```
//!
//! with `e_wall` the energy at the wall per kilometre, `f_s` the fuel energy per kilometre with the charge kept, `f_d` that of an engine
//! which helps while the battery is depleted, and `u` the electric share of the distance (1 for battery cars, 0 for cars without a
//! plug, for plug-in hybrids the utility factor at their own range). A pack's first
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
use minewheel_model::battery::{CellChoices, Content, PackDesign, PackPower, PackSpec, design_pack};
use minewheel_model::bill::{BillLine, BillOfMaterials, Stage};
use minewheel_model::drive::{
    CertificationTraces, Conditions, ElectricCar, Masses, Trace, WltcClass, WltpCycle, check_driven, combustion_car, drive, drive_combustion,
    drive_depleting, electric_car, wltp_cycle,
};
use minewheel_model::vehicle::{Origin, PackSummary, SizedCar, bill, element_content, size};

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
    /// Fuel, for the electric distance: what the engine does of it where machine and pack do not suffice.
    pub depleting_fuel_mj_per_km: f64,
    /// Fuel, for the electric distance.
    pub depleting_fuel_l_per_100km: f64,
    /// Work at the wheels that the cycle asks for and the car does not do.
    pub missed_wh_per_km: f64,
    /// Electric share of the distance.
    pub electric_share: f64,
    /// Fields that the design did not give, with what stood in.
    pub defaulted: Vec<(String, f64)>,
    /// Rows the energy rests on.
    pub rows: Vec<RowId>,
}

impl RoadEnergy {
    /// Fuel over all distance, on fuel and on the battery, in MJ per km; `None`: the car has no engine.
    pub fn mean_fuel_mj_per_km(&self) -> Option<f64> {
        self.fuel_mj_per_km.map(|f| (1.0 - self.electric_share) * f + self.electric_share * self.depleting_fuel_mj_per_km)
    }

    /// Fuel over all distance in l per 100 km; `None`: the car has no engine.
    pub fn mean_fuel_l_per_100km(&self) -> Option<f64> {
        self.fuel_l_per_100km.map(|f| (1.0 - self.electric_share) * f + self.electric_share * self.depleting_fuel_l_per_100km)
    }
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

/// The design with the kerb mass that its coast-down's test mass tells, where it gives no kerb mass: the one that the drive takes.
fn massed_by_test<'d>(design: &'d CarDesign, tables: &Tables, draw: &Draw<'_>) -> Cow<'d, CarDesign> {
    if design.kerb_mass_kg.is_some() || design.road_load.test_mass_kg.is_none() {
        return Cow::Borrowed(design);
    }
    let kg = Masses::of(design, &tables.drive, draw, &mut Vec::new()).kerb_mass_kg;
    Cow::Owned(CarDesign { kerb_mass_kg: Some(Value::given(kg)), ..design.clone() })
}

/// The car's pack, and the car around it.
///
/// # Errors
/// The design cannot be made into a car.
pub fn sized_with_pack(design: &CarDesign, tables: &Tables, draw: &Draw<'_>) -> Result<(Option<PackDesign>, SizedCar), AssessError> {
    let pack = pack_of(design, tables, draw)?;
    let summary = pack.as_ref().map(|p| PackSummary { mass: p.pack_mass });
    let massed = massed_by_test(design, tables, draw);
    let mut sized = size(&massed, summary.as_ref(), &tables.vehicles, draw)?;
    if matches!(massed, Cow::Owned(_)) {
        for field in sized.fields.iter_mut().filter(|f| f.field == "car.kerb_mass_kg") {
            (field.origin, field.row) = (Origin::Default, tables.drive.payload_kg.row);
        }
    }
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
        power: pack_power(design),
    }
}

/// What the pack of a hybrid must give: all that power cells can without a plug, the power of the machines with one.
fn pack_power(design: &CarDesign) -> Option<PackPower> {
    match design.powertrain {
        Powertrain::Hev => Some(PackPower::Most),
        Powertrain::Phev => design.motors.iter().filter_map(|m| m.peak_power_kw).max_by(|a, b| a.best.total_cmp(&b.best)).map(PackPower::Covers),
        _ => None,
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
    let mut rated_range_km = None;
    let fuelled = if design.powertrain == Powertrain::Bev {
        None
    } else {
        Some(combustion_car(design, &masses, &tables.drive, &traces.certification, draw)?.heavier_by(change_kg))
    };
    if matches!(design.powertrain, Powertrain::Bev | Powertrain::Phev) {
        let car = electric_car(design, &masses, &tables.drive, draw)?.heavier_by(change_kg);
        let result = if let Some(engine) = &fuelled {
            // A plug-in hybrid has the power of its engine too, and one cycle for both ways to drive.
            let depleting = drive_depleting(&car, engine, trace, &conditions);
            energy.depleting_fuel_mj_per_km = depleting.fuel_mj_per_km;
            energy.depleting_fuel_l_per_100km = depleting.fuel_l_per_100km;
            energy.range_km = Some(depleting.range_km);
            // Shares of distance were measured by the range of the test.
            let in_test = scenario.is_real_world.then(|| drive_depleting(&car, engine, trace, &Conditions::official()).range_km);
            rated_range_km = in_test.or(energy.range_km);
            depleting.electric
        } else {
            let own = traces.reshaped(class, &car, tables, draw);
            let driven = own.as_ref().map_or(trace, |o| &o.0);
            let result = drive(&car, driven, &conditions);
            // Draws of a car that follows are let pass.
            if draw.is_best() {
                check_driven(design, &cycle, result.missed_trace_s, driven)?;
            }
            energy.downscaling_factor = own.as_ref().map_or(0.0, |o| o.1.downscaling_factor);
            energy.capped_at_km_h = own.and_then(|o| o.1.top_speed_m_s).map(|v| Speed::from_m_s(v).km_h());
            energy.missed_trace_s = result.missed_trace_s;
            energy.missed_wh_per_km = result.ledger.unmet;
            energy.range_km = Some(Energy::from_j(car.usable_energy_j).wh() / result.battery_wh_per_km);
            energy.electric_share = 1.0;
            result
        };
        energy.wall_wh_per_km = Some(result.wall_wh_per_km);
        energy.battery_wh_per_km = Some(result.battery_wh_per_km);
        for field in car.defaulted {
            energy.rows.extend(field.rows);
            energy.defaulted.push((field.field.to_owned(), field.value));
        }
    }
    if let Some(car) = fuelled {
        let result = drive_combustion(&car, trace, &conditions);
        if draw.is_best() {
            check_driven(design, &cycle, result.missed_trace_s, trace)?;
        }
        energy.missed_trace_s = result.missed_trace_s;
        energy.fuel_mj_per_km = Some(result.fuel_mj_per_km);
        energy.fuel_l_per_100km = Some(result.fuel_l_per_100km);
        let year = design.model_year.unwrap_or(scenario.year);
        if let (Some(curve), Some(range_km)) = (tables.vehicles.utility_curve(design, year, scenario.is_real_world, draw)?, rated_range_km) {
            energy.electric_share = curve.share(Length::from_km(range_km)).get();
            if !curve.is_given() {
                energy.defaulted.push(("use.utility_factor".to_owned(), energy.electric_share));
                energy.rows.extend(curve.rows);
            }
        }
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
    if let Some(fuel) = energy.mean_fuel_mj_per_km() {
        let is_diesel = design.engine.as_ref().is_some_and(|e| e.fuel == Fuel::Diesel);
        lines.push(BillLine {
            stage: Stage::FuelUse,
            part: Arc::from(if is_diesel { "diesel" } else { "petrol" }),
            product: Arc::from(if is_diesel { "diesel-burnt-in-car" } else { "petrol-burnt-in-car" }),
            amount: fuel * distance.km(),
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
    /// Time that the cycle takes.
    pub lasts_s: f64,
    /// Time in which the car could not follow.
    pub missed_trace_s: f64,
    /// Work at the wheels that it did not do in that time.
    pub missed_wh_per_km: f64,
    /// Ambient temperature.
    pub ambient_c: f64,
    /// Fuel, with the battery's charge kept.
    pub fuel_l_per_100km: Option<f64>,
    /// Fuel of a plug-in hybrid's engine that helps while the battery is depleted.
    pub depleting_fuel_l_per_100km: Option<f64>,
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
    let fuelled = if design.powertrain == Powertrain::Bev {
        None
    } else {
        let certification = CertificationTraces::new(&tables.cycles, &tables.procedures)?;
        let car = combustion_car(design, &masses, &tables.drive, &certification, &Draw::BEST)?.heavier_by(change_kg);
        fields.extend(car.defaulted.iter().map(|d| (d.field.to_owned(), d.value)));
        Some(car)
    };
    let electric = if matches!(design.powertrain, Powertrain::Bev | Powertrain::Phev) {
        let car = electric_car(design, &masses, &tables.drive, &Draw::BEST)?.heavier_by(change_kg);
        fields.extend(car.defaulted.iter().map(|d| (d.field.to_owned(), d.value)));
        Some(car)
    } else {
        None
    };
    let power_w = electric.as_ref().map_or(0.0, |c| c.peak_power_w).max(fuelled.as_ref().map_or(0.0, |c| c.peak_power_w));
    let (cycle, owned) = match trace {
        Some(trace) => (trace.id().to_owned(), None),
        None => auto(power_w, electric.as_ref().filter(|_| fuelled.is_none())).map(|(id, t)| (id, Some(t)))?,
    };
    let Some(trace) = trace.or(owned.as_ref()) else { return Err(AssessError::Cycle(cycle)) };
    let burnt = fuelled.as_ref().map(|car| drive_combustion(car, trace, conditions));
    let depleting = electric.as_ref().zip(fuelled.as_ref()).map(|(car, engine)| drive_depleting(car, engine, trace, conditions));
    let alone = electric.as_ref().filter(|_| fuelled.is_none()).map(|car| drive(car, trace, conditions));
    let on_battery = alone.as_ref().or(depleting.as_ref().map(|d| &d.electric));
    let range_km = match (&depleting, &electric, &alone) {
        (Some(both), ..) => Some(both.range_km),
        (None, Some(car), Some(result)) => Some(Energy::from_j(car.usable_energy_j).wh() / result.battery_wh_per_km),
        _ => None,
    };
    // The engine does what a plug-in hybrid's machine misses.
    let missed = [alone.as_ref().map(|r| (r.missed_trace_s, r.ledger.unmet)), burnt.as_ref().map(|r| (r.missed_trace_s, r.missed_wh_per_km))];
    let (missed_trace_s, missed_wh_per_km) = missed.into_iter().flatten().next().unwrap_or((0.0, 0.0));
    let wheels = on_battery.map(|r| (r.distance_km, r.wheel_positive_wh_per_km, r.wheel_negative_wh_per_km, r.ambient_c));
    let wheels = wheels.or(burnt.as_ref().map(|r| (r.distance_km, r.wheel_positive_wh_per_km, r.wheel_negative_wh_per_km, r.ambient_c)));
    let Some((distance_km, wheel_positive_wh_per_km, wheel_negative_wh_per_km, ambient_c)) = wheels else {
        return Err(AssessError::Cycle(cycle));
    };
    Ok(Driven {
        cycle,
        distance_km,
        lasts_s: trace.duration_s(),
        wall_wh_per_km: on_battery.map(|r| r.wall_wh_per_km),
        battery_wh_per_km: on_battery.map(|r| r.battery_wh_per_km),
        wheel_positive_wh_per_km,
        wheel_negative_wh_per_km,
        missed_trace_s,
        missed_wh_per_km,
        ambient_c,
        fuel_l_per_100km: burnt.map(|r| r.fuel_l_per_100km),
        depleting_fuel_l_per_100km: depleting.map(|d| d.fuel_l_per_100km),
        range_km,
        defaulted: fields,
    })
}
