//! A car as its designer or its catalogue describes it: what is known, and nothing more.
//!
//! A design holds only what was given (in a TOML file) or catalogued (in `cars/cars.csv`). Whatever is missing stays
//! `None` here and is sized or defaulted by `minewheel-model`, which says so. Numbers are [`Value`]s in the unit of
//! the field's name; a number from a user's file has the row [`RowId::GIVEN`](crate::row::RowId::GIVEN).

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::row::Value;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $( $(#[$vdoc:meta])* $variant:ident = $word:literal ),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum $name { $( $(#[$vdoc])* #[serde(rename = $word)] $variant ),+ }
        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[ $( Self::$variant ),+ ];
            /// The word used in tables and car files.
            pub const fn word(self) -> &'static str { match self { $( Self::$variant => $word ),+ } }
        }
        impl FromStr for $name {
            type Err = ();
            fn from_str(word: &str) -> Result<Self, ()> { Self::ALL.iter().copied().find(|v| v.word() == word).ok_or(()) }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.pad(self.word()) }
        }
    };
}

words!(
    /// What moves the car.
    Powertrain {
        /// Battery only.
        Bev = "bev",
        /// Battery that is charged from the grid, and an engine.
        Phev = "phev",
        /// Battery that the engine charges, and the engine.
        Hev = "hev",
        /// Petrol engine.
        IcevPetrol = "icev-petrol",
        /// Diesel engine.
        IcevDiesel = "icev-diesel",
    }
);
words!(
    /// Size class; gives defaults where the design says nothing.
    CarClass {
        /// Below about 3.4 m.
        Micro = "micro",
        /// About 3.4 to 4.1 m.
        Small = "small",
        /// About 4.1 to 4.5 m.
        Compact = "compact",
        /// About 4.5 to 4.8 m.
        Mid = "mid",
        /// Above.
        Large = "large",
        /// Tall, about 4.1 to 4.5 m.
        SuvCompact = "suv-compact",
        /// Tall, about 4.5 to 4.8 m.
        SuvMid = "suv-mid",
        /// Tall, above.
        SuvLarge = "suv-large",
    }
);
words!(
    /// Switches of an inverter.
    Inverter {
        /// Silicon (insulated-gate bipolar transistors).
        Igbt = "igbt",
        /// Silicon carbide.
        Sic = "sic",
    }
);
words!(
    /// Whether a car heats its cabin with a heat pump.
    HeatPump {
        /// It does.
        Yes = "yes",
        /// It heats with resistance.
        No = "no",
    }
);
words!(
    /// Which wheels are driven.
    DrivenWheels {
        /// Front axle.
        Front = "front",
        /// Rear axle.
        Rear = "rear",
        /// Both axles.
        All = "all",
    }
);
words!(
    /// Kind of electric machine.
    Topology {
        /// Interior permanent magnets.
        Ipm = "ipm",
        /// Surface permanent magnets.
        Spm = "spm",
        /// Synchronous reluctance with permanent-magnet assistance.
        PmaSynRm = "pma-synrm",
        /// Electrically excited synchronous.
        Eesm = "eesm",
        /// Induction.
        Induction = "induction",
        /// Switched reluctance.
        Srm = "srm",
    }
);
words!(
    /// Fuel of an engine.
    Fuel {
        /// Petrol.
        Petrol = "petrol",
        /// Diesel.
        Diesel = "diesel",
    }
);
words!(
    /// The procedure under which a consumption was certified.
    CertifiedCycle {
        /// WLTP (EU).
        Wltp = "wltp",
        /// NEDC.
        Nedc = "nedc",
        /// WLTC as applied in China (GB/T 18352.6).
        WltcCn = "wltc-cn",
        /// EPA label, combined.
        Epa = "epa",
    }
);

words!(
    /// How the frame around the front doors is made.
    DoorRing {
        /// Separate stampings, spot-welded.
        None = "none",
        /// Five hot-stamped parts of laser-welded blanks.
        FivePiece = "five-piece",
    }
);
words!(
    /// Large castings of the underbody.
    Castings {
        /// Stampings throughout, or what the class has.
        None = "none",
        /// Rear underbody.
        Rear = "rear",
        /// Front and rear underbody.
        FrontAndRear = "front-and-rear",
    }
);
words!(
    /// Metal of doors, lids and wings.
    ClosureMetal {
        /// Steel.
        Steel = "steel",
        /// Aluminium.
        Aluminium = "aluminium",
    }
);
words!(
    /// Whether the rest of the structure follows the mass that body choices save or cost.
    Resizing {
        /// Every other part stays as it is.
        None = "none",
        /// Body, chassis and brakes are sized again for the new mass; power is held.
        Structure = "structure",
    }
);
words!(
    /// The scrap that secondary aluminium is melted from.
    ScrapGrade {
        /// Returns of the alloy itself.
        SameAlloy = "same-alloy",
        /// Old wrought scrap, sorted from castings.
        SortedWrought = "sorted-wrought",
        /// Shredded cars, castings and wrought together.
        MixedShredder = "mixed-shredder",
    }
);

