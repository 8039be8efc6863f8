//! The fields of a car: which there are, what each may be, and how a list of them becomes a [`CarDesign`].
//!
//! A car is a list of dotted paths (`battery.gross_energy_kwh`) with values, whether it stands in the catalogue or in
//! a TOML file; one function turns such a list into a design, so both obey the same rules. Numbers have hard limits
//! that catch a wrong unit or sign.

use std::collections::BTreeMap;

use crate::car::{
    BatteryDesign, CarDesign, DrivenWheels, EngineDesign, MotorDesign, OfficialFigure, PlantDesign, Powertrain, RecycledCells, SourcingRule,
};
use crate::row::Value;
use crate::table::{Position, nearest};

/// What is wrong with a car.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CarFault {
    /// The file is not TOML.
    #[error("not readable as TOML: {reason}")]
    Toml {
        /// What the TOML reader said.
        reason: String,
    },
    /// A key is not known.
    #[error("unknown key `{key}`{}", nearest.as_deref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    UnknownKey {
        /// The key seen.
        key: String,
        /// The nearest known key.
        nearest: Option<String>,
    },
    /// A key that every car needs is missing.
    #[error("`{key}` is missing: {why}")]
    Missing {
        /// The key wanted.
        key: &'static str,
        /// Why it is needed.
        why: &'static str,
    },
    /// A value has the wrong type.
    #[error("`{key}` is {seen}, wanted {wanted}")]
    Type {
        /// The key.
        key: String,
        /// What was seen.
        seen: String,
        /// What was wanted.
        wanted: &'static str,
    },
    /// A number lies outside what a car can have.
    #[error("`{key}` is {seen}, outside {minimum}..={maximum}{hint}")]
    OutOfRange {
        /// The key.
        key: String,
        /// The number seen.
        seen: f64,
        /// Smallest number accepted.
        minimum: f64,
        /// Largest number accepted.
        maximum: f64,
        /// What may have happened.
        hint: &'static str,
    },
    /// Shares of one product do not add up to one.
    #[error("shares of `{key}` add up to {sum}, wanted 1")]
    Shares {
        /// The key.
        key: String,
        /// Their sum.
        sum: f64,
    },
    /// A name that stands for nothing.
    #[error("`{key}` names `{seen}`, which is not a known {kind}{}", nearest.as_deref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    Name {
        /// The key.
        key: String,
        /// The name seen.
        seen: String,
        /// What it should name.
        kind: &'static str,
        /// The nearest known name.
        nearest: Option<String>,
    },
    /// A section that a car of this kind does not have.
    #[error(
        "`[{section}]` stands in the file of a car whose powertrain is {powertrain}, which has none; take it out, or give the powertrain that has one"
    )]
    Contradiction {
        /// The section.
        section: &'static str,
        /// The powertrain given.
        powertrain: Powertrain,
    },
    /// Two keys that cannot both be true.
    #[error("`{key}` is {seen}, but {against}")]
    Against {
        /// The key.
        key: String,
        /// What it says.
        seen: String,
        /// What the rest of the file says.
        against: String,
    },
    /// A product that no market sells.
    #[error("`{key}` cannot be sourced: it is made where it is used, and no market sells it")]
    NoMarket {
        /// The key.
        key: String,
    },
    /// A word is not among those allowed.
    #[error("`{key}` is `{seen}`, wanted one of: {wanted}{}", nearest.as_deref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    Word {
        /// The key.
        key: String,
        /// The word seen.
        seen: String,
        /// The words allowed.
        wanted: String,
        /// The nearest word.
        nearest: Option<String>,
    },
}

