//! What must be bought to make, keep and scrap a sized car.
//!
//! ```text
//! contained = m_component · share / Σ share
//! bought    = contained / yield
//! service   = bought or contained, by the route
//! ```
//!
//! Coatings are inside the painting service, whose line contains the dry film. Fuel in the tank is contained but not
//! bought here: it is burnt in use and counted there. Parts made of a metal whose secondary share the design states
//! are followed by a pair of lines that swaps primary for secondary metal by the difference to the market's share.

use std::sync::Arc;

use minewheel_data::car::Fuel;
use minewheel_data::row::{Draw, RowId, Value};
use minewheel_data::units::{Duration, Mass, ratio};

use super::components::{Component, SizedComponent};
use super::fluids::{Fluid, fluid_amounts};
use super::sized::{SizedCar, SizedMotor};
use super::tables::{ClassTable, Composition, ServiceBasis, VehicleTables};
use crate::bill::{BillLine, BillOfMaterials, Stage};
use crate::body::Family;

/// The bill of a sized car without its traction battery, whose module writes its own lines.
///
/// The contained mass of the result and of the pack's lines together is the kerb mass.
pub fn bill(car: &SizedCar, tables: &VehicleTables, draw: &Draw<'_>) -> BillOfMaterials {
    let mut purchase = Purchase::of_components(car, tables, draw);
    purchase.secondary_metal();
    purchase.assembly();
    purchase.maintenance();
    purchase.end_of_life();
    let mut lines = purchase.lines;
    lines.sort_by_key(|l| l.stage);
    BillOfMaterials { lines }
}

/// Aluminium bought for a car without its traction battery, by alloy family in the order of [`Family::ALL`], in kg.
pub fn aluminium_bought(car: &SizedCar, tables: &VehicleTables, draw: &Draw<'_>) -> [f64; 6] {
    let purchase = Purchase::of_components(car, tables, draw);
    Family::ALL.map(|family| purchase.aluminium.iter().filter(|a| a.family == family).map(|a| a.bought_kg).sum())
}

/// One group of parts of the body, with what is bought for it.
#[derive(Debug, Clone, PartialEq)]
pub struct BodyLine {
    /// The component: `body-in-white` or `closures`.
    pub component: &'static str,
    /// The group, or the part that replaces others.
    pub group: Arc<str>,
    /// The material bought.
    pub product: Arc<str>,
    /// In the car, in kg.
    pub contained_kg: f64,
    /// Bought, in kg.
    pub bought_kg: f64,
    /// Runners that return to the melt, in kg.
    pub returns_kg: f64,
    /// Metal burnt in melting, in kg.
    pub melt_loss_kg: f64,
    /// Pieces.
    pub pieces: f64,
}

/// Body and closures by group of parts; their sums are those of the bill.
pub fn body_lines(car: &SizedCar, tables: &VehicleTables, draw: &Draw<'_>) -> Vec<BodyLine> {
    let loss = draw.of(&tables.body.alloys.metal_loss());
    let melt_loss = |product: &str, rough_kg: f64| if product == DIE_CASTING { rough_kg * loss } else { 0.0 };
    let groups = car.body.groups.iter().map(|g| {
        let bought_kg = g.kg / draw.of(&tables.routes[g.route].part_yield);
        BodyLine {
            component: g.component,
            group: Arc::clone(&g.group),
            product: Arc::clone(&g.product),
            contained_kg: g.kg,
            bought_kg,
            returns_kg: 0.0,
            melt_loss_kg: melt_loss(&g.product, bought_kg),
            pieces: g.pieces,
        }
    });
    let new_parts = car.body.new_parts.iter().map(|p| {
        let bought_kg = p.kg / p.part_yield;
        BodyLine {
            component: Component::Body.word(),
            group: Arc::clone(&p.name),
            product: Arc::clone(&p.product),
            contained_kg: p.kg,
            bought_kg,
            returns_kg: bought_kg * p.returns_share / (1.0 - p.returns_share),
            melt_loss_kg: melt_loss(&p.product, bought_kg),
            pieces: p.pieces,
        }
    });
    groups.chain(new_parts).collect()
}

/// The product of castings.
const DIE_CASTING: &str = "aluminium-die-casting";

/// Aluminium of one line.
struct Aluminium {
    family: Family,
    bought_kg: f64,
    /// Share of secondary metal that the line has where the design states none; `None`: the market's.
    own: Option<Value>,
    market: Value,
}

struct Purchase<'a> {
    car: &'a SizedCar,
    tables: &'a VehicleTables,
    draw: &'a Draw<'a>,
    lines: Vec<BillLine>,
    aluminium: Vec<Aluminium>,
}