/// Resistance to motion, as given.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RoadLoadDesign {
    /// Coast-down constant term.
    pub a_n: Option<Value>,
    /// Coast-down linear term.
    pub b_n_per_m_s: Option<Value>,
    /// Coast-down quadratic term.
    pub c_n_per_m2_s2: Option<Value>,
    /// Mass in the coast-down test.
    pub test_mass_kg: Option<Value>,
    /// Drag coefficient.
    pub cd: Option<Value>,
    /// Frontal area.
    pub frontal_area_m2: Option<Value>,
    /// Rolling-resistance coefficient.
    pub crr: Option<Value>,
}

/// Traction battery, as given.
#[derive(Debug, Clone, PartialEq)]
pub struct BatteryDesign {
    /// Id of a cell chemistry in `data/cells`.
    pub chemistry: String,
    /// Energy between empty and full cells.
    pub gross_energy_kwh: Value,
    /// Energy the car lets its driver use.
    pub usable_energy_kwh: Option<Value>,
    /// Mass of the pack.
    pub pack_mass_kg: Option<Value>,
    /// Where the cells and the pack are made.
    pub made_in: Option<String>,
}

/// Shares of the metals of a pack's active materials that come from recycling, as given.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RecycledCells {
    /// Cobalt.
    pub cobalt: Option<Value>,
    /// Lithium.
    pub lithium: Option<Value>,
    /// Nickel.
    pub nickel: Option<Value>,
}

impl RecycledCells {
    /// The shares given, by chemical symbol.
    pub fn shares(&self) -> Vec<(&'static str, Value)> {
        [("Co", self.cobalt), ("Li", self.lithium), ("Ni", self.nickel)].into_iter().filter_map(|(symbol, share)| Some((symbol, share?))).collect()
    }
}

/// One electric machine with its reduction gear, as given.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MotorDesign {
    /// Kind of machine.
    pub topology: Option<Topology>,
    /// `front` or `rear`.
    pub axle: Option<DrivenWheels>,
    /// How it is coupled when not needed (free text of the car file: `fixed`, `disconnect`).
    pub coupling: Option<String>,
    /// Switches of its inverter.
    pub inverter: Option<Inverter>,
    /// Peak mechanical power.
    pub peak_power_kw: Option<Value>,
    /// Motor revolutions per wheel revolution.
    pub final_drive_ratio: Option<Value>,
    /// Where it is made.
    pub made_in: Option<String>,
}

/// Combustion engine, as given.
#[derive(Debug, Clone, PartialEq)]
pub struct EngineDesign {
    /// Its fuel.
    pub fuel: Fuel,
    /// Swept volume.
    pub displacement_l: Option<Value>,
    /// Peak power.
    pub peak_power_kw: Option<Value>,
    /// Certified consumption (for a plug-in hybrid: with the battery empty, unless the note of the row says otherwise).
    pub certified_l_per_100km: Option<Value>,
    /// The procedure of that certificate.
    pub certified_cycle: Option<CertifiedCycle>,
}

/// Charging limits, as given.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChargingDesign {
    /// On-board charger.
    pub ac_power_kw: Option<Value>,
    /// Fast charging.
    pub dc_power_kw: Option<Value>,
}

/// Material choices of the body, as given.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BodyDesign {
    /// Share of secondary metal in the car's aluminium outside the traction battery, where no share of a family is given.
    pub recycled_aluminium_share: Option<Value>,
    /// Share of secondary metal in the car's flat steel.
    pub recycled_steel_share: Option<Value>,
    /// How the frame around the front doors is made.
    pub door_ring: Option<DoorRing>,
    /// Large castings of the underbody.
    pub castings: Option<Castings>,
    /// Metal of doors, lids and wings.
    pub closures: Option<ClosureMetal>,
    /// Whether the rest of the structure follows the change of mass; a car built up from its size always does.
    pub resizing: Option<Resizing>,
    /// The scrap that secondary aluminium is melted from.
    pub aluminium_scrap: Option<ScrapGrade>,
    /// Share of secondary metal in the sheet of the closures.
    pub recycled_closure_sheet_share: Option<Value>,
    /// Share of secondary metal in all other sheet.
    pub recycled_structure_sheet_share: Option<Value>,
    /// Share of secondary metal in extrusions.
    pub recycled_extrusion_share: Option<Value>,
    /// Share of secondary metal in castings of the body.
    pub recycled_structural_casting_share: Option<Value>,
    /// Share of secondary metal in castings of chassis and wheels.
    pub recycled_chassis_casting_share: Option<Value>,
    /// Share of secondary metal in castings of the drive.
    pub recycled_housing_casting_share: Option<Value>,
}