/// A fault with the place where it stands.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{at}: {fault}")]
pub struct CarError {
    /// Where.
    pub at: Position,
    /// What.
    pub fault: CarFault,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Entry {
    Number(Value),
    Text(String),
    Other(&'static str),
}

/// One field: path, value, line.
#[derive(Debug, Clone)]
pub(crate) struct FieldEntry {
    pub(crate) key: String,
    pub(crate) entry: Entry,
    pub(crate) line: u32,
}

/// Least usable share of gross energy, by powertrain: hybrids keep their packs within a narrow window of charge.
const USABLE: [(Powertrain, f64); 3] = [(Powertrain::Bev, 0.5), (Powertrain::Phev, 0.3), (Powertrain::Hev, 0.1)];

/// Every number a car may have: key, smallest, largest, hint when outside.
const NUMBERS: &[(&str, f64, f64, &str)] = &[
    ("car.model_year", 1990.0, 2060.0, ""),
    ("car.kerb_mass_kg", 300.0, 6000.0, "; kerb mass in kilograms"),
    ("car.length_mm", 2000.0, 7000.0, "; in millimetres"),
    ("car.width_mm", 1000.0, 2600.0, "; in millimetres"),
    ("car.height_mm", 900.0, 2600.0, "; in millimetres"),
    ("car.top_speed_km_h", 20.0, 500.0, "; in km/h"),
    ("car.time_0_100_s", 1.0, 60.0, "; in seconds"),
    ("car.road_load.a_n", -200.0, 1500.0, "; in newton"),
    ("car.road_load.b_n_per_m_s", -20.0, 60.0, "; in newton per metre per second"),
    ("car.road_load.c_n_per_m2_s2", 0.05, 5.0, "; in newton per square metre per square second"),
    ("car.road_load.test_mass_kg", 300.0, 6000.0, "; in kilograms"),
    ("car.road_load.cd", 0.1, 1.2, ""),
    ("car.road_load.frontal_area_m2", 0.8, 6.0, "; in square metres"),
    ("car.road_load.crr", 0.002, 0.05, ""),
    ("battery.gross_energy_kwh", 0.3, 300.0, "; in kilowatt-hours: was it given in watt-hours?"),
    ("battery.usable_energy_kwh", 0.1, 300.0, "; in kilowatt-hours: was it given in watt-hours?"),
    ("battery.pack_mass_kg", 5.0, 3000.0, "; in kilograms"),
    ("battery.recycled_cobalt_share", 0.0, 1.0, "; a share of 1, not a percentage"),
    ("battery.recycled_lithium_share", 0.0, 1.0, "; a share of 1, not a percentage"),
    ("battery.recycled_nickel_share", 0.0, 1.0, "; a share of 1, not a percentage"),
    ("engine.displacement_l", 0.1, 12.0, "; in litres: was it given in cubic centimetres?"),
    ("engine.peak_power_kw", 5.0, 1500.0, "; in kilowatts"),
    ("engine.certified_l_per_100km", 0.5, 40.0, "; in litres per 100 km"),
    ("charging.ac_power_kw", 0.5, 50.0, "; in kilowatts"),
    ("charging.dc_power_kw", 5.0, 2000.0, "; in kilowatts"),
    ("body.recycled_aluminium_share", 0.0, 1.0, "; a share of 1, not a percentage"),
    ("body.recycled_steel_share", 0.0, 1.0, "; a share of 1, not a percentage"),
    ("body.recycled_closure_sheet_share", 0.0, 1.0, "; a share of 1, not a percentage"),
    ("body.recycled_structure_sheet_share", 0.0, 1.0, "; a share of 1, not a percentage"),
    ("body.recycled_extrusion_share", 0.0, 1.0, "; a share of 1, not a percentage"),
    ("body.recycled_structural_casting_share", 0.0, 1.0, "; a share of 1, not a percentage"),
    ("body.recycled_chassis_casting_share", 0.0, 1.0, "; a share of 1, not a percentage"),
    ("body.recycled_housing_casting_share", 0.0, 1.0, "; a share of 1, not a percentage"),
    ("plant.solar_share", 0.0, 1.0, "; a share of 1, not a percentage"),
    ("plant.wind_share", 0.0, 1.0, "; a share of 1, not a percentage"),
    ("plant.hydro_share", 0.0, 1.0, "; a share of 1, not a percentage"),
    ("use.lifetime_km", 1000.0, 2.0e6, "; in kilometres"),
    ("use.years", 1.0, 60.0, "; in years"),
    ("use.utility_factor", 0.0, 1.0, "; a share of 1, not a percentage"),
    ("use.dc_share", 0.0, 1.0, "; a share of 1, not a percentage"),
];
const MOTOR_NUMBERS: &[(&str, f64, f64, &str)] =
    &[("peak_power_kw", 1.0, 1500.0, "; in kilowatts: was it given in watts?"), ("final_drive_ratio", 1.0, 30.0, "")];
const TEXTS: &[&str] = &[
    "car.id",
    "car.name",
    "car.make",
    "car.model",
    "car.market",
    "car.class",
    "car.driven_wheels",
    "car.heat_pump",
    "car.powertrain",
    "car.made_in",
    "battery.chemistry",
    "battery.made_in",
    "engine.fuel",
    "engine.certified_cycle",
    "body.door_ring",
    "body.castings",
    "body.closures",
    "body.resizing",
    "body.aluminium_scrap",
    "plant.country",
    "plant.electricity",
    "use.country",
];
const PLANT_SHARES: [&str; 3] = ["plant.solar_share", "plant.wind_share", "plant.hydro_share"];
const MOTOR_TEXTS: &[&str] = &["topology", "axle", "coupling", "inverter", "made_in"];
const OFFICIAL: &[&str] = &[
    "wltp_range_km",
    "wltp_kwh_per_100km",
    "cltc_range_km",
    "cltc_kwh_per_100km",
    "nedc_range_km",
    "nedc_kwh_per_100km",
    "epa_range_km",
    "epa_kwh_per_100km",
    "electric_range_km",
    "weighted_l_per_100km",
];

fn known_keys() -> Vec<String> {
    let motors = MOTOR_NUMBERS.iter().map(|m| m.0).chain(MOTOR_TEXTS.iter().copied()).map(|k| format!("motor.{k}"));
    let official = OFFICIAL.iter().map(|k| format!("official.{k}"));
    NUMBERS.iter().map(|n| n.0.to_owned()).chain(TEXTS.iter().map(|t| (*t).to_owned())).chain(motors).chain(official).collect()
}

pub(crate) struct Assembler<'a> {
    fields: BTreeMap<String, FieldEntry>,
    file: std::sync::Arc<str>,
    faults: Vec<CarError>,
    used: std::collections::BTreeSet<String>,
    chemistries: &'a [String],
}

impl<'a> Assembler<'a> {
    pub(crate) fn new(file: std::sync::Arc<str>, entries: Vec<FieldEntry>, chemistries: &'a [String]) -> Self {
        let fields = entries.into_iter().map(|f| (f.key.clone(), f)).collect();
        Self { fields, file, faults: Vec::new(), used: std::collections::BTreeSet::new(), chemistries }
    }

