//! The credit of a car file: what the rule asks of it comes from the same model as its range and its mass.
//!
//! Range and consumption are those of the cycle that the year's edition names, driven by `minewheel-model::drive`; kerb mass
//! and pack come from the sizing of the car. A figure that the user gives goes before.
//!
//! For every cliff that would raise the credit, each design lever is turned, alone and by bisection, until the car
//! crosses it: more energy in the pack (its mass follows), a lighter car, less drag, less rolling resistance. Each step
//! drives the car again, so range, consumption, mass and density move together. Only energy has a price in the tables;
//! a lever without one is listed after those with one, and says so.
//!
//! ```text
//! slope by design = (c(1.01·lever) − c) / (0.01·lever)
//! ```
//!
//! Valid where the model is; its ranges miss the approved ones by some per cent, which may lie across a cliff.

use minewheel_assess::AssessError;
use minewheel_assess::cost::pack_price;
use minewheel_assess::inventory::{pack_of, sized_with_pack};
use minewheel_assess::tables::Tables;
use minewheel_data::car::{CarDesign, Powertrain};
use minewheel_data::row::{Draw, Value};
use minewheel_data::status::Status;
use minewheel_model::drive::{RangeRule, range};
use serde::Serialize;

use super::car::{CarCredit, CarFacts, CarRules, CreditError, CreditPowertrain};
use super::rules::{RuleBook, RuleError, System};

/// How far levers may be turned: factors on pack energy, and on mass, drag and rolling resistance.
const LARGEST_PACK: f64 = 2.0;
const LEAST_SHARE: f64 = 0.7;
/// Halvings of the bisection: a lever is found to a thousandth of its travel.
const HALVINGS: u32 = 10;
/// Relative step of a slope.
const STEP: f64 = 0.01;

/// Figures that go before those of the model.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Given {
    /// Kerb mass in kg.
    pub kerb_mass_kg: Option<f64>,
    /// Range in km.
    pub range_km: Option<f64>,
    /// Consumption in kWh/100 km.
    pub consumption_kwh_per_100km: Option<f64>,
    /// Energy per mass of the pack in Wh/kg.
    pub density_wh_per_kg: Option<f64>,
    /// Whether a plug-in hybrid meets the conditions of energy and fuel.
    pub meets_conditions: Option<bool>,
    /// The cycle of range and consumption; left out: that of the edition.
    pub cycle: Option<RangeRule>,
}

impl Given {
    /// How many figures a credit needs.
    const FIGURES: usize = 4;

    /// The figures that are given.
    fn names(&self) -> Vec<&'static str> {
        let names: [(bool, &'static str); Self::FIGURES] = [
            (self.kerb_mass_kg.is_some(), "kerb_mass_kg"),
            (self.range_km.is_some(), "range_km"),
            (self.consumption_kwh_per_100km.is_some(), "consumption_kwh_per_100km"),
            (self.density_wh_per_kg.is_some(), "density_wh_per_kg"),
        ];
        names.into_iter().filter(|n| n.0).map(|n| n.1).collect()
    }
}

/// A car file has no credit.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DesignError {
    /// The credit cannot be found.
    #[error(transparent)]
    Credit(#[from] CreditError),
    /// The car cannot be made or driven.
    #[error(transparent)]
    Assess(Box<AssessError>),
}

impl From<AssessError> for DesignError {
    fn from(error: AssessError) -> Self {
        Self::Assess(Box::new(error))
    }
}
impl From<RuleError> for DesignError {
    fn from(error: RuleError) -> Self {
        Self::Credit(error.into())
    }
}

/// A lever of the design.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DesignLever {
    /// Gross energy of the pack, in kWh.
    PackEnergy,
    /// Kerb mass, in kg.
    KerbMass,
    /// Drag coefficient.
    Drag,
    /// Rolling-resistance coefficient.
    RollingResistance,
}

impl DesignLever {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::PackEnergy, Self::KerbMass, Self::Drag, Self::RollingResistance];
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::PackEnergy => "pack energy",
            Self::KerbMass => "kerb mass",
            Self::Drag => "drag",
            Self::RollingResistance => "rolling resistance",
        }
    }
    /// Its unit.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::PackEnergy => "kWh",
            Self::KerbMass => "kg",
            Self::Drag | Self::RollingResistance => "1",
        }
    }
    const fn end(self) -> f64 {
        match self {
            Self::PackEnergy => LARGEST_PACK,
            Self::KerbMass | Self::Drag | Self::RollingResistance => LEAST_SHARE,
        }
    }
}

/// A change of the design that crosses a cliff.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Crossing {
    /// The figure of the cliff.
    pub quantity: &'static str,
    /// Where it lies.
    pub at: f64,
    /// The lever turned.
    pub lever: DesignLever,
    /// How far, in its unit.
    pub change: f64,
    /// Its unit.
    pub unit: &'static str,
    /// The credit of the changed car.
    pub credit: f64,
    /// What the change costs to make in US dollars; `None`: the tables have no price of it.
    pub cost_usd: Option<f64>,
}