impl<'a> Purchase<'a> {
    /// The lines of all components.
    fn of_components(car: &'a SizedCar, tables: &'a VehicleTables, draw: &'a Draw<'a>) -> Self {
        let mut purchase = Self { car, tables, draw, lines: Vec::with_capacity(220), aluminium: Vec::with_capacity(24) };
        let mut motors = car.motors.iter();
        for component in &car.components {
            purchase.component(component, &mut motors);
        }
        purchase
    }

    fn of(&self, value: &Value) -> f64 {
        self.draw.of(value)
    }

    fn push(&mut self, stage: Stage, part: &Arc<str>, product: &Arc<str>, amount: f64, contained: f64, rows: Vec<RowId>) {
        if amount == 0.0 && contained == 0.0 {
            return;
        }
        self.lines.push(BillLine {
            stage,
            part: Arc::clone(part),
            product: Arc::clone(product),
            amount,
            contained: Mass::from_kg(contained),
            place: None,
            rows,
        });
    }

    fn component(&mut self, part: &SizedComponent, motors: &mut std::slice::Iter<'a, SizedMotor>) {
        let tables = self.tables;
        let of = &tables.compositions;
        let class = tables.class(self.car.class);
        match part.component {
            Component::Motor => {
                if let Some(motor) = motors.next() {
                    self.motor(part, motor);
                }
            }
            Component::Body => self.body(part, &of.body, &class.body_aluminium),
            Component::Closures => match self.car.body.closures_aluminium {
                Some(share) => {
                    let metal = if share > 0.5 { &of.closures[1] } else { &of.closures[0] };
                    self.made_of(part, part.mass.kg(), metal, &[]);
                }
                None => self.mixed(part, &of.closures, &class.closures_aluminium),
            },
            Component::Chassis => self.mixed(part, &of.chassis, &class.chassis_aluminium),
            Component::Wheels => self.mixed(part, &of.wheels, &class.wheel_aluminium),
            Component::ReductionGear => self.made_of(part, part.mass.kg(), &of.reduction_gear, &[]),
            Component::Inverter => self.made_of(part, part.mass.kg(), &of.inverter, &[]),
            Component::OnBoardCharger => self.made_of(part, part.mass.kg(), &of.charger, &[]),
            Component::DcDcConverter => self.made_of(part, part.mass.kg(), &of.converter, &[]),
            Component::PowerDistribution => self.made_of(part, part.mass.kg(), &of.distribution, &[]),
            Component::HighVoltageCables => self.made_of(part, part.mass.kg(), &of.cables, &[]),
            Component::Engine => self.made_of(part, part.mass.kg(), &of.engine, &[]),
            Component::Gearbox => self.made_of(part, part.mass.kg(), &of.gearbox, &[]),
            Component::Exhaust => self.made_of(part, part.mass.kg(), &of.exhaust, &[]),
            Component::EngineCooling => self.made_of(part, part.mass.kg(), &of.engine_cooling, &[]),
            Component::FuelTank => self.made_of(part, part.mass.kg(), &of.fuel_tank, &[]),
            Component::Brakes => self.made_of(part, part.mass.kg(), &of.brakes, &[]),
            Component::Interior => self.made_of(part, part.mass.kg(), &of.interior, &[]),
            Component::ExteriorTrim => self.made_of(part, part.mass.kg(), &of.exterior_trim, &[]),
            Component::Sealing => self.made_of(part, part.mass.kg(), &of.sealing, &[]),
            Component::Glazing => self.made_of(part, part.mass.kg(), &of.glazing, &[]),
            Component::Wiring => self.made_of(part, part.mass.kg(), &of.wiring, &[]),
            Component::ControlUnits => self.made_of(part, part.mass.kg(), &of.control_units, &[]),
            Component::LowVoltageBattery => self.made_of(part, part.mass.kg(), &of.low_voltage_battery, &[]),
            Component::Climate => self.made_of(part, part.mass.kg(), &of.hvac, &[]),
            Component::Tyres => {
                let kg = part.mass.kg();
                self.push(Stage::Tyres, &part.part, &tables.names.tyre, kg, kg, part.rows.clone());
            }
            Component::Catalyst => self.catalyst(part),
            Component::OperatingFluids => self.fluids(part),
            Component::Fuel => {
                let product = match self.car.engine.map(|e| e.fuel) {
                    Some(Fuel::Diesel) => &tables.names.diesel,
                    _ => &tables.names.petrol,
                };
                self.push(Stage::Fluids, &part.part, product, 0.0, part.mass.kg(), part.rows.clone());
            }
            // Written with the painting service.
            Component::PaintFilm => {}
        }
    }