    fn fault(&mut self, line: u32, fault: CarFault) {
        self.faults.push(CarError { at: Position { file: std::sync::Arc::clone(&self.file), line, column: 0 }, fault });
    }

    fn number_within(&mut self, key: &str, minimum: f64, maximum: f64, hint: &'static str) -> Option<Value> {
        self.used.insert(key.to_owned());
        let field = self.fields.get(key)?.clone();
        let Entry::Number(value) = field.entry else {
            let seen = match field.entry {
                Entry::Text(text) => format!("the text `{text}`"),
                Entry::Other(kind) => kind.to_owned(),
                Entry::Number(_) => String::new(),
            };
            self.fault(field.line, CarFault::Type { key: key.to_owned(), seen, wanted: "a number" });
            return None;
        };
        if (minimum..=maximum).contains(&value.best) {
            Some(value)
        } else if !value.best.is_finite() {
            self.fault(field.line, CarFault::Type { key: key.to_owned(), seen: value.best.to_string(), wanted: "a finite number" });
            None
        } else {
            self.fault(field.line, CarFault::OutOfRange { key: key.to_owned(), seen: value.best, minimum, maximum, hint });
            None
        }
    }

    fn number(&mut self, key: &'static str) -> Option<Value> {
        let &(_, minimum, maximum, hint) = NUMBERS.iter().find(|n| n.0 == key)?;
        self.number_within(key, minimum, maximum, hint)
    }

    fn text(&mut self, key: &str) -> Option<String> {
        self.used.insert(key.to_owned());
        let field = self.fields.get(key)?.clone();
        match field.entry {
            Entry::Text(text) => Some(text),
            Entry::Number(value) => {
                self.fault(field.line, CarFault::Type { key: key.to_owned(), seen: format!("the number {}", value.best), wanted: "text" });
                None
            }
            Entry::Other(kind) => {
                self.fault(field.line, CarFault::Type { key: key.to_owned(), seen: kind.to_owned(), wanted: "text" });
                None
            }
        }
    }