impl BodyDesign {
    /// Whether a choice may change the mass of the car.
    pub fn changes_mass(&self) -> bool {
        self.door_ring.is_some_and(|r| r != DoorRing::None) || self.castings.is_some_and(|c| c != Castings::None) || self.closures.is_some()
    }

    /// The shares by alloy family, in the order of `minewheel-model`'s families.
    pub const fn recycled_by_family(&self) -> [Option<Value>; 6] {
        [
            self.recycled_closure_sheet_share,
            self.recycled_structure_sheet_share,
            self.recycled_extrusion_share,
            self.recycled_structural_casting_share,
            self.recycled_chassis_casting_share,
            self.recycled_housing_casting_share,
        ]
    }
}

/// Where and how the car is put together, as given.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlantDesign {
    /// Country or province of final assembly.
    pub country: Option<String>,
    /// `grid` (the mix of the place), or the one supply that takes its place: `solar`, `wind`, `hydro`.
    pub electricity: Option<String>,
    /// Share of the plant's electricity from solar cells on site.
    pub solar_share: Option<Value>,
    /// Share of the plant's electricity from wind on land by contract.
    pub wind_share: Option<Value>,
    /// Share of the plant's electricity from hydropower by contract.
    pub hydro_share: Option<Value>,
}

impl PlantDesign {
    /// What a plant may draw its electricity from as a whole; shares of a mix are numbers of their own. `solar` is made on site, `wind`
    /// and `hydro` come by contract; all three are counted by what supplies the plant and not by the grid of its place.
    pub const ELECTRICITY: [&'static str; 4] = ["grid", "solar", "wind", "hydro"];

    /// Supplies beside the grid with the product that stands for each; shares are numbers of the design.
    pub fn supplies(&self) -> Vec<(&'static str, Value)> {
        let whole = |word: &str| (self.electricity.as_deref() == Some(word)).then(|| Value::given(1.0));
        [
            ("electricity-from-solar", self.solar_share.or_else(|| whole("solar"))),
            ("electricity-from-wind-onshore", self.wind_share.or_else(|| whole("wind"))),
            ("electricity-from-hydro", self.hydro_share.or_else(|| whole("hydro"))),
        ]
        .into_iter()
        .filter_map(|(product, share)| share.map(|s| (product, s)))
        .filter(|(_, share)| share.best > 0.0)
        .collect()
    }
}

/// How the car is used, as given.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UseDesign {
    /// Country or province it drives in.
    pub country: Option<String>,
    /// Distance over its life.
    pub lifetime_km: Option<Value>,
    /// Years it lives.
    pub years: Option<Value>,
    /// Share of a plug-in hybrid's distance that is driven electrically.
    pub utility_factor: Option<Value>,
    /// Share of energy charged at DC stations.
    pub dc_share: Option<Value>,
}

/// Sourcing choice for one product: its countries and their shares, or bans.
#[derive(Debug, Clone, PartialEq)]
pub struct SourcingRule {
    /// Product id.
    pub product: String,
    /// Country or province and share.
    pub shares: Vec<(String, f64)>,
    /// Places that must not supply.
    pub bans: Vec<String>,
}

/// What a car's file asks of the makers of a product, of a tier, or of everything: beyond fixed shares, so who supplies is
/// solved for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SourcingDemand {
    /// The product; `None`: all.
    pub product: Option<String>,
    /// The tier; `None`: all.
    pub tier: Option<String>,
    /// Places that must not supply.
    pub bans: Vec<String>,
    /// The only places that may; empty: all.
    pub friends: Vec<String>,
    /// Largest shares by place.
    pub caps: Vec<(String, f64)>,
    /// Least shares by place.
    pub content: Vec<(String, f64)>,
}

/// Figures that authorities or the maker published; never fed to the model.
#[derive(Debug, Clone, PartialEq)]
pub struct OfficialFigure {
    /// The field, e.g. `wltp_range_km`.
    pub name: String,
    /// The number.
    pub value: Value,
}

