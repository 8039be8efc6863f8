//! Closing the car's mass: every component's mass from the design, the tables and one draw.

use std::sync::Arc;

use minewheel_data::car::{BodyDesign, CarClass, CarDesign, DrivenWheels, Fuel, MotorDesign, Powertrain, Resizing, Topology};
use minewheel_data::parameters::Parameters;
use minewheel_data::row::{Draw, RowId, Value};
use minewheel_data::units::{Area, Duration, Length, Mass, Power, Share, ratio};

use super::alloy_shares::recycled;
use super::components::{Component, SizedComponent};
use super::fluids::fluid_amounts;
use super::sized::{Origin, PackSummary, RecycledShares, ResolvedField, SizedCar, SizedEngine, SizedMotor, VehicleError};
use super::tables::{ClassTable, Line, VehicleTables};
use crate::bill::Stage;
use crate::body::Family;
use crate::body::plan::{BodyPlan, Built, plan};

const TOLERANCE: f64 = 1e-9;
const MOST_ITERATIONS: u32 = 200;

/// Sizes a car: resolves its fields, and gives every component a mass that adds up to the kerb mass.
///
/// # Errors
/// [`VehicleError`]: no battery where one is needed, parts heavier than the car, numbers that cannot be.
pub fn size(design: &CarDesign, pack: Option<&PackSummary>, tables: &VehicleTables, draw: &Draw<'_>) -> Result<SizedCar, VehicleError> {
    Sizing::new(design, pack, tables, draw)?.close()
}

/// Values of one draw, before the mass is closed.
struct Sizing<'a> {
    design: &'a CarDesign,
    tables: &'a VehicleTables,
    draw: &'a Draw<'a>,
    class: CarClass,
    table: &'a ClassTable,
    pack_kg: f64,
    length_m: f64,
    width_m: f64,
    height_m: f64,
    fields: Vec<ResolvedField>,
}

/// A machine or engine whose power may wait for the car's mass.
enum PowerRule {
    Fixed(f64),
    PerMass(f64),
}

impl PowerRule {
    fn kw(&self, kerb_kg: f64) -> f64 {
        match self {
            Self::Fixed(kw) => *kw,
            Self::PerMass(kw_per_kg) => kw_per_kg * kerb_kg,
        }
    }
}

struct MotorRule<'a> {
    design: Option<&'a MotorDesign>,
    topology: Topology,
    axle: DrivenWheels,
    power: PowerRule,
    power_row: RowId,
    ratio: f64,
}

impl<'a> Sizing<'a> {
    fn new(design: &'a CarDesign, pack: Option<&PackSummary>, tables: &'a VehicleTables, draw: &'a Draw<'a>) -> Result<Self, VehicleError> {
        let pack_kg = match (design.powertrain, pack) {
            (_, Some(pack)) => positive(design, "battery.pack_mass_kg", pack.mass.kg())?,
            (Powertrain::IcevPetrol | Powertrain::IcevDiesel, None) => 0.0,
            (powertrain, None) => return Err(VehicleError::MissingPack { car: design.id.clone(), powertrain }),
        };
        let class = design.class.unwrap_or_else(|| nearest_class(design, tables, draw));
        let mut sizing = Self {
            design,
            tables,
            draw,
            class,
            table: tables.class(class),
            pack_kg,
            length_m: 0.0,
            width_m: 0.0,
            height_m: 0.0,
            fields: Vec::with_capacity(24),
        };
        let table = sizing.table;
        // Tables hold metres, car files millimetres.
        let size_m = |sizing: &mut Self, field, given: Option<Value>, default: &Value| {
            let given = given.map(|v| v.scaled(Length::from_mm(1.0).m()));
            let metres = sizing.resolve(field, given.as_ref(), default);
            if let Some(last) = sizing.fields.last_mut() {
                last.value = Length::from_m(metres).mm();
            }
            positive(design, field, metres)
        };
        sizing.length_m = size_m(&mut sizing, "car.length_mm", design.length_mm, &table.length)?;
        sizing.width_m = size_m(&mut sizing, "car.width_mm", design.width_mm, &table.width)?;
        sizing.height_m = size_m(&mut sizing, "car.height_mm", design.height_mm, &table.height)?;
        Ok(sizing)
    }

    fn of(&self, value: &Value) -> f64 {
        self.draw.of(value)
    }