    fn word<T: Copy + std::str::FromStr>(&mut self, key: &str, words: &[&str]) -> Option<T> {
        let text = self.text(key)?;
        let found = text.parse().ok();
        if found.is_none() {
            let line = self.fields.get(key).map_or(0, |f| f.line);
            let near = nearest(&text, words.iter().copied());
            self.fault(line, CarFault::Word { key: key.to_owned(), seen: text, wanted: words.join(", "), nearest: near });
        }
        found
    }

    fn any_with(&self, prefix: &str) -> Option<u32> {
        self.fields.range(prefix.to_owned()..).next().filter(|(k, _)| k.starts_with(prefix)).map(|(_, f)| f.line)
    }

    pub(crate) fn assemble(mut self, sourcing: Vec<SourcingRule>) -> Result<CarDesign, Vec<CarError>> {
        macro_rules! words {
            ($t:ty) => {
                &<$t>::ALL.iter().map(|w| w.word()).collect::<Vec<_>>()
            };
        }
        let id = self.text("car.id");
        if self.fields.is_empty() {
            self.fault(0, CarFault::Missing { key: "car.id", why: "the file is empty; a car needs at least `id` and `powertrain` under `[car]`" });
            return Err(self.faults);
        }
        if id.as_deref().is_some_and(|id| id.trim().is_empty() || id.contains(char::is_control)) {
            let line = self.fields.get("car.id").map_or(0, |f| f.line);
            let seen = format!("the text `{}`", id.as_deref().unwrap_or_default().escape_debug());
            self.fault(line, CarFault::Type { key: "car.id".to_owned(), seen, wanted: "a name of one line, such as `my-car`" });
        }
        if id.is_none() && !self.fields.contains_key("car.id") {
            self.fault(0, CarFault::Missing { key: "car.id", why: "results name the car by it" });
        }
        let powertrain: Option<Powertrain> = self.word("car.powertrain", words!(Powertrain));
        if !self.fields.contains_key("car.powertrain") {
            self.fault(0, CarFault::Missing { key: "car.powertrain", why: "one of bev, phev, hev, icev-petrol, icev-diesel" });
        }
        let mut design = CarDesign::new(&id.unwrap_or_default(), powertrain.unwrap_or(Powertrain::Bev));
        design.name = self.text("car.name");
        design.make = self.text("car.make");
        design.model = self.text("car.model");
        design.market = self.text("car.market");
        design.made_in = self.text("car.made_in");
        design.class = self.word("car.class", words!(crate::car::CarClass));
        design.driven_wheels = self.word("car.driven_wheels", words!(DrivenWheels));
        design.heat_pump = self.word("car.heat_pump", words!(crate::car::HeatPump));
        design.model_year = self.number("car.model_year").map(|v| v.best as i32);
        design.kerb_mass_kg = self.number("car.kerb_mass_kg");
        design.length_mm = self.number("car.length_mm");
        design.width_mm = self.number("car.width_mm");
        design.height_mm = self.number("car.height_mm");
        design.top_speed_km_h = self.number("car.top_speed_km_h");
        design.time_0_100_s = self.number("car.time_0_100_s");
        design.road_load.a_n = self.number("car.road_load.a_n");
        design.road_load.b_n_per_m_s = self.number("car.road_load.b_n_per_m_s");
        design.road_load.c_n_per_m2_s2 = self.number("car.road_load.c_n_per_m2_s2");
        design.road_load.test_mass_kg = self.number("car.road_load.test_mass_kg");
        design.road_load.cd = self.number("car.road_load.cd");
        design.road_load.frontal_area_m2 = self.number("car.road_load.frontal_area_m2");
        design.road_load.crr = self.number("car.road_load.crr");
        self.coast_down();
        self.contradictions(powertrain);
        design.battery = self.battery(powertrain);
        design.recycled_cells = self.recycled_cells();
        design.motors = self.motors();
        design.engine = self.engine(powertrain);
        self.driven_axles(&design);
        design.charging.ac_power_kw = self.number("charging.ac_power_kw");
        design.charging.dc_power_kw = self.number("charging.dc_power_kw");
        design.body.recycled_aluminium_share = self.number("body.recycled_aluminium_share");
        design.body.recycled_steel_share = self.number("body.recycled_steel_share");
        design.body.door_ring = self.word("body.door_ring", words!(crate::car::DoorRing));
        design.body.castings = self.word("body.castings", words!(crate::car::Castings));
        design.body.closures = self.word("body.closures", words!(crate::car::ClosureMetal));
        design.body.resizing = self.word("body.resizing", words!(crate::car::Resizing));
        design.body.aluminium_scrap = self.word("body.aluminium_scrap", words!(crate::car::ScrapGrade));
        design.body.recycled_closure_sheet_share = self.number("body.recycled_closure_sheet_share");
        design.body.recycled_structure_sheet_share = self.number("body.recycled_structure_sheet_share");
        design.body.recycled_extrusion_share = self.number("body.recycled_extrusion_share");
        design.body.recycled_structural_casting_share = self.number("body.recycled_structural_casting_share");
        design.body.recycled_chassis_casting_share = self.number("body.recycled_chassis_casting_share");
        design.body.recycled_housing_casting_share = self.number("body.recycled_housing_casting_share");
        design.plant.solar_share = self.number("plant.solar_share");
        design.plant.wind_share = self.number("plant.wind_share");
        design.plant.hydro_share = self.number("plant.hydro_share");
        design.plant.country = self.text("plant.country");
        design.plant.electricity = self.text("plant.electricity");
        if let Some(seen) = design.plant.electricity.as_deref().filter(|e| !PlantDesign::ELECTRICITY.contains(e)) {
            let line = self.fields.get("plant.electricity").map_or(0, |f| f.line);
            let (seen, near) = (seen.to_owned(), nearest(seen, PlantDesign::ELECTRICITY.into_iter()));
            self.fault(
                line,
                CarFault::Word { key: "plant.electricity".to_owned(), seen, wanted: PlantDesign::ELECTRICITY.join(", "), nearest: near },
            );
        }
        self.plant_supplies(&design.plant);
        self.usage(&mut design, powertrain);
        for name in OFFICIAL {
            let key = format!("official.{name}");
            if let Some(value) = self.number_within(&key, 0.0, 3000.0, "") {
                design.official.push(OfficialFigure { name: (*name).to_owned(), value });
            }
        }
        design.sourcing = sourcing;
        let unknown: Vec<_> = self.fields.values().filter(|f| !self.used.contains(&f.key)).map(|f| (f.key.clone(), f.line)).collect();
        for (key, line) in unknown {
            let plain = strip_index(&key);
            let known = known_keys();
            let near = nearest(&plain, known.iter().map(String::as_str));
            self.fault(line, CarFault::UnknownKey { key, nearest: near });
        }
        self.faults.sort_by_key(|f| f.at.line);
        if self.faults.is_empty() { Ok(design) } else { Err(self.faults) }
    }

