//! The tables of `data/vehicles`, checked and resolved once, so that a draw looks nothing up by name.

use std::sync::Arc;

use minewheel_data::car::{CarClass, Fuel, Topology};
use minewheel_data::loader::Loader;
use minewheel_data::parameters::{ParameterError, Parameters};
use minewheel_data::row::{RowId, Value};
use minewheel_data::table::Fault;

use super::sized::VehicleError;
use super::sizing::life_in;
use crate::body::{BodyTables, Family};

/// The tables of `data/vehicles` lack something that the model needs.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum VehicleTableError {
    /// A parameter is missing or has another dimension.
    #[error(transparent)]
    Parameter(Box<ParameterError>),
    /// No composition says what a component is made of.
    #[error("vehicles/compositions.csv has no row for component `{component}`")]
    Composition {
        /// The component.
        component: String,
    },
    /// A forming route that the motor model names is missing.
    #[error("vehicles/routes.csv has no route `{route}`")]
    Route {
        /// The route.
        route: &'static str,
    },
}

impl From<ParameterError> for VehicleTableError {
    fn from(error: ParameterError) -> Self {
        Self::Parameter(Box::new(error))
    }
}

/// `base + slope·power`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub base: Value,
    pub slope: Value,
}

/// Defaults of a size class.
#[derive(Debug, Clone)]
pub(super) struct ClassTable {
    pub length: Value,
    pub width: Value,
    pub height: Value,
    pub glider_density: Value,
    pub reference_kerb_mass: Value,
    pub cd: Value,
    pub motor_power_per_mass: Value,
    pub engine_power_per_mass: Value,
    pub tyre_mass: Value,
    pub wiring_copper: Value,
    pub control_unit_mass: Value,
    pub glazing_mass: Value,
    pub hvac_mass: Value,
    pub body_aluminium: Value,
    pub closures_aluminium: Value,
    pub chassis_aluminium: Value,
    pub wheel_aluminium: Value,
    pub ac_power: Value,
    pub tank_volume: Value,
    pub payload: Value,
    pub cable_mass: Value,
    pub coolant_bev: Value,
}

/// Rules that hold for every class.
#[derive(Debug, Clone)]
pub(crate) struct MassTable {
    pub secondary: Value,
    pub body_share_of_secondary: Value,
    pub least_structure_density: Value,
    pub driver: Value,
    pub wltp_fixed_load: Value,
    pub wltp_payload_share: Value,
    pub frontal_area_factor: Value,
    pub crr: Value,
    pub reference_volume: Value,
    pub reference_body_mass: Value,
    pub paint_film: Value,
    pub coolant_ice: Value,
    pub engine_oil: Value,
    pub gear_oil_ice: Value,
    pub gear_oil_bev: Value,
    pub brake_fluid: Value,
    pub washer_water: Value,
    pub refrigerant: Value,
    pub fuel_fill: Value,
    pub petrol_density: Value,
    pub diesel_density: Value,
    pub tank_mass_per_volume: Value,
    pub battery_ice: Value,
    pub battery_bev: Value,
    pub harness_copper: Value,
    pub secondary_sheet: Value,
    pub secondary_extrusion: Value,
    pub secondary_die_casting: Value,
    /// The same of castings of the body, of chassis and wheels, and of housings.
    pub secondary_castings: [Value; 3],
    pub secondary_flat_steel: Value,
}

/// One kind of electric machine.
#[derive(Debug, Clone)]
pub(super) struct MotorTable {
    pub mass: Line,
    pub factor: Value,
    pub magnet_per_power: Option<Value>,
    pub materials: Composition,
}

/// Masses of drive parts.
#[derive(Debug, Clone)]
pub(super) struct DriveTable {
    pub motors: Vec<MotorTable>,
    pub reduction_gear: Line,
    pub inverter: Line,
    pub charger: Line,
    pub converter: Value,
    pub distribution: Value,
    pub engine_petrol: EngineTable,
    pub engine_diesel: EngineTable,
    pub powertrain: Line,
    pub gearbox: Value,
    pub exhaust: Value,
    pub cooling: Value,
    pub hev_motor_power: Value,
    pub phev_motor_power: Value,
    pub final_drive_ratio: Value,
}

/// An engine by its fuel.
#[derive(Debug, Clone)]
pub(super) struct EngineTable {
    pub mass: Line,
    pub catalyst: [(Arc<str>, Value); 3],
}