    /// Lines of a component by its composition: materials with their scrap, then forming services.
    fn made_of(&mut self, part: &SizedComponent, kg: f64, composition: &Composition, extra: &[RowId]) {
        self.made_of_kept(part, kg, composition, None, extra);
    }

    /// As [`Self::made_of`], where other parts took the place of some of each material.
    fn made_of_kept(&mut self, part: &SizedComponent, kg: f64, composition: &Composition, kept: Option<&[f64]>, extra: &[RowId]) {
        let kept = |index: usize| kept.and_then(|k| k.get(index)).copied().unwrap_or(1.0);
        let tables = self.tables;
        let whole: f64 = composition.iter().map(|m| self.of(&m.share)).sum();
        let first = self.lines.len();
        let stage = part.component.stage();
        for (index, material) in composition.iter().enumerate() {
            let route = &tables.routes[material.route];
            let contained = kg * self.of(&material.share) / whole * kept(index);
            let bought = contained / self.of(&route.part_yield);
            self.note_aluminium(part.component, &material.product, bought, None);
            let mut rows = Vec::with_capacity(part.rows.len() + extra.len() + 2);
            rows.extend_from_slice(&part.rows);
            rows.extend_from_slice(extra);
            rows.push(material.share.row);
            rows.push(route.row);
            self.push(stage, &part.part, &material.product, bought, contained, rows);
        }
        for (index, material) in composition.iter().enumerate() {
            let route = &tables.routes[material.route];
            let Some((service, basis)) = &route.service else { continue };
            let contained = kg * self.of(&material.share) / whole * kept(index);
            let amount = match basis {
                ServiceBasis::Input => contained / self.of(&route.part_yield),
                ServiceBasis::Part => contained,
            };
            if let Some(line) = self.lines[first..].iter_mut().find(|l| l.product == *service) {
                line.amount += amount;
                line.rows.push(material.share.row);
                continue;
            }
            let mut rows = part.rows.clone();
            rows.extend_from_slice(extra);
            rows.push(material.share.row);
            rows.push(route.row);
            self.push(stage, &part.part, service, amount, 0.0, rows);
            if let Some(line) = self.lines.last_mut() {
                line.place.clone_from(&self.car.plant);
            }
        }
    }

    /// Notes aluminium of a line for the balance of secondary metal.
    fn note_aluminium(&mut self, component: Component, product: &str, bought_kg: f64, own: Option<Value>) {
        let Some(family) = Family::of(component, product) else { return };
        let market = self.tables.market_share(family);
        let own = own.or_else(|| self.tables.family_share(family));
        self.aluminium.push(Aluminium { family, bought_kg, own, market });
    }

    /// The body: what its choices left of each material, then the parts that took the place of others.
    fn body(&mut self, part: &SizedComponent, kinds: &[Composition; 2], aluminium: &Value) {
        let plan = &self.car.body;
        let share = self.of(aluminium).clamp(0.0, 1.0);
        let rows = [aluminium.row];
        for ((composition, share), kept) in kinds.iter().zip([1.0 - share, share]).zip(&plan.kept) {
            if share > 0.0 {
                self.made_of_kept(part, plan.base_body_kg * share, composition, Some(kept), &rows);
            }
        }
        for new_part in &plan.new_parts {
            let bought = new_part.kg / new_part.part_yield;
            self.note_aluminium(Component::Body, &new_part.product, bought, new_part.secondary);
            self.push(Stage::Glider, &new_part.name, &new_part.product, bought, new_part.kg, new_part.rows.clone());
            let route = self.tables.routes.iter().find(|r| r.name == new_part.route);
            if let Some((service, basis)) = route.and_then(|r| r.service.as_ref()) {
                let amount = if *basis == ServiceBasis::Input { bought } else { new_part.kg };
                self.push(Stage::Glider, &new_part.name, service, amount, 0.0, new_part.rows.clone());
                if let Some(line) = self.lines.last_mut() {
                    line.place.clone_from(&self.car.plant);
                }
            }
        }
    }

    /// A component built in steel for some cars of the class and in aluminium for others.
    fn mixed(&mut self, part: &SizedComponent, kinds: &[Composition; 2], aluminium: &Value) {
        let share = self.of(aluminium).clamp(0.0, 1.0);
        let rows = [aluminium.row];
        for (composition, share) in kinds.iter().zip([1.0 - share, share]) {
            if share > 0.0 {
                self.made_of(part, part.mass.kg() * share, composition, &rows);
            }
        }
    }