/// Change of the credit per unit of a lever, everything that follows it included.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct DesignSlope {
    /// The lever.
    pub lever: DesignLever,
    /// Change per unit.
    pub credit_per_unit: f64,
    /// The unit.
    pub unit: &'static str,
}

/// The credit of a car file.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct DesignCredit {
    /// The car.
    pub car: String,
    /// Its figures.
    pub facts: CarFacts,
    /// The cycle of range and consumption.
    pub cycle: &'static str,
    /// Which figures the user gave; the others are the model's.
    pub given: Vec<&'static str>,
    /// The credit.
    #[serde(flatten)]
    pub credit: CarCredit,
    /// Slopes by design.
    pub design_slopes: Vec<DesignSlope>,
    /// Changes that cross a cliff upwards, the cheapest first.
    pub crossings: Vec<Crossing>,
}

/// The credit of a car file in a year.
///
/// # Errors
/// The year lacks a constant, the car has no plug, or it cannot be made or driven.
pub fn design_credit(design: &CarDesign, tables: &Tables, book: &RuleBook, year: i32, given: &Given) -> Result<DesignCredit, DesignError> {
    let (model, facts, credit) = modelled(design, tables, book, year, given)?;
    let named = given.names();
    // Where every figure is the user's, no lever of the model moves it.
    let is_modelled = model.powertrain == CreditPowertrain::Bev && named.len() < Given::FIGURES;
    let (design_slopes, crossings) =
        if is_modelled { (model.slopes(design, credit.credit)?, model.crossings(design, &credit, year)) } else { Default::default() };
    Ok(DesignCredit { car: design.id.clone(), facts, cycle: model.cycle.word(), given: named, credit, design_slopes, crossings })
}

/// The credit of a car file in a year without slopes by design and without crossings.
///
/// # Errors
/// As [`design_credit`].
pub fn plain_credit(design: &CarDesign, tables: &Tables, book: &RuleBook, year: i32, given: &Given) -> Result<CarCredit, DesignError> {
    Ok(modelled(design, tables, book, year, given)?.2)
}

fn modelled<'a>(
    design: &CarDesign,
    tables: &'a Tables,
    book: &RuleBook,
    year: i32,
    given: &'a Given,
) -> Result<(Model<'a>, CarFacts, CarCredit), DesignError> {
    let powertrain = match design.powertrain {
        Powertrain::Bev => CreditPowertrain::Bev,
        Powertrain::Phev => CreditPowertrain::Phev,
        Powertrain::Hev | Powertrain::IcevPetrol | Powertrain::IcevDiesel => {
            return Err(CreditError::NoCredit { car: design.id.clone(), seen: design.powertrain.word() }.into());
        }
    };
    let rules = CarRules::of(book, powertrain, year)?;
    let cycle = if let Some(cycle) = given.cycle {
        cycle
    } else {
        // The range of a plug-in hybrid is tested on another cycle than that of a battery car.
        let item = if powertrain == CreditPowertrain::Phev { "range-cycle-plug-in" } else { "range-cycle" };
        let (word, _) = book.word(System::Cn, item, year)?;
        let gap = || RuleError::Gap { system: System::Cn, item: item.to_owned(), year, at: word.clone() };
        RangeRule::ALL.into_iter().find(|r| r.word() == word).ok_or_else(gap).map_err(CreditError::from)?
    };
    let model = Model { tables, rules, powertrain, cycle, given };
    let facts = model.facts(design)?;
    let mut credit = model.rules.credit(book, &design.id, &facts)?;
    if given.names().len() < Given::FIGURES {
        // Model figures rest on assumptions of the car and the drive.
        credit.weakest_status = credit.weakest_status.max(Status::Assumption);
    }
    Ok((model, facts, credit))
}

struct Model<'a> {
    tables: &'a Tables,
    rules: CarRules,
    powertrain: CreditPowertrain,
    cycle: RangeRule,
    given: &'a Given,
}