/// A forming route.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub name: String,
    pub row: RowId,
    pub part_yield: Value,
    pub service: Option<(Arc<str>, ServiceBasis)>,
}

/// What a forming service is counted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServiceBasis {
    Input,
    Part,
}

/// One material of a component.
#[derive(Debug, Clone)]
pub(crate) struct Material {
    pub product: Arc<str>,
    pub route: usize,
    pub share: Value,
}

/// What a component is made of; shares are normalised in every draw.
pub(crate) type Composition = Vec<Material>;

/// Structure parts with their share, and compositions of all parts.
#[derive(Debug, Clone)]
pub(super) struct Compositions {
    pub body: [Composition; 2],
    pub closures: [Composition; 2],
    pub chassis: [Composition; 2],
    pub wheels: [Composition; 2],
    pub brakes: Composition,
    pub interior: Composition,
    pub exterior_trim: Composition,
    pub sealing: Composition,
    pub glazing: Composition,
    pub wiring: Composition,
    pub control_units: Composition,
    pub low_voltage_battery: Composition,
    pub hvac: Composition,
    pub engine: Composition,
    pub gearbox: Composition,
    pub exhaust: Composition,
    pub engine_cooling: Composition,
    pub fuel_tank: Composition,
    pub reduction_gear: Composition,
    pub inverter: Composition,
    pub charger: Composition,
    pub converter: Composition,
    pub distribution: Composition,
    pub cables: Composition,
}

/// Parts replaced in use.
#[derive(Debug, Clone)]
pub(super) struct MaintenanceTable {
    pub tyre_life: Value,
    pub oil_interval: Value,
    pub friction_life_ice: Value,
    pub friction_life_bev: Value,
    pub friction_share: Value,
    pub battery_life: Value,
    pub coolant_life: Value,
    pub brake_fluid_life: Value,
    pub gear_oil_life: Value,
    pub filters: Value,
    pub refrigerant_leak: Value,
    pub refrigerant_lost: Value,
}

/// Content of one metal in one product.
#[derive(Debug, Clone)]
pub(super) struct Content {
    pub product: Arc<str>,
    pub element: Arc<str>,
    pub fraction: Value,
}

/// Everything that sizing and the bill need, from `data/vehicles`.
#[derive(Debug, Clone)]
pub struct VehicleTables {
    pub(super) classes: Vec<ClassTable>,
    pub(super) structure_shares: [Value; 8],
    pub(crate) mass: MassTable,
    pub(super) drive: DriveTable,
    pub(super) routes: Vec<Route>,
    pub(super) compositions: Compositions,
    pub(super) contents: Vec<Content>,
    pub(super) maintenance: MaintenanceTable,
    pub(super) usage: Parameters,
    pub(super) names: Names,
    /// Parts, choices and alloys of bodies.
    pub body: BodyTables,
}

/// Interned product names that the bill writes outside of compositions.
#[derive(Debug, Clone)]
pub(super) struct Names {
    pub magnet: Arc<str>,
    pub tyre: Arc<str>,
    pub engine_oil: Arc<str>,
    pub coolant: Arc<str>,
    pub brake_fluid: Arc<str>,
    pub water: Arc<str>,
    pub refrigerant: Arc<str>,
    pub refrigerant_top_up: Arc<str>,
    pub refrigerant_release: Arc<str>,
    pub petrol: Arc<str>,
    pub diesel: Arc<str>,
    pub painting: Arc<str>,
    pub welding: Arc<str>,
    pub assembly: Arc<str>,
    pub shredding: Arc<str>,
    pub iron_cast: Arc<str>,
    pub polypropylene: Arc<str>,
    pub lead_battery: Arc<str>,
    pub primary_aluminium: Arc<str>,
    pub secondary_aluminium: Arc<str>,
    pub primary_steel: Arc<str>,
    pub secondary_steel: Arc<str>,
}