    fn motor(&mut self, part: &SizedComponent, motor: &SizedMotor) {
        // Magnets cannot outweigh the machine, whatever a draw says of both.
        let magnet_kg = motor.magnet_mass.kg().min(part.mass.kg());
        let materials = &self.tables.motor(motor.topology).materials;
        self.made_of(part, part.mass.kg() - magnet_kg, materials, &[]);
        let names = &self.tables.names;
        self.push(Stage::ElectricDrive, &part.part, &names.magnet, magnet_kg, magnet_kg, motor.magnet_rows.clone());
    }

    fn catalyst(&mut self, part: &SizedComponent) {
        let Some(engine) = self.car.engine else { return };
        for (metal, value) in &self.tables.engine(engine.fuel).catalyst {
            let kg = self.of(value);
            self.push(Stage::CombustionDrive, &part.part, metal, kg, kg, vec![value.row]);
        }
    }

    fn fluids(&mut self, part: &SizedComponent) {
        for (fluid, value, count) in fluid_amounts(self.tables, self.car.class, self.car.motors.len(), self.car.engine.is_some()) {
            let kg = self.of(value) * count;
            let product = self.fluid_product(fluid);
            self.push(Stage::Fluids, &part.part, product, kg, kg, vec![value.row]);
        }
    }