    /// Parts that the powertrain does not have would be weighed or dropped in silence.
    fn contradictions(&mut self, powertrain: Option<Powertrain>) {
        let Some(powertrain) = powertrain else { return };
        let without: &[&'static str] = match powertrain {
            Powertrain::Bev => &["engine"],
            Powertrain::IcevPetrol | Powertrain::IcevDiesel => &["battery", "motor"],
            Powertrain::Phev | Powertrain::Hev => &[],
        };
        for &section in without {
            if let Some(line) = self.any_with(&format!("{section}.")) {
                self.fault(line, CarFault::Contradiction { section, powertrain });
            }
        }
    }

    /// Axles with a motor are driven axles, and without an engine they are all of them.
    fn driven_axles(&mut self, design: &CarDesign) {
        let Some(driven) = design.driven_wheels else { return };
        let has = |axle| design.motors.iter().any(|m| m.axle == Some(axle));
        let (front, rear) = (has(DrivenWheels::Front), has(DrivenWheels::Rear));
        let all_placed = !design.motors.is_empty() && design.motors.iter().all(|m| m.axle.is_some());
        let against = match driven {
            DrivenWheels::Front if rear => "a motor drives the rear axle".to_owned(),
            DrivenWheels::Rear if front => "a motor drives the front axle".to_owned(),
            DrivenWheels::All if design.powertrain == Powertrain::Bev && all_placed && front != rear => {
                format!("every motor is on the {} axle", if front { "front" } else { "rear" })
            }
            _ => return,
        };
        let line = self.fields.get("car.driven_wheels").map_or(0, |f| f.line);
        self.fault(line, CarFault::Against { key: "car.driven_wheels".to_owned(), seen: driven.word().to_owned(), against });
    }