impl Names {
    fn new() -> Self {
        let name = |text: &str| -> Arc<str> { text.into() };
        Self {
            magnet: name("ndfeb-magnet"),
            tyre: name("tyre"),
            engine_oil: name("engine-oil"),
            coolant: name("coolant"),
            brake_fluid: name("brake-fluid"),
            water: name("water-deionised"),
            refrigerant: name("refrigerant-r1234yf"),
            refrigerant_top_up: name("refrigerant-top-up"),
            refrigerant_release: name("refrigerant-release"),
            petrol: name("petrol"),
            diesel: name("diesel"),
            painting: name("painting"),
            welding: name("body-welding"),
            assembly: name("vehicle-assembly"),
            shredding: name("dismantling-shredding"),
            iron_cast: name("iron-cast"),
            polypropylene: name("pp-resin"),
            lead_battery: name("lead-acid-battery"),
            primary_aluminium: name("aluminium-primary-ingot"),
            secondary_aluminium: name("aluminium-secondary-ingot"),
            primary_steel: name("crude-steel-primary"),
            secondary_steel: name("crude-steel-secondary"),
        }
    }
}

impl VehicleTables {
    /// Reads `data/vehicles` and `data/body`. Violations of single rows are noted in the loader.
    ///
    /// # Errors
    /// A parameter, composition or route that the model needs is missing.
    pub fn read(loader: &mut Loader<'_>) -> Result<Self, VehicleTableError> {
        let with_body = Self::read_first(loader)?;
        Ok(with_body(BodyTables::read(loader)?))
    }

    /// Reads `data/vehicles` alone and gives back what makes the tables whole: so `data/body` can be read after others, whose
    /// rows then keep their numbers.
    ///
    /// # Errors
    /// A parameter, composition or route that the model needs is missing.
    pub fn read_first(loader: &mut Loader<'_>) -> Result<impl FnOnce(BodyTables) -> Self + use<>, VehicleTableError> {
        let classes = Parameters::read(loader, "vehicles/classes.csv");
        let masses = Parameters::read(loader, "vehicles/masses.csv");
        let drive = Parameters::read(loader, "vehicles/drive_units.csv");
        let usage = Parameters::read(loader, "vehicles/use.csv");
        let routes = read_routes(loader);
        let compositions = read_compositions(loader, &routes);
        let contents = read_contents(loader);
        let class_tables = CarClass::ALL.iter().map(|c| class_table(&classes, c.word())).collect::<Result<Vec<_>, _>>()?;
        let structure_shares = [
            classes.value("body-in-white", "glider_share", "1")?,
            classes.value("closures", "glider_share", "1")?,
            classes.value("chassis", "glider_share", "1")?,
            classes.value("brakes", "glider_share", "1")?,
            classes.value("wheels", "glider_share", "1")?,
            classes.value("interior", "glider_share", "1")?,
            classes.value("exterior-trim", "glider_share", "1")?,
            classes.value("sealing-and-damping", "glider_share", "1")?,
        ];
        let (mass, drive) = (mass_table(&masses)?, drive_table(&drive, &routes)?);
        let (compositions, maintenance) = (compositions.resolve()?, maintenance_table(&usage)?);
        let names = Names::new();
        Ok(move |body| Self { classes: class_tables, structure_shares, mass, drive, routes, compositions, contents, maintenance, usage, names, body })
    }

    /// Distance in km and years of a car's life that stand for any country.
    ///
    /// # Errors
    /// A row is missing.
    pub fn standard_life(&self, model_year: Option<i32>) -> Result<(Value, Value), VehicleError> {
        life_in(&self.usage, &[], model_year.unwrap_or(i32::MAX))
    }

    /// Share of secondary metal in castings of a family, where it differs from the market of all castings.
    pub const fn family_share(&self, family: Family) -> Option<Value> {
        match family {
            Family::ClosureSheet | Family::StructureSheet | Family::Extrusion => None,
            Family::StructuralCasting => Some(self.mass.secondary_castings[0]),
            Family::ChassisCasting => Some(self.mass.secondary_castings[1]),
            Family::HousingCasting => Some(self.mass.secondary_castings[2]),
        }
    }

    /// Share of secondary metal that the market delivers of the product that an alloy family is bought as.
    pub const fn market_share(&self, family: Family) -> Value {
        match family {
            Family::ClosureSheet | Family::StructureSheet => self.mass.secondary_sheet,
            Family::Extrusion => self.mass.secondary_extrusion,
            Family::StructuralCasting | Family::ChassisCasting | Family::HousingCasting => self.mass.secondary_die_casting,
        }
    }

    pub(super) fn class(&self, class: CarClass) -> &ClassTable {
        &self.classes[class as usize]
    }
    pub(super) fn motor(&self, topology: Topology) -> &MotorTable {
        &self.drive.motors[topology as usize]
    }
    pub(super) fn engine(&self, fuel: Fuel) -> &EngineTable {
        match fuel {
            Fuel::Petrol => &self.drive.engine_petrol,
            Fuel::Diesel => &self.drive.engine_diesel,
        }
    }
}