    fn fluid_product(&self, fluid: Fluid) -> &'a Arc<str> {
        let names = &self.tables.names;
        match fluid {
            Fluid::Coolant => &names.coolant,
            Fluid::Engine | Fluid::Gear => &names.engine_oil,
            Fluid::Brake => &names.brake_fluid,
            Fluid::Water => &names.water,
            Fluid::Refrigerant => &names.refrigerant,
        }
    }

    /// Swaps primary for secondary metal where the design states its share, or its alloys differ from the market of all.
    fn secondary_metal(&mut self) {
        let tables = self.tables;
        let (rules, names) = (&tables.mass, &tables.names);
        let mut swapped = 0.0;
        let mut rows = Vec::new();
        for metal in &self.aluminium {
            let stated = self.car.recycled.by_family[metal.family as usize];
            let Some(share) = stated.or_else(|| metal.own.map(|v| self.of(&v))) else { continue };
            swapped += metal.bought_kg * (share - self.of(&metal.market));
            rows.push(metal.market.row);
            rows.extend(metal.own.filter(|_| stated.is_none()).map(|v| v.row));
        }
        rows.sort_unstable();
        rows.dedup();
        let part = "recycled-aluminium".into();
        self.push(Stage::Glider, &part, &names.secondary_aluminium, swapped, 0.0, rows.clone());
        self.push(Stage::Glider, &part, &names.primary_aluminium, -swapped, 0.0, rows);
        if let Some(share) = self.car.recycled_steel {
            let products = ["steel-hot-rolled", "steel-cold-rolled", "steel-galvanised", "steel-ahss", "steel-press-hardened"]
                .map(|p| (p, &rules.secondary_flat_steel));
            self.swap("recycled-steel", share.get(), &products, &names.secondary_steel, &names.primary_steel);
        }
    }

    fn swap(&mut self, part: &str, share: f64, products: &[(&str, &Value)], secondary: &Arc<str>, primary: &Arc<str>) {
        let mut swapped = 0.0;
        for line in &self.lines {
            if let Some((_, market)) = products.iter().find(|(p, _)| *p == &*line.product) {
                swapped += line.amount * (share - self.of(market));
            }
        }
        let rows: Vec<RowId> = products.iter().map(|(_, v)| v.row).collect();
        let part = part.into();
        self.push(Stage::Glider, &part, secondary, swapped, 0.0, rows.clone());
        self.push(Stage::Glider, &part, primary, -swapped, 0.0, rows);
    }

    fn assembly(&mut self) {
        let (car, tables) = (self.car, self.tables);
        let rules = &tables.mass;
        let volume = car.length.m() * car.width.m() * car.height.m();
        let area_ratio = (volume / self.of(&rules.reference_volume)).powf(2.0 / 3.0);
        let film_kg = car.mass_of(Component::PaintFilm).kg();
        // Welding goes with the mass of the body as its class builds it, less the joints that its choices save.
        let body_ratio = (car.body.base_body_kg / self.of(&rules.reference_body_mass) - car.body.saved_shop_share).max(0.0);
        let first = self.lines.len();
        let part: Arc<str> = "plant".into();
        let names = &tables.names;
        let weld_rows = std::iter::once(rules.reference_body_mass.row).chain(car.body.rows.iter().copied()).collect();
        self.push(Stage::Assembly, &part, &names.welding, body_ratio, 0.0, weld_rows);
        let paint_rows = vec![rules.paint_film.row, rules.reference_volume.row];
        self.push(Stage::Assembly, &part, &names.painting, area_ratio, film_kg, paint_rows);
        self.push(Stage::Assembly, &part, &names.assembly, 1.0, 0.0, Vec::new());
        for line in &mut self.lines[first..] {
            line.place.clone_from(&car.plant);
        }
    }

    /// Parts and fluids replaced over the life; the first set is not counted again.
    fn maintenance(&mut self) {
        let (car, tables) = (self.car, self.tables);
        let (rules, plan, names) = (&tables.mass, &tables.maintenance, &tables.names);
        let class: &ClassTable = tables.class(car.class);
        let (km, years) = (car.lifetime.km(), years(car.years));
        let part: Arc<str> = "service".into();
        let replaced = |life: f64, interval: f64| (life / interval - 1.0).max(0.0);
        let has_engine = car.engine.is_some();

        let sets = replaced(km, self.of(&plan.tyre_life));
        let tyres_kg = car.mass_of(Component::Tyres).kg() * sets;
        let rows = vec![class.tyre_mass.row, plan.tyre_life.row];
        self.push(Stage::Maintenance, &"tyres".into(), &names.tyre, tyres_kg, tyres_kg, rows);

        for (fluid, value, count) in fluid_amounts(tables, car.class, car.motors.len(), has_engine) {
            let (times, row) = match fluid {
                Fluid::Engine => (replaced(km, self.of(&plan.oil_interval)), plan.oil_interval.row),
                Fluid::Gear if has_engine => (replaced(km, self.of(&plan.gear_oil_life)), plan.gear_oil_life.row),
                Fluid::Brake => (replaced(years, self.of(&plan.brake_fluid_life)), plan.brake_fluid_life.row),
                Fluid::Coolant => (replaced(years, self.of(&plan.coolant_life)), plan.coolant_life.row),
                Fluid::Gear | Fluid::Water | Fluid::Refrigerant => continue,
            };
            let kg = self.of(value) * count * times;
            self.push(Stage::Maintenance, &part, self.fluid_product(fluid), kg, kg, vec![value.row, row]);
        }

        let friction_life = if car.motors.is_empty() { &plan.friction_life_ice } else { &plan.friction_life_bev };
        let share = self.of(&plan.friction_share);
        let friction_kg = car.mass_of(Component::Brakes).kg() * share * replaced(km, self.of(friction_life));
        let rows = vec![friction_life.row, plan.friction_share.row];
        self.push(Stage::Maintenance, &"brakes".into(), &names.iron_cast, friction_kg, friction_kg, rows);

        let battery = if has_engine { &rules.battery_ice } else { &rules.battery_bev };
        let battery_kg = self.of(battery) * replaced(years, self.of(&plan.battery_life));
        let rows = vec![battery.row, plan.battery_life.row];
        self.push(Stage::Maintenance, &"low-voltage-battery".into(), &names.lead_battery, battery_kg, battery_kg, rows);

        let filters_kg = self.of(&plan.filters) * km;
        self.push(Stage::Maintenance, &part, &names.polypropylene, filters_kg, filters_kg, vec![plan.filters.row]);

        let leaked_kg = self.of(&plan.refrigerant_leak) * years;
        let rows = vec![plan.refrigerant_leak.row];
        self.push(Stage::Maintenance, &part, &names.refrigerant_top_up, leaked_kg, leaked_kg, rows);
        if let Some(line) = self.lines.last_mut() {
            line.place.clone_from(&car.country);
        }
    }

    fn end_of_life(&mut self) {
        let (car, tables) = (self.car, self.tables);
        let first = self.lines.len();
        let hulk_kg = (car.kerb_mass - car.pack_mass - car.mass_of(Component::Fuel)).kg();
        let part: Arc<str> = "hulk".into();
        self.push(Stage::EndOfLife, &part, &tables.names.shredding, hulk_kg, 0.0, Vec::new());
        let lost = &tables.maintenance.refrigerant_lost;
        let lost_kg = self.of(&tables.mass.refrigerant) * self.of(lost);
        let rows = vec![tables.mass.refrigerant.row, lost.row];
        self.push(Stage::EndOfLife, &part, &tables.names.refrigerant_release, lost_kg, 0.0, rows);
        for line in &mut self.lines[first..] {
            line.place.clone_from(&car.country);
        }
    }
}

fn years(life: Duration) -> f64 {
    life.h() * ratio("h", "year").unwrap_or(f64::NAN)
}