    /// How the car is used; a share driven on electricity is that of a plug-in hybrid.
    fn usage(&mut self, design: &mut CarDesign, powertrain: Option<Powertrain>) {
        design.usage.country = self.text("use.country");
        design.usage.lifetime_km = self.number("use.lifetime_km");
        design.usage.years = self.number("use.years");
        design.usage.utility_factor = self.number("use.utility_factor");
        design.usage.dc_share = self.number("use.dc_share");
        if let (Some(share), Some(powertrain)) = (design.usage.utility_factor, powertrain.filter(|p| *p != Powertrain::Phev)) {
            let line = self.fields.get("use.utility_factor").map_or(0, |f| f.line);
            let against =
                format!("the powertrain is {}: only a plug-in hybrid (phev) drives a share of its distance on electricity", powertrain.word());
            self.fault(line, CarFault::Against { key: "use.utility_factor".to_owned(), seen: share.best.to_string(), against });
        }
    }

    /// Supplies beside the grid are shares of one whole, and named once.
    fn plant_supplies(&mut self, plant: &PlantDesign) {
        let Some(line) = PLANT_SHARES.iter().filter_map(|k| self.fields.get(*k)).map(|f| f.line).max() else { return };
        let sum: f64 = [plant.solar_share, plant.wind_share, plant.hydro_share].iter().flatten().map(|v| v.best).sum();
        if sum > 1.0 + 1e-9 {
            let key = "plant.solar_share + plant.wind_share + plant.hydro_share".to_owned();
            self.fault(line, CarFault::OutOfRange { key, seen: sum, minimum: 0.0, maximum: 1.0, hint: "; what is left comes from the grid" });
        }
        if let Some(seen) = plant.electricity.as_deref().filter(|e| *e != "grid") {
            let seen = format!("the text `{seen}` beside a share of its own");
            let wanted = "`grid`, which then gives what the shares leave";
            self.fault(line, CarFault::Type { key: "plant.electricity".to_owned(), seen, wanted });
        }
    }

    /// Coast-down terms come together: one of them alone says nothing about the others.
    fn coast_down(&mut self) {
        const TERMS: [&str; 3] = ["car.road_load.a_n", "car.road_load.b_n_per_m_s", "car.road_load.c_n_per_m2_s2"];
        let Some(line) = TERMS.iter().filter_map(|t| self.fields.get(*t)).map(|f| f.line).max() else { return };
        for key in TERMS {
            if !self.fields.contains_key(key) {
                let why = "coast-down terms come as a set of three; or give cd, frontal_area_m2 and crr instead";
                self.fault(line, CarFault::Missing { key, why });
            }
        }
    }

    fn recycled_cells(&mut self) -> RecycledCells {
        RecycledCells {
            cobalt: self.number("battery.recycled_cobalt_share"),
            lithium: self.number("battery.recycled_lithium_share"),
            nickel: self.number("battery.recycled_nickel_share"),
        }
    }