fn class_table(p: &Parameters, class: &str) -> Result<ClassTable, VehicleTableError> {
    let s = p.subject(class)?;
    Ok(ClassTable {
        length: s.value("length", "m")?,
        width: s.value("width", "m")?,
        height: s.value("height", "m")?,
        glider_density: s.value("glider_density", "kg/m3")?,
        reference_kerb_mass: s.value("reference_kerb_mass", "kg")?,
        cd: s.value("cd", "1")?,
        motor_power_per_mass: s.value("motor_power_per_mass", "kW/kg")?,
        engine_power_per_mass: s.value("engine_power_per_mass", "kW/kg")?,
        tyre_mass: s.value("tyre_mass", "kg/item")?,
        wiring_copper: s.value("wiring_copper", "kg")?,
        control_unit_mass: s.value("control_unit_mass", "kg")?,
        glazing_mass: s.value("glazing_mass", "kg")?,
        hvac_mass: s.value("hvac_mass", "kg")?,
        body_aluminium: s.value("body_aluminium_share", "1")?,
        closures_aluminium: s.value("closures_aluminium_share", "1")?,
        chassis_aluminium: s.value("chassis_aluminium_share", "1")?,
        wheel_aluminium: s.value("wheel_aluminium_share", "1")?,
        ac_power: s.value("ac_charging_power", "kW")?,
        tank_volume: s.value("fuel_tank_volume", "l")?,
        payload: s.value("payload", "kg")?,
        cable_mass: s.value("high_voltage_cable_mass", "kg")?,
        coolant_bev: s.value("coolant_mass_bev", "kg")?,
    })
}

fn mass_table(p: &Parameters) -> Result<MassTable, VehicleTableError> {
    Ok(MassTable {
        secondary: p.value("mass-loop", "secondary_mass_factor", "1")?,
        body_share_of_secondary: p.value("mass-loop", "body_share_of_secondary", "1")?,
        least_structure_density: p.value("mass-loop", "least_structure_density", "kg/m3")?,
        driver: p.value("test-mass", "driver", "kg")?,
        wltp_fixed_load: p.value("test-mass", "wltp_fixed_load", "kg")?,
        wltp_payload_share: p.value("test-mass", "wltp_payload_share", "1")?,
        frontal_area_factor: p.value("body", "frontal_area_factor", "1")?,
        crr: p.value("body", "crr", "1")?,
        reference_volume: p.value("body", "reference_volume", "m3")?,
        reference_body_mass: p.value("body", "reference_body_mass", "kg")?,
        paint_film: p.value("body", "paint_film_mass", "kg/item")?,
        coolant_ice: p.value("fluids", "coolant-ice", "kg")?,
        engine_oil: p.value("fluids", "engine-oil", "kg")?,
        gear_oil_ice: p.value("fluids", "gear-oil-ice", "kg")?,
        gear_oil_bev: p.value("fluids", "gear-oil-bev", "kg")?,
        brake_fluid: p.value("fluids", "brake-fluid", "kg")?,
        washer_water: p.value("fluids", "washer-water", "kg")?,
        refrigerant: p.value("fluids", "refrigerant", "kg")?,
        fuel_fill: p.value("fluids", "fuel_fill", "1")?,
        petrol_density: p.value("fluids", "petrol_density", "kg/l")?,
        diesel_density: p.value("fluids", "diesel_density", "kg/l")?,
        tank_mass_per_volume: p.value("fluids", "fuel_tank_mass", "kg/l")?,
        battery_ice: p.value("low-voltage", "battery-ice", "kg")?,
        battery_bev: p.value("low-voltage", "battery-bev", "kg")?,
        harness_copper: p.value("low-voltage", "harness_copper_share", "1")?,
        secondary_sheet: p.value("secondary-metal", "aluminium-sheet", "1")?,
        secondary_extrusion: p.value("secondary-metal", "aluminium-extrusion", "1")?,
        secondary_die_casting: p.value("secondary-metal", "aluminium-die-casting", "1")?,
        secondary_castings: [
            p.value("secondary-metal", "structural-casting", "1")?,
            p.value("secondary-metal", "chassis-casting", "1")?,
            p.value("secondary-metal", "housing-casting", "1")?,
        ],
        secondary_flat_steel: p.value("secondary-metal", "flat-steel", "1")?,
    })
}