/// A car as given: what is `None` was not given.
#[derive(Debug, Clone, PartialEq)]
pub struct CarDesign {
    /// Its id.
    pub id: String,
    /// Its name in the catalogue or file.
    pub name: Option<String>,
    /// Its maker.
    pub make: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// Its model year.
    pub model_year: Option<i32>,
    /// Where it is sold.
    pub market: Option<String>,
    /// Its size class.
    pub class: Option<CarClass>,
    /// Its driven wheels.
    pub driven_wheels: Option<DrivenWheels>,
    /// Whether it heats with a heat pump.
    pub heat_pump: Option<HeatPump>,
    /// What moves it.
    pub powertrain: Powertrain,
    /// Kerb mass, without driver (ISO 1176 complete vehicle kerb mass less driver).
    pub kerb_mass_kg: Option<Value>,
    /// Overall length.
    pub length_mm: Option<Value>,
    /// Overall width without mirrors.
    pub width_mm: Option<Value>,
    /// Overall height.
    pub height_mm: Option<Value>,
    /// Top speed.
    pub top_speed_km_h: Option<Value>,
    /// Acceleration from rest to 100 km/h.
    pub time_0_100_s: Option<Value>,
    /// Country or province of final assembly.
    pub made_in: Option<String>,
    /// Resistance to motion.
    pub road_load: RoadLoadDesign,
    /// Traction battery.
    pub battery: Option<BatteryDesign>,
    /// Recycled metals in the traction battery's cells.
    pub recycled_cells: RecycledCells,
    /// Electric machines.
    pub motors: Vec<MotorDesign>,
    /// Engine.
    pub engine: Option<EngineDesign>,
    /// Charging.
    pub charging: ChargingDesign,
    /// Body materials.
    pub body: BodyDesign,
    /// Assembly plant.
    pub plant: PlantDesign,
    /// Use.
    pub usage: UseDesign,
    /// Sourcing rules.
    pub sourcing: Vec<SourcingRule>,
    /// Sourcing rules beyond shares, still to be solved.
    pub sourcing_demands: Vec<SourcingDemand>,
    /// Published figures, for comparison only.
    pub official: Vec<OfficialFigure>,
}

impl CarDesign {
    /// A design of which only id and powertrain are known.
    pub fn new(id: &str, powertrain: Powertrain) -> Self {
        Self {
            id: id.to_owned(),
            name: None,
            make: None,
            model: None,
            model_year: None,
            market: None,
            class: None,
            driven_wheels: None,
            heat_pump: None,
            powertrain,
            kerb_mass_kg: None,
            length_mm: None,
            width_mm: None,
            height_mm: None,
            top_speed_km_h: None,
            time_0_100_s: None,
            made_in: None,
            road_load: RoadLoadDesign::default(),
            battery: None,
            recycled_cells: RecycledCells::default(),
            motors: Vec::new(),
            engine: None,
            charging: ChargingDesign::default(),
            body: BodyDesign::default(),
            plant: PlantDesign::default(),
            usage: UseDesign::default(),
            sourcing: Vec::new(),
            sourcing_demands: Vec::new(),
            official: Vec::new(),
        }
    }

    /// Every number of the design that can enter the model.
    pub fn values(&self) -> impl Iterator<Item = Value> {
        let r = &self.road_load;
        let mut all = vec![
            self.kerb_mass_kg,
            self.length_mm,
            self.width_mm,
            self.height_mm,
            self.top_speed_km_h,
            self.time_0_100_s,
            r.a_n,
            r.b_n_per_m_s,
            r.c_n_per_m2_s2,
            r.test_mass_kg,
            r.cd,
            r.frontal_area_m2,
            r.crr,
            self.charging.ac_power_kw,
            self.charging.dc_power_kw,
            self.body.recycled_aluminium_share,
            self.body.recycled_steel_share,
            self.plant.solar_share,
            self.plant.wind_share,
            self.plant.hydro_share,
            self.usage.lifetime_km,
            self.usage.years,
            self.usage.utility_factor,
            self.usage.dc_share,
        ];
        if let Some(battery) = &self.battery {
            all.extend([Some(battery.gross_energy_kwh), battery.usable_energy_kwh, battery.pack_mass_kg]);
        }
        all.extend(self.body.recycled_by_family());
        all.extend([self.recycled_cells.cobalt, self.recycled_cells.lithium, self.recycled_cells.nickel]);
        for motor in &self.motors {
            all.extend([motor.peak_power_kw, motor.final_drive_ratio]);
        }
        if let Some(engine) = &self.engine {
            all.extend([engine.displacement_l, engine.peak_power_kw, engine.certified_l_per_100km]);
        }
        all.into_iter().flatten()
    }
}