impl Model<'_> {
    fn facts(&self, design: &CarDesign) -> Result<CarFacts, DesignError> {
        let given = self.given;
        let draw = Draw::BEST;
        let pack = pack_of(design, self.tables, &draw)?;
        let kerb_mass_kg = if let Some(kg) = given.kerb_mass_kg { kg } else { sized_with_pack(design, self.tables, &draw)?.1.kerb_mass.kg() };
        let driven = match (given.range_km, given.consumption_kwh_per_100km) {
            (Some(km), Some(kwh)) => (km, kwh),
            (km, kwh) => {
                let found = range(design, self.cycle, &self.tables.rules(), &draw).map_err(AssessError::from)?;
                (km.unwrap_or(found.range_km), kwh.unwrap_or(found.consumption_kwh_per_100km))
            }
        };
        Ok(CarFacts {
            powertrain: self.powertrain,
            kerb_mass_kg,
            range_km: Some(driven.0),
            consumption_kwh_per_100km: Some(driven.1),
            density_wh_per_kg: given.density_wh_per_kg.or_else(|| pack.map(|p| p.pack_specific_energy.wh_per_kg())),
            fuel_cell_kw: None,
            meets_conditions: given.meets_conditions,
        })
    }

    fn value(&self, design: &CarDesign) -> Result<(CarFacts, f64), DesignError> {
        let facts = self.facts(design)?;
        Ok((facts, self.rules.value(&design.id, &facts)?))
    }

    fn slopes(&self, design: &CarDesign, here: f64) -> Result<Vec<DesignSlope>, DesignError> {
        let mut found = Vec::new();
        for lever in DesignLever::ALL {
            let Some(base) = base(design, lever) else { continue };
            let turned = turn(design, lever, 1.0 + STEP, self.tables)?;
            let (_, credit) = self.value(&turned)?;
            found.push(DesignSlope { lever, credit_per_unit: (credit - here) / (STEP * base), unit: lever.unit() });
        }
        Ok(found)
    }

    fn crossings(&self, design: &CarDesign, credit: &CarCredit, year: i32) -> Vec<Crossing> {
        let mut found = Vec::new();
        for cliff in credit.cliffs.iter().filter(|c| c.gain > 0.0) {
            let side = |facts: &CarFacts| -> Result<bool, DesignError> {
                Ok(match cliff.quantity {
                    "range_km" => facts.range_km.is_some_and(|r| r >= cliff.at),
                    "density_wh_per_kg" => facts.density_wh_per_kg.is_some_and(|d| d >= cliff.at),
                    // The line moves with mass, so the condition is asked anew.
                    _ => {
                        let lines = self.rules.energy_jumps(facts.kerb_mass_kg)?;
                        let index = credit.cliffs.iter().filter(|c| c.quantity == cliff.quantity).position(|c| c.at == cliff.at).unwrap_or(0);
                        facts.consumption_kwh_per_100km.zip(lines.get(index)).is_some_and(|(c, line)| c <= *line)
                    }
                })
            };
            for lever in DesignLever::ALL {
                let Some(base) = base(design, lever) else { continue };
                let at = |factor: f64| -> Result<(bool, f64), DesignError> {
                    let (facts, credit) = self.value(&turn(design, lever, factor, self.tables)?)?;
                    Ok((side(&facts)?, credit))
                };
                // Mass has its limits; a lever that cannot be turned so far is left out.
                let Ok((true, mut reached)) = at(lever.end()) else { continue };
                let (mut near, mut far) = (1.0, lever.end());
                for _ in 0..HALVINGS {
                    let middle = 0.5 * (near + far);
                    match at(middle) {
                        Ok((true, credit)) => (far, reached) = (middle, credit),
                        _ => near = middle,
                    }
                }
                let change = base * (far - 1.0);
                let price = |chemistry: &str| pack_price(self.tables, chemistry, &["CN"], year, &Draw::BEST).ok();
                let chemistry = design.battery.as_ref().filter(|_| lever == DesignLever::PackEnergy).map(|b| b.chemistry.as_str());
                let cost_usd = chemistry.and_then(price).map(|p| p.usd_per_kwh * change);
                found.push(Crossing { quantity: cliff.quantity, at: cliff.at, lever, change, unit: lever.unit(), credit: reached, cost_usd });
            }
        }
        let key = |c: &Crossing| c.cost_usd.unwrap_or(f64::INFINITY);
        found.sort_by(|a, b| key(a).total_cmp(&key(b)));
        found
    }
}

/// What a lever stands at, if the design says it.
fn base(design: &CarDesign, lever: DesignLever) -> Option<f64> {
    let value = match lever {
        DesignLever::PackEnergy => design.battery.as_ref().map(|b| b.gross_energy_kwh),
        DesignLever::KerbMass => design.kerb_mass_kg,
        DesignLever::Drag => design.road_load.cd,
        DesignLever::RollingResistance => design.road_load.crr,
    };
    value.map(|v| v.best)
}

/// The design with a lever turned by a factor.
fn turn(design: &CarDesign, lever: DesignLever, factor: f64, tables: &Tables) -> Result<CarDesign, DesignError> {
    let mut turned = design.clone();
    let scaled = |v: Option<Value>| v.map(|v| Value::given(v.best * factor));
    match lever {
        DesignLever::PackEnergy => {
            let mass = |d: &CarDesign| -> Result<f64, DesignError> { Ok(pack_of(d, tables, &Draw::BEST)?.map_or(0.0, |p| p.pack_mass.kg())) };
            let before = mass(design)?;
            if let Some(battery) = &mut turned.battery {
                battery.gross_energy_kwh = battery.gross_energy_kwh.scaled(factor);
                battery.usable_energy_kwh = scaled(battery.usable_energy_kwh);
                battery.pack_mass_kg = scaled(battery.pack_mass_kg);
            }
            let change = mass(&turned)? - before;
            turned.kerb_mass_kg = design.kerb_mass_kg.map(|m| Value::given(m.best + change));
        }
        DesignLever::KerbMass => turned.kerb_mass_kg = scaled(design.kerb_mass_kg),
        DesignLever::Drag => turned.road_load.cd = scaled(design.road_load.cd),
        DesignLever::RollingResistance => turned.road_load.crr = scaled(design.road_load.crr),
    }
    Ok(turned)
}