fn line(p: &Parameters, subject: &str) -> Result<Line, VehicleTableError> {
    let s = p.subject(subject)?;
    Ok(Line { base: s.value("base_mass", "kg")?, slope: s.value("mass_per_power", "kg/kW")? })
}

fn engine_table(p: &Parameters, subject: &str) -> Result<EngineTable, VehicleTableError> {
    let s = p.subject(subject)?;
    let metal = |name: &str, property: &str| Ok::<_, VehicleTableError>((Arc::from(name), s.value(property, "kg")?));
    Ok(EngineTable {
        mass: line(p, subject)?,
        catalyst: [metal("platinum", "platinum_mass")?, metal("palladium", "palladium_mass")?, metal("rhodium", "rhodium_mass")?],
    })
}

fn drive_table(p: &Parameters, routes: &[Route]) -> Result<DriveTable, VehicleTableError> {
    let route = |name: &'static str| routes.iter().position(|r| r.name == name).ok_or(VehicleTableError::Route { route: name });
    let (winding, laminated, forged, cast, bought) = (route("winding")?, route("laminated")?, route("forged")?, route("die-cast")?, route("bought")?);
    let mut motors = Vec::new();
    for topology in Topology::ALL {
        let s = p.subject(topology.word())?;
        let material = |product: &str, route, property: &str| {
            Ok::<_, VehicleTableError>(Material { product: product.into(), route, share: s.value(property, "1")? })
        };
        motors.push(MotorTable {
            mass: line(p, topology.word())?,
            factor: s.value("mass_factor", "1")?,
            magnet_per_power: s.optional("magnet_mass_per_power", "kg/kW")?,
            materials: vec![
                material("copper-wire", winding, "copper_share")?,
                material("steel-electrical", laminated, "electrical_steel_share")?,
                material("steel-engineering", forged, "steel_share")?,
                material("aluminium-die-casting", cast, "aluminium_share")?,
                material("epoxy-resin", bought, "resin_share")?,
            ],
        });
    }
    Ok(DriveTable {
        motors,
        reduction_gear: line(p, "reduction-gear")?,
        inverter: line(p, "inverter")?,
        charger: line(p, "on-board-charger")?,
        converter: p.value("dc-dc-converter", "base_mass", "kg")?,
        distribution: p.value("power-distribution-unit", "base_mass", "kg")?,
        engine_petrol: engine_table(p, "engine-petrol")?,
        engine_diesel: engine_table(p, "engine-diesel")?,
        powertrain: line(p, "powertrain")?,
        gearbox: p.value("gearbox", "powertrain_share", "1")?,
        exhaust: p.value("exhaust-aftertreatment", "powertrain_share", "1")?,
        cooling: p.value("engine-cooling", "powertrain_share", "1")?,
        hev_motor_power: p.value("hev", "motor_power", "kW")?,
        phev_motor_power: p.value("phev", "motor_power", "kW")?,
        final_drive_ratio: p.value("all", "final_drive_ratio", "1")?,
    })
}

fn maintenance_table(p: &Parameters) -> Result<MaintenanceTable, VehicleTableError> {
    let s = p.subject("maintenance")?;
    Ok(MaintenanceTable {
        tyre_life: s.value("tyre_life", "km")?,
        oil_interval: s.value("engine_oil_interval", "km")?,
        friction_life_ice: s.value("brake_friction_life_ice", "km")?,
        friction_life_bev: s.value("brake_friction_life_bev", "km")?,
        friction_share: s.value("brake_friction_share", "1")?,
        battery_life: s.value("low_voltage_battery_life", "year")?,
        coolant_life: s.value("coolant_life", "year")?,
        brake_fluid_life: s.value("brake_fluid_life", "year")?,
        gear_oil_life: s.value("gear_oil_life_ice", "km")?,
        filters: s.value("wiper_and_filter_mass", "kg/km")?,
        refrigerant_leak: s.value("refrigerant_leak", "kg/year")?,
        refrigerant_lost: s.value("refrigerant_lost_at_end", "1")?,
    })
}