    fn battery(&mut self, powertrain: Option<Powertrain>) -> Option<BatteryDesign> {
        let chemistry = self.text("battery.chemistry");
        let gross = self.number("battery.gross_energy_kwh");
        let usable = self.number("battery.usable_energy_kwh");
        let pack_mass = self.number("battery.pack_mass_kg");
        let made_in = self.text("battery.made_in");
        if let Some(name) = &chemistry
            && !self.chemistries.contains(name)
        {
            let line = self.fields.get("battery.chemistry").map_or(0, |f| f.line);
            let near = nearest(name, self.chemistries.iter().map(String::as_str));
            let fault =
                CarFault::Word { key: "battery.chemistry".to_owned(), seen: name.clone(), wanted: self.chemistries.join(", "), nearest: near };
            self.fault(line, fault);
        }
        let needs = matches!(powertrain, Some(Powertrain::Bev | Powertrain::Phev | Powertrain::Hev));
        if needs || self.any_with("battery.").is_some() {
            let line = self.any_with("battery.").unwrap_or(0);
            if !self.fields.contains_key("battery.chemistry") {
                self.fault(line, CarFault::Missing { key: "battery.chemistry", why: "a car with a battery names its chemistry" });
            }
            if !self.fields.contains_key("battery.gross_energy_kwh") {
                self.fault(line, CarFault::Missing { key: "battery.gross_energy_kwh", why: "a car with a battery gives its energy" });
            }
        }
        let battery = BatteryDesign { chemistry: chemistry?, gross_energy_kwh: gross?, usable_energy_kwh: usable, pack_mass_kg: pack_mass, made_in };
        let gross_kwh = battery.gross_energy_kwh.best;
        let least = USABLE.iter().find(|u| Some(u.0) == powertrain).map_or(0.0, |u| u.1) * gross_kwh;
        if let Some(usable) = battery.usable_energy_kwh
            && !(least..=gross_kwh).contains(&usable.best)
        {
            let line = self.fields.get("battery.usable_energy_kwh").map_or(0, |f| f.line);
            let hint = if usable.best > gross_kwh {
                "; usable energy is part of gross energy"
            } else {
                "; so little of the gross energy is usable in no car: is one of the two of another pack?"
            };
            let key = "battery.usable_energy_kwh".to_owned();
            self.fault(line, CarFault::OutOfRange { key, seen: usable.best, minimum: least, maximum: gross_kwh, hint });
        }
        Some(battery)
    }

    fn motors(&mut self) -> Vec<MotorDesign> {
        let mut motors = Vec::new();
        for index in 1..=4 {
            let prefix = format!("motor.{index}.");
            if self.any_with(&prefix).is_none() {
                break;
            }
            let mut motor = MotorDesign::default();
            let topologies = crate::car::Topology::ALL.iter().map(|t| t.word()).collect::<Vec<_>>();
            motor.topology = self.word(&format!("{prefix}topology"), &topologies);
            motor.axle = self.word(&format!("{prefix}axle"), &["front", "rear"]);
            let inverters = crate::car::Inverter::ALL.iter().map(|i| i.word()).collect::<Vec<_>>();
            motor.inverter = self.word(&format!("{prefix}inverter"), &inverters);
            motor.coupling = self.text(&format!("{prefix}coupling"));
            motor.made_in = self.text(&format!("{prefix}made_in"));
            let [power, ratio] = MOTOR_NUMBERS else { break };
            motor.peak_power_kw = self.number_within(&format!("{prefix}{}", power.0), power.1, power.2, power.3);
            motor.final_drive_ratio = self.number_within(&format!("{prefix}{}", ratio.0), ratio.1, ratio.2, ratio.3);
            motors.push(motor);
        }
        motors
    }