    /// The design's value, else the default; notes which.
    fn resolve(&mut self, field: &'static str, given: Option<&Value>, default: &Value) -> f64 {
        let (value, origin) = match given {
            Some(value) => (value, origin(value)),
            None => (default, Origin::Default),
        };
        let number = self.of(value);
        self.fields.push(ResolvedField { field, value: number, origin, row: value.row });
        number
    }

    fn motor_rules(&mut self) -> Result<Vec<MotorRule<'a>>, VehicleError> {
        let (design, tables) = (self.design, self.tables);
        if matches!(design.powertrain, Powertrain::IcevPetrol | Powertrain::IcevDiesel) {
            return Ok(Vec::new());
        }
        let wheels = design.driven_wheels.unwrap_or(DrivenWheels::Front);
        let count = match (design.motors.len(), wheels) {
            (0, DrivenWheels::All) if design.powertrain == Powertrain::Bev => 2,
            (0, _) => 1,
            (n, _) => n,
        };
        let mut rules = Vec::with_capacity(count);
        for index in 0..count {
            let motor = design.motors.get(index);
            let axle = motor.and_then(|m| m.axle).unwrap_or(match (wheels, index) {
                (DrivenWheels::All, 0) => DrivenWheels::Front,
                (DrivenWheels::All, _) => DrivenWheels::Rear,
                (one, _) => one,
            });
            let given = motor.and_then(|m| m.peak_power_kw);
            let (power, power_row) = match (given, design.powertrain) {
                (Some(value), _) => {
                    let kw = positive(design, "motor.peak_power_kw", self.of(&value))?;
                    (PowerRule::Fixed(kw), value.row)
                }
                (None, Powertrain::Hev) => {
                    let value = &tables.drive.hev_motor_power;
                    (PowerRule::Fixed(self.of(value) / count as f64), value.row)
                }
                (None, Powertrain::Phev) => {
                    let value = &tables.drive.phev_motor_power;
                    (PowerRule::Fixed(self.of(value) / count as f64), value.row)
                }
                (None, _) => {
                    let value = &self.table.motor_power_per_mass;
                    (PowerRule::PerMass(self.of(value) / count as f64), value.row)
                }
            };
            let ratio_given = motor.and_then(|m| m.final_drive_ratio);
            let ratio = self.resolve("motor.final_drive_ratio", ratio_given.as_ref(), &tables.drive.final_drive_ratio);
            rules.push(MotorRule {
                design: motor,
                topology: motor.and_then(|m| m.topology).unwrap_or(Topology::Ipm),
                axle,
                power,
                power_row,
                ratio: positive(design, "motor.final_drive_ratio", ratio)?,
            });
        }
        Ok(rules)
    }

    fn engine_rule(&mut self) -> Result<Option<(Fuel, PowerRule, RowId)>, VehicleError> {
        let design = self.design;
        let fuel = match design.powertrain {
            Powertrain::Bev => return Ok(None),
            Powertrain::IcevDiesel => Fuel::Diesel,
            _ => Fuel::Petrol,
        };
        let engine = design.engine.as_ref();
        let fuel = engine.map_or(fuel, |e| e.fuel);
        let (power, row) = if let Some(value) = engine.and_then(|e| e.peak_power_kw) {
            (PowerRule::Fixed(positive(design, "engine.peak_power_kw", self.of(&value))?), value.row)
        } else {
            let value = &self.table.engine_power_per_mass;
            (PowerRule::PerMass(self.of(value)), value.row)
        };
        Ok(Some((fuel, power, row)))
    }

    fn close(mut self) -> Result<SizedCar, VehicleError> {
        let (design, table) = (self.design, self.table);
        let motors = self.motor_rules()?;
        let engine = self.engine_rule()?;
        let charger_kw = if matches!(design.powertrain, Powertrain::Bev | Powertrain::Phev) {
            let kw = self.resolve("charging.ac_power_kw", design.charging.ac_power_kw.as_ref(), &table.ac_power);
            Some(positive(design, "charging.ac_power_kw", kw)?)
        } else {
            None
        };
        let fixed = self.fixed_parts(motors.len(), engine.as_ref().map(|e| e.0), charger_kw);
        let fixed_kg: f64 = fixed.iter().map(|c| c.mass.kg()).sum();
        let closed = match &design.kerb_mass_kg {
            Some(value) => self.divide_given(value, &motors, engine.as_ref(), &fixed, fixed_kg)?,
            None => self.build_up(&motors, engine.as_ref(), &fixed, fixed_kg)?,
        };
        let mut components = closed.drive;
        components.extend(fixed);
        components.extend(closed.structure);
        components.sort_by_key(|c| c.component);
        let masses = ClosedMasses { kerb_kg: closed.kerb_kg, rating_kg: closed.rating_kg, change_kg: closed.change_kg };
        self.finish(&masses, components, closed.plan, &motors, engine, charger_kw)
    }

    /// The structure takes what the counted parts leave of a given kerb mass, which is that of the car without choices.
    fn divide_given(
        &mut self,
        value: &Value,
        motors: &[MotorRule<'_>],
        engine: Option<&(Fuel, PowerRule, RowId)>,
        fixed: &[SizedComponent],
        fixed_kg: f64,
    ) -> Result<Closed, VehicleError> {
        let base_kg = positive(self.design, "car.kerb_mass_kg", self.of(value))?;
        self.fields.push(ResolvedField { field: "car.kerb_mass_kg", value: base_kg, origin: origin(value), row: value.row });
        let drive = self.drive_parts(base_kg, motors, engine);
        let drive_kg: f64 = drive.iter().map(|c| c.mass.kg()).sum();
        let structure_kg = base_kg - self.pack_kg - fixed_kg - drive_kg;
        self.check_structure(base_kg, structure_kg, &drive, fixed)?;
        let secondary = match self.design.body.resizing {
            Some(Resizing::Structure) => self.of(&self.tables.mass.secondary),
            Some(Resizing::None) | None => 0.0,
        };
        let mut change_kg = 0.0;
        let mut residual_kg = f64::INFINITY;
        for _ in 0..MOST_ITERATIONS {
            let added_kg = secondary * change_kg;
            let shares = self.structure_shares(added_kg / (structure_kg + added_kg));
            let mut structure = self.structure(structure_kg, added_kg, &shares, value.row);
            let plan = self.choose(&self.design.body, &mut structure);
            let next_kg = added_kg + plan.change_kg();
            residual_kg = next_kg - change_kg;
            change_kg = next_kg;
            if !change_kg.is_finite() {
                break;
            }
            if residual_kg.abs() <= TOLERANCE || secondary == 0.0 {
                return Ok(Closed { kerb_kg: base_kg + change_kg, rating_kg: base_kg, change_kg, structure, plan, drive });
            }
        }
        Err(VehicleError::NotConverged { car: self.design.id.clone(), residual_kg, iterations: MOST_ITERATIONS })
    }

    /// Adds the parts up until the mass they were sized for is the mass they have.
    fn build_up(
        &mut self,
        motors: &[MotorRule<'_>],
        engine: Option<&(Fuel, PowerRule, RowId)>,
        fixed: &[SizedComponent],
        fixed_kg: f64,
    ) -> Result<Closed, VehicleError> {
        let row = self.table.glider_density.row;
        let mut closed = self.loop_with(&self.design.body, motors, engine, fixed, fixed_kg)?;
        if closed.plan.change_kg() != 0.0 {
            let base = self.loop_with(&BodyDesign::default(), motors, engine, fixed, fixed_kg)?;
            closed.change_kg = closed.kerb_kg - base.kerb_kg;
        }
        self.fields.push(ResolvedField { field: "car.kerb_mass_kg", value: closed.kerb_kg, origin: Origin::Default, row });
        Ok(closed)
    }

    fn loop_with(
        &self,
        choices: &BodyDesign,
        motors: &[MotorRule<'_>],
        engine: Option<&(Fuel, PowerRule, RowId)>,
        fixed: &[SizedComponent],
        fixed_kg: f64,
    ) -> Result<Closed, VehicleError> {
        let (table, rules) = (self.table, &self.tables.mass);
        let inside_glider = |c: &SizedComponent| {
            matches!(c.component, Component::Glazing | Component::Wiring | Component::ControlUnits | Component::Climate | Component::PaintFilm)
        };
        let counted_kg: f64 = fixed.iter().filter(|c| inside_glider(c)).map(|c| c.mass.kg()).sum();
        let base_kg = self.of(&table.glider_density) * self.volume_m3() - counted_kg;
        let (reference_kg, secondary) = (self.of(&table.reference_kerb_mass), self.of(&rules.secondary));
        // The floor refuses a design at its best estimate; in a draw of an accepted one, resizing stops at the floor, and
        // before a part is gone.
        let floor_kg = self.of(&rules.least_structure_density) * self.volume_m3();
        let most_removed_kg =
            if self.draw.is_best() { f64::NEG_INFINITY } else { (floor_kg - base_kg).min(0.0).max(-self.removable_share() * base_kg) };
        let mut kerb_kg = reference_kg;
        let mut residual_kg = f64::INFINITY;
        for _ in 0..MOST_ITERATIONS {
            let added_kg = (secondary * (kerb_kg - reference_kg)).max(most_removed_kg);
            let drive = self.drive_parts(kerb_kg, motors, engine);
            let drive_kg: f64 = drive.iter().map(|c| c.mass.kg()).sum();
            let shares = self.structure_shares(added_kg / (base_kg + added_kg));
            let mut structure = self.structure(base_kg, added_kg, &shares, table.glider_density.row);
            let plan = self.choose(choices, &mut structure);
            let next_kg = base_kg + added_kg + fixed_kg + drive_kg + self.pack_kg + plan.change_kg();
            residual_kg = next_kg - kerb_kg;
            kerb_kg = next_kg;
            if !kerb_kg.is_finite() {
                break;
            }
            if residual_kg.abs() <= TOLERANCE {
                self.check_structure(kerb_kg, base_kg + added_kg, &drive, fixed)?;
                return Ok(Closed { kerb_kg, rating_kg: kerb_kg, change_kg: 0.0, structure, plan, drive });
            }
        }
        Err(VehicleError::NotConverged { car: self.design.id.clone(), residual_kg, iterations: MOST_ITERATIONS })
    }

    /// Makes the choices of a design in the body and closures of a structure, whose masses follow.
    fn choose(&self, choices: &BodyDesign, structure: &mut [SizedComponent]) -> BodyPlan {
        let (table, of) = (self.table, &self.tables.compositions);
        let mass = |c: Component| structure.iter().filter(|s| s.component == c).map(|s| s.mass.kg()).sum::<f64>();
        let body = Built { kg: mass(Component::Body), names: BODY_KINDS, kinds: &of.body, aluminium: self.of(&table.body_aluminium).clamp(0.0, 1.0) };
        let closures = Built {
            kg: mass(Component::Closures),
            names: CLOSURE_KINDS,
            kinds: &of.closures,
            aluminium: self.of(&table.closures_aluminium).clamp(0.0, 1.0),
        };
        let plan = plan(choices, &body, &closures, &self.tables.body, self.draw);
        for part in structure {
            match part.component {
                Component::Body if plan.body_kg != plan.base_body_kg => part.mass = Mass::from_kg(plan.body_kg),
                Component::Closures if plan.closures_aluminium.is_some() => part.mass = Mass::from_kg(plan.closures_kg),
                _ => continue,
            }
            part.rows.extend_from_slice(&plan.rows);
        }
        plan
    }

    /// The floor judges the design, thus its best estimate; a draw of an accepted design needs a structure at all.
    fn check_structure(&self, kerb_kg: f64, structure_kg: f64, drive: &[SizedComponent], fixed: &[SizedComponent]) -> Result<(), VehicleError> {
        let least_kg = if self.draw.is_best() { self.of(&self.tables.mass.least_structure_density) * self.volume_m3() } else { f64::MIN_POSITIVE };
        if structure_kg >= least_kg {
            return Ok(());
        }
        let sum = |parts: &[SizedComponent], keep: &dyn Fn(Component) -> bool| -> f64 {
            parts.iter().filter(|c| keep(c.component)).map(|c| c.mass.kg()).sum()
        };
        let combustion = |c: Component| c.stage() == Stage::CombustionDrive || c == Component::Fuel;
        let electric = |c: Component| matches!(c.stage(), Stage::ElectricDrive | Stage::PowerElectronics);
        Err(VehicleError::TooHeavyInside {
            car: self.design.id.clone(),
            kerb_kg,
            pack_kg: self.pack_kg,
            drive_kg: sum(drive, &electric) + sum(fixed, &electric),
            // The sum of nothing is -0.
            engine_kg: 0.0 + sum(drive, &combustion) + sum(fixed, &combustion),
            counted_kg: sum(fixed, &|c| !combustion(c) && !electric(c)),
            structure_kg,
            least_kg,
        })
    }

    fn volume_m3(&self) -> f64 {
        self.length_m * self.width_m * self.height_m
    }

    /// Parts whose mass does not depend on the car's.
    fn fixed_parts(&self, motor_count: usize, fuel: Option<Fuel>, charger_kw: Option<f64>) -> Vec<SizedComponent> {
        let (table, rules, drive) = (self.table, &self.tables.mass, &self.tables.drive);
        let mut parts = Vec::with_capacity(20);
        let mut add = |component: Component, kg: f64, rows: &[RowId]| {
            parts.push(SizedComponent { component, part: component.word().into(), mass: Mass::from_kg(kg), rows: rows.to_vec() });
        };
        add(Component::Glazing, self.of(&table.glazing_mass), &[table.glazing_mass.row]);
        let wiring_kg = self.of(&table.wiring_copper) / self.of(&rules.harness_copper);
        add(Component::Wiring, wiring_kg, &[table.wiring_copper.row, rules.harness_copper.row]);
        add(Component::ControlUnits, self.of(&table.control_unit_mass), &[table.control_unit_mass.row]);
        add(Component::Climate, self.of(&table.hvac_mass), &[table.hvac_mass.row]);
        let film_kg = self.of(&rules.paint_film) * self.painted_area_ratio();
        add(Component::PaintFilm, film_kg, &[rules.paint_film.row, rules.reference_volume.row]);
        let battery = if fuel.is_some() { &rules.battery_ice } else { &rules.battery_bev };
        add(Component::LowVoltageBattery, self.of(battery), &[battery.row]);
        // Four tyres: a car has four wheels.
        add(Component::Tyres, 4.0 * self.of(&table.tyre_mass), &[table.tyre_mass.row]);
        let fluids = self.fluids(motor_count, fuel.is_some());
        add(Component::OperatingFluids, fluids.iter().map(|v| self.of(v.0) * v.1).sum(), &fluids.iter().map(|v| v.0.row).collect::<Vec<_>>());
        if motor_count > 0 {
            add(Component::DcDcConverter, self.of(&drive.converter), &[drive.converter.row]);
            add(Component::PowerDistribution, self.of(&drive.distribution), &[drive.distribution.row]);
            add(Component::HighVoltageCables, self.of(&table.cable_mass), &[table.cable_mass.row]);
        }
        if let Some(kw) = charger_kw {
            let line = &drive.charger;
            add(Component::OnBoardCharger, self.at(line, kw), &[line.base.row, line.slope.row]);
        }
        if let Some(fuel) = fuel {
            let litres = self.of(&table.tank_volume);
            let tank = &rules.tank_mass_per_volume;
            add(Component::FuelTank, litres * self.of(tank), &[table.tank_volume.row, tank.row]);
            let density = match fuel {
                Fuel::Petrol => &rules.petrol_density,
                Fuel::Diesel => &rules.diesel_density,
            };
            let fuel_kg = litres * self.of(density) * self.of(&rules.fuel_fill);
            add(Component::Fuel, fuel_kg, &[table.tank_volume.row, density.row, rules.fuel_fill.row]);
            let metals = &self.tables.engine(fuel).catalyst;
            add(Component::Catalyst, metals.iter().map(|(_, v)| self.of(v)).sum(), &metals.iter().map(|(_, v)| v.row).collect::<Vec<_>>());
        }
        parts
    }

    fn fluids(&self, motor_count: usize, has_engine: bool) -> Vec<(&'a Value, f64)> {
        fluid_amounts(self.tables, self.class, motor_count, has_engine).into_iter().map(|(_, v, n)| (v, n)).collect()
    }

    fn painted_area_ratio(&self) -> f64 {
        (self.volume_m3() / self.of(&self.tables.mass.reference_volume)).powf(2.0 / 3.0)
    }

    fn at(&self, line: &Line, kw: f64) -> f64 {
        self.of(&line.base) + self.of(&line.slope) * kw
    }

    /// Parts whose mass follows a power, which may follow the car's mass.
    fn drive_parts(&self, kerb_kg: f64, motors: &[MotorRule<'_>], engine: Option<&(Fuel, PowerRule, RowId)>) -> Vec<SizedComponent> {
        let drive = &self.tables.drive;
        let mut parts = Vec::with_capacity(8);
        for (index, rule) in motors.iter().enumerate() {
            let kw = rule.power.kw(kerb_kg);
            let motor = self.tables.motor(rule.topology);
            let several = motors.len() > 1;
            let mut add = |component: Component, kg: f64, line: &Line, extra: Option<RowId>| {
                let part = if several { format!("{}-{}", component.word(), rule.axle.word()).into() } else { component.word().into() };
                let mut rows = vec![rule.power_row, line.base.row, line.slope.row];
                rows.extend(extra);
                parts.push(SizedComponent { component, part, mass: Mass::from_kg(kg), rows });
            };
            let motor_kg = self.at(&motor.mass, kw) * self.of(&motor.factor);
            add(Component::Motor, motor_kg, &motor.mass, Some(motor.factor.row));
            // The first machine of a hybrid sits in the transaxle and shares its gears.
            if engine.is_none() || index > 0 {
                add(Component::ReductionGear, self.at(&drive.reduction_gear, kw), &drive.reduction_gear, None);
            }
            add(Component::Inverter, self.at(&drive.inverter, kw), &drive.inverter, None);
        }
        if let Some((fuel, power, row)) = engine {
            let kw = power.kw(kerb_kg);
            let line = &self.tables.engine(*fuel).mass;
            let mut add = |component: Component, kg: f64, rows: Vec<RowId>| {
                parts.push(SizedComponent { component, part: component.word().into(), mass: Mass::from_kg(kg), rows });
            };
            add(Component::Engine, self.at(line, kw), vec![*row, line.base.row, line.slope.row]);
            let powertrain_kg = self.at(&drive.powertrain, kw);
            let shares = [&drive.gearbox, &drive.exhaust, &drive.cooling];
            let whole: f64 = shares.iter().map(|v| self.of(v)).sum();
            for (component, share) in [Component::Gearbox, Component::Exhaust, Component::EngineCooling].into_iter().zip(shares) {
                let rows = vec![*row, drive.powertrain.base.row, drive.powertrain.slope.row, share.row];
                add(component, powertrain_kg * self.of(share) / whole, rows);
            }
        }
        parts
    }

    /// Shares of the structure: secondary mass goes to the body and, for the rest, to what carries loads.
    /// Share of the structure that resizing can remove before the body or the load carriers are gone.
    fn removable_share(&self) -> f64 {
        let shares = self.tables.structure_shares.map(|v| self.of(&v));
        let whole: f64 = shares.iter().sum();
        let to_body = self.of(&self.tables.mass.body_share_of_secondary);
        let loaded: f64 = LOAD_CARRIERS.iter().map(|&i| shares[i]).sum();
        // A body share of nought or one makes one of the two infinite.
        (shares[0] / to_body).min(loaded / (1.0 - to_body)) / whole
    }

    fn structure_shares(&self, secondary: f64) -> [f64; 8] {
        let mut shares = self.tables.structure_shares.map(|v| self.of(&v));
        let whole: f64 = shares.iter().sum();
        let to_body = self.of(&self.tables.mass.body_share_of_secondary);
        let loaded: f64 = LOAD_CARRIERS.iter().map(|&i| shares[i]).sum();
        for (index, share) in shares.iter_mut().enumerate() {
            let extra = match index {
                0 => to_body,
                i if LOAD_CARRIERS.contains(&i) => (1.0 - to_body) * *share / loaded,
                _ => 0.0,
            };
            *share = ((1.0 - secondary) * *share / whole + secondary * extra).max(0.0);
        }
        shares
    }

    fn structure(&self, base_kg: f64, added_kg: f64, shares: &[f64; 8], row: RowId) -> Vec<SizedComponent> {
        let mut rows = vec![row];
        if added_kg != 0.0 {
            rows.push(self.tables.mass.secondary.row);
        }
        STRUCTURE
            .iter()
            .zip(shares)
            .zip(&self.tables.structure_shares)
            .map(|((&component, share), value)| {
                let mut rows = rows.clone();
                rows.push(value.row);
                SizedComponent { component, part: component.word().into(), mass: Mass::from_kg((base_kg + added_kg) * share), rows }
            })
            .collect()
    }

    fn finish(
        mut self,
        masses: &ClosedMasses,
        components: Vec<SizedComponent>,
        body: BodyPlan,
        motors: &[MotorRule<'_>],
        engine: Option<(Fuel, PowerRule, RowId)>,
        charger_kw: Option<f64>,
    ) -> Result<SizedCar, VehicleError> {
        let (design, tables) = (self.design, self.tables);
        let rules = &tables.mass;
        let rating_kg = masses.rating_kg;
        let motors = motors.iter().map(|rule| self.motor(rule, rating_kg)).collect();
        let engine = engine.map(|(fuel, power, row)| {
            let kw = power.kw(rating_kg);
            let origin = design.engine.as_ref().and_then(|e| e.peak_power_kw).map_or(Origin::Default, |v| origin(&v));
            self.fields.push(ResolvedField { field: "engine.peak_power_kw", value: kw, origin, row });
            SizedEngine { fuel, peak_power: Power::from_kw(kw) }
        });
        let area_default = rules.frontal_area_factor.scaled(self.width_m * self.height_m);
        let frontal_area = self.resolve("car.road_load.frontal_area_m2", design.road_load.frontal_area_m2.as_ref(), &area_default);
        let cd = self.resolve("car.road_load.cd", design.road_load.cd.as_ref(), &self.table.cd);
        let crr = self.resolve("car.road_load.crr", design.road_load.crr.as_ref(), &rules.crr);
        let (lifetime, years) = self.life()?;
        let recycled_aluminium = self.design_share("body.recycled_aluminium_share", design.body.recycled_aluminium_share.as_ref())?;
        let mut given = [None; 6];
        for ((family, share), slot) in Family::ALL.into_iter().zip(design.body.recycled_by_family()).zip(&mut given) {
            *slot = self.design_share(family.field(), share.as_ref())?;
        }
        let recycled_steel = self.design_share("body.recycled_steel_share", design.body.recycled_steel_share.as_ref())?;
        let fixed_load = self.of(&rules.wltp_fixed_load);
        // The share is taken of the payload that driver and fixed load leave (EU 2017/1151, annex XXI).
        let payload = (self.of(&self.table.payload) - fixed_load).max(0.0);
        let wltp_load = Mass::from_kg(fixed_load + self.of(&rules.wltp_payload_share) * payload);
        let mut car = SizedCar {
            id: design.id.clone(),
            powertrain: design.powertrain,
            class: self.class,
            kerb_mass: Mass::from_kg(masses.kerb_kg),
            body_change: Mass::from_kg(masses.change_kg),
            body,
            is_built_up: design.kerb_mass_kg.is_none(),
            pack_mass: Mass::from_kg(self.pack_kg),
            length: Length::from_m(self.length_m),
            width: Length::from_m(self.width_m),
            height: Length::from_m(self.height_m),
            frontal_area: Area::from_m2(positive(design, "car.road_load.frontal_area_m2", frontal_area)?),
            cd: positive(design, "car.road_load.cd", cd)?,
            crr: positive(design, "car.road_load.crr", crr)?,
            motors,
            engine,
            ac_power: charger_kw.map(Power::from_kw),
            lifetime,
            years,
            recycled: RecycledShares::default(),
            recycled_steel,
            plant: design.plant.country.as_deref().or(design.made_in.as_deref()).map(Arc::from),
            country: design.usage.country.as_deref().map(Arc::from),
            components,
            wltp_load,
            driver: Mass::from_kg(self.of(&rules.driver)),
            fields: self.fields,
        };
        car.recycled = recycled(&car, design, recycled_aluminium, given, tables, self.draw)?;
        Ok(car)
    }

    fn motor(&mut self, rule: &MotorRule<'_>, kerb_kg: f64) -> SizedMotor {
        let kw = rule.power.kw(kerb_kg);
        let given = rule.design.and_then(|m| m.peak_power_kw);
        let origin = given.map_or(Origin::Default, |v| origin(&v));
        self.fields.push(ResolvedField { field: "motor.peak_power_kw", value: kw, origin, row: rule.power_row });
        let magnet = self.tables.motor(rule.topology).magnet_per_power.as_ref();
        SizedMotor {
            topology: rule.topology,
            axle: rule.axle,
            peak_power: Power::from_kw(kw),
            final_drive_ratio: rule.ratio,
            magnet_mass: Mass::from_kg(magnet.map_or(0.0, |v| self.of(v) * kw)),
            magnet_rows: magnet.map_or_else(Vec::new, |v| vec![rule.power_row, v.row]),
        }
    }

    fn life(&mut self) -> Result<(Length, Duration), VehicleError> {
        let (design, usage) = (self.design, &self.tables.usage);
        let country = design.usage.country.as_deref().unwrap_or_default();
        // A province (`CN-YN`) lives as its country does.
        let places = [country, country.split('-').next().unwrap_or_default()];
        let year = design.model_year.unwrap_or(i32::MAX);
        let (distance, years) = life_in(usage, &places, year)?;
        let km = self.resolve("use.lifetime_km", design.usage.lifetime_km.as_ref(), &distance);
        let years = self.resolve("use.years", design.usage.years.as_ref(), &years);
        let km = positive(design, "use.lifetime_km", km)?;
        let hours = positive(design, "use.years", years)? * ratio("year", "h").unwrap_or(f64::NAN);
        Ok((Length::from_km(km), Duration::from_h(hours)))
    }

    fn design_share(&mut self, field: &'static str, given: Option<&Value>) -> Result<Option<Share>, VehicleError> {
        let Some(value) = given else { return Ok(None) };
        let number = self.of(value);
        self.fields.push(ResolvedField { field, value: number, origin: origin(value), row: value.row });
        self.share(field, number).map(Some)
    }

    fn share(&self, field: &'static str, value: f64) -> Result<Share, VehicleError> {
        Share::new(value).ok_or_else(|| VehicleError::NotAShare { car: self.design.id.clone(), field, value })
    }
}

/// Masses and parts of a car once the loop is closed.
struct Closed {
    kerb_kg: f64,
    /// The mass that powers by mass follow.
    rating_kg: f64,
    /// What the choices of the body changed, with what followed it.
    change_kg: f64,
    structure: Vec<SizedComponent>,
    plan: BodyPlan,
    drive: Vec<SizedComponent>,
}

/// The masses among them.
struct ClosedMasses {
    kerb_kg: f64,
    rating_kg: f64,
    change_kg: f64,
}

/// Names of the steel and the aluminium composition of body and closures.
const BODY_KINDS: [&str; 2] = ["body-in-white-steel", "body-in-white-aluminium"];
const CLOSURE_KINDS: [&str; 2] = ["closures-steel", "closures-aluminium"];

/// The parts of the structure, in the order of the share table.
const STRUCTURE: [Component; 8] = [
    Component::Body,
    Component::Closures,
    Component::Chassis,
    Component::Brakes,
    Component::Wheels,
    Component::Interior,
    Component::ExteriorTrim,
    Component::Sealing,
];
/// Chassis, brakes and wheels: what carries the car besides its body.
const LOAD_CARRIERS: [usize; 3] = [2, 3, 4];

fn origin(value: &Value) -> Origin {
    if value.row == RowId::GIVEN { Origin::Given } else { Origin::Catalogue }
}

fn positive(design: &CarDesign, field: &'static str, value: f64) -> Result<f64, VehicleError> {
    if value.is_finite() && value > 0.0 { Ok(value) } else { Err(VehicleError::OutOfRange { car: design.id.clone(), field, value, minimum: 0.0 }) }
}

/// The class whose typical size, or failing that mass, lies nearest; compact if neither is known.
fn nearest_class(design: &CarDesign, tables: &VehicleTables, draw: &Draw<'_>) -> CarClass {
    let miss = |given: Option<&Value>, typical: &Value, to_typical: f64| -> f64 {
        given.map_or(0.0, |v| (draw.of(v) * to_typical / draw.of(typical)).ln().powi(2))
    };
    let known = [&design.length_mm, &design.height_mm, &design.kerb_mass_kg].iter().any(|v| v.is_some());
    if !known {
        return CarClass::Compact;
    }
    let metres = Length::from_mm(1.0).m();
    let size_is_known = design.length_mm.is_some() || design.height_mm.is_some();
    let distance = |class: CarClass| -> f64 {
        let table = tables.class(class);
        if size_is_known {
            miss(design.length_mm.as_ref(), &table.length, metres)
                + miss(design.width_mm.as_ref(), &table.width, metres)
                + miss(design.height_mm.as_ref(), &table.height, metres)
        } else {
            miss(design.kerb_mass_kg.as_ref(), &table.reference_kerb_mass, 1.0)
        }
    };
    CarClass::ALL.iter().copied().min_by(|a, b| distance(*a).total_cmp(&distance(*b))).unwrap_or(CarClass::Compact)
}

/// Distance in km and years of a car's life in the first of the places that has rows, else anywhere.
pub(super) fn life_in(usage: &Parameters, places: &[&str], year: i32) -> Result<(Value, Value), VehicleError> {
    let life = usage.subject("life")?;
    Ok((life.value_at("lifetime_distance", places, year, "km")?, life.value_at("years", places, year, "year")?))
}