fn read_routes(loader: &mut Loader<'_>) -> Vec<Route> {
    let Some(table) = loader.table("vehicles/routes.csv") else { return Vec::new() };
    let mut routes = Vec::new();
    for row in 0..table.len() {
        let Some(part_yield) = loader.value(&table, row, "yield") else { continue };
        if part_yield.low <= 0.0 || part_yield.high > 1.0 {
            let subject = table.text(row, "route").to_owned();
            let fault = Fault::Law { subject, rule: "a yield lies within 0..=1", seen: part_yield.best.to_string() };
            loader.fault(&table, row, Some("yield"), fault);
            continue;
        }
        let service = table.text(row, "service_product_id");
        let basis = match table.text(row, "service_basis") {
            "input" => Some(ServiceBasis::Input),
            "part" => Some(ServiceBasis::Part),
            _ => None,
        };
        routes.push(Route {
            name: table.text(row, "route").to_owned(),
            row: loader.row(&table, row),
            part_yield,
            service: basis.filter(|_| !service.is_empty()).map(|b| (service.into(), b)),
        });
    }
    routes
}

struct RawCompositions(Vec<(String, Composition)>);

fn read_compositions(loader: &mut Loader<'_>, routes: &[Route]) -> RawCompositions {
    let mut found: Vec<(String, Composition)> = Vec::new();
    let Some(table) = loader.table("vehicles/compositions.csv") else { return RawCompositions(found) };
    for row in 0..table.len() {
        let Some(share) = loader.value(&table, row, "share") else { continue };
        let route = table.text(row, "route");
        let Some(route) = routes.iter().position(|r| r.name == route) else {
            loader.unknown_name(&table, row, "route", "forming route", routes.iter().map(|r| r.name.as_str()));
            continue;
        };
        let component = table.text(row, "component");
        let material = Material { product: table.text(row, "product_id").into(), route, share };
        match found.iter_mut().find(|(name, _)| name == component) {
            Some((_, materials)) => materials.push(material),
            None => found.push((component.to_owned(), vec![material])),
        }
    }
    for (component, materials) in &found {
        let sum: f64 = materials.iter().map(|m| m.share.best).sum();
        if (sum - 1.0).abs() > 1e-6 {
            loader.fault(&table, 0, Some("share"), Fault::Shares { whole: component.clone(), sum });
        }
    }
    RawCompositions(found)
}

impl RawCompositions {
    fn take(&self, component: &str) -> Result<Composition, VehicleTableError> {
        self.0
            .iter()
            .find(|(name, _)| name == component)
            .map(|(_, materials)| materials.clone())
            .ok_or_else(|| VehicleTableError::Composition { component: component.to_owned() })
    }

    fn pair(&self, component: &str) -> Result<[Composition; 2], VehicleTableError> {
        Ok([self.take(&format!("{component}-steel"))?, self.take(&format!("{component}-aluminium"))?])
    }

    fn resolve(&self) -> Result<Compositions, VehicleTableError> {
        Ok(Compositions {
            body: self.pair("body-in-white")?,
            closures: self.pair("closures")?,
            chassis: self.pair("chassis")?,
            wheels: self.pair("wheels")?,
            brakes: self.take("brakes")?,
            interior: self.take("interior")?,
            exterior_trim: self.take("exterior-trim")?,
            sealing: self.take("sealing-and-damping")?,
            glazing: self.take("glazing")?,
            wiring: self.take("wiring")?,
            control_units: self.take("control-units")?,
            low_voltage_battery: self.take("low-voltage-battery")?,
            hvac: self.take("hvac")?,
            engine: self.take("engine")?,
            gearbox: self.take("gearbox")?,
            exhaust: self.take("exhaust-aftertreatment")?,
            engine_cooling: self.take("engine-cooling")?,
            fuel_tank: self.take("fuel-tank")?,
            reduction_gear: self.take("reduction-gear")?,
            inverter: self.take("inverter")?,
            charger: self.take("on-board-charger")?,
            converter: self.take("dc-dc-converter")?,
            distribution: self.take("power-distribution-unit")?,
            cables: self.take("high-voltage-cables")?,
        })
    }
}

fn read_contents(loader: &mut Loader<'_>) -> Vec<Content> {
    let Some(table) = loader.table("vehicles/elements.csv") else { return Vec::new() };
    let mut contents = Vec::new();
    for row in 0..table.len() {
        let Some(fraction) = loader.value(&table, row, "fraction") else { continue };
        contents.push(Content { product: table.text(row, "product_id").into(), element: table.text(row, "element").into(), fraction });
    }
    contents
}