    fn engine(&mut self, powertrain: Option<Powertrain>) -> Option<EngineDesign> {
        let fuel: Option<crate::car::Fuel> = self.word("engine.fuel", &["petrol", "diesel"]);
        let burns = match powertrain {
            Some(Powertrain::IcevDiesel) => Some(crate::car::Fuel::Diesel),
            Some(Powertrain::IcevPetrol) => Some(crate::car::Fuel::Petrol),
            _ => None,
        };
        if let (Some(seen), Some(wanted), Some(powertrain)) = (fuel, burns, powertrain)
            && seen != wanted
        {
            let line = self.fields.get("engine.fuel").map_or(0, |f| f.line);
            let against = format!("the powertrain is {}", powertrain.word());
            self.fault(line, CarFault::Against { key: "engine.fuel".to_owned(), seen: seen.word().to_owned(), against });
        }
        let engine = EngineDesign {
            fuel: fuel.unwrap_or(if powertrain == Some(Powertrain::IcevDiesel) { crate::car::Fuel::Diesel } else { crate::car::Fuel::Petrol }),
            displacement_l: self.number("engine.displacement_l"),
            peak_power_kw: self.number("engine.peak_power_kw"),
            certified_l_per_100km: self.number("engine.certified_l_per_100km"),
            certified_cycle: self.word("engine.certified_cycle", &["wltp", "nedc", "wltc-cn", "epa"]),
        };
        let has_engine = !matches!(powertrain, Some(Powertrain::Bev) | None) || self.any_with("engine.").is_some();
        has_engine.then_some(engine)
    }
}

/// `motor.1.peak_power_kw` without its number.
fn strip_index(key: &str) -> String {
    key.split('.').filter(|part| part.parse::<u32>().is_err()).collect::<Vec<_>>().join(".")
}

/// Whether a field holds a number.
pub(crate) fn is_number(field: &str) -> bool {
    NUMBERS.iter().any(|n| n.0 == field)
        || field.starts_with("official.")
        || MOTOR_NUMBERS.iter().any(|m| field.starts_with("motor.") && field.ends_with(m.0))
}

/// The JSON Schema of car files, from the very table that checks them.
pub fn car_file_schema(chemistries: &[String]) -> serde_json::Value {
    use serde_json::{Map, Value, json};
    let words = |key: &str| -> Option<Vec<&str>> {
        macro_rules! of {
            ($t:ty) => {
                Some(<$t>::ALL.iter().map(|w| w.word()).collect())
            };
        }
        match key {
            "car.powertrain" => of!(Powertrain),
            "car.class" => of!(crate::car::CarClass),
            "car.driven_wheels" => of!(DrivenWheels),
            "car.heat_pump" => of!(crate::car::HeatPump),
            "battery.chemistry" => Some(chemistries.iter().map(String::as_str).collect()),
            "body.door_ring" => of!(crate::car::DoorRing),
            "body.castings" => of!(crate::car::Castings),
            "body.closures" => of!(crate::car::ClosureMetal),
            "body.resizing" => of!(crate::car::Resizing),
            "body.aluminium_scrap" => of!(crate::car::ScrapGrade),
            "engine.fuel" => of!(crate::car::Fuel),
            "engine.certified_cycle" => of!(crate::car::CertifiedCycle),
            "motor.topology" => of!(crate::car::Topology),
            "motor.inverter" => of!(crate::car::Inverter),
            "motor.axle" => Some(vec!["front", "rear"]),
            "plant.electricity" => Some(PlantDesign::ELECTRICITY.to_vec()),
            _ => None,
        }
    };
    let text = |key: &str| words(key).map_or_else(|| json!({"type": "string"}), |w| json!({"type": "string", "enum": w}));
    let number = |n: &(&str, f64, f64, &str)| json!({"type": "number", "minimum": n.1, "maximum": n.2, "description": n.3.trim_start_matches("; ")});
    let mut root: Map<String, Value> = Map::new();
    let object = || json!({"type": "object", "additionalProperties": false, "properties": {}});
    let mut put = |path: &str, schema: Value| {
        let parts: Vec<&str> = path.split('.').collect();
        let (leaf, folders) = parts.split_last().unwrap_or((&"", &[]));
        let mut here: &mut Map<String, Value> = &mut root;
        for folder in folders {
            let next = here.entry((*folder).to_owned()).or_insert_with(object);
            let Some(properties) = next.get_mut("properties").and_then(Value::as_object_mut) else { return };
            here = properties;
        }
        here.insert((*leaf).to_owned(), schema);
    };
    for key in TEXTS {
        put(key, text(key));
    }
    for entry in NUMBERS {
        put(entry.0, number(entry));
    }
    let mut motor = Map::new();
    for key in MOTOR_TEXTS {
        motor.insert((*key).to_owned(), text(&format!("motor.{key}")));
    }
    for entry in MOTOR_NUMBERS {
        motor.insert(entry.0.to_owned(), number(entry));
    }
    let motor = json!({"type": "object", "additionalProperties": false, "properties": motor});
    put("motor", json!({"anyOf": [motor.clone(), {"type": "array", "items": motor}]}));
    for key in OFFICIAL {
        put(&format!("official.{key}"), json!({"type": "number", "minimum": 0}));
    }
    put(
        "sourcing",
        json!({"type": "object", "description": "product id = place, or a table of place = share and ban = [places]; or cap = {place = share}, content = {place = share}, friends = [places], which are solved for, also under `all` and `tier.NAME`"}),
    );
    if let Some(car) = root.get_mut("car").and_then(Value::as_object_mut) {
        car.insert("required".to_owned(), json!(["id", "powertrain"]));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Minewheel car file",
        "type": "object",
        "required": ["car"],
        "additionalProperties": false,
        "properties": root,
    })
}
