//! The new-energy credit of one car under the edition of a year.
//!
//! ```text
//! battery   c = min(S(R), cap)·f_R(R)·f_D(D)·f_E        f_E = min(EC_T(m)/EC, 1.5) if EC ≤ EC_T(m), else 0.5
//!           until 2020: f_R = f_D = 1 and f_E = 1.2 | 1 | 0.5 by two lines of mass
//! plug-in   c = S·f_E                                   f_E = 1, or 0.5 where a condition of energy or fuel is missed
//! fuel cell c = min(S(P), cap)
//! ```
//!
//! | symbol | meaning                                    | unit      |
//! |--------|--------------------------------------------|-----------|
//! | `R`    | electric range in the test of the approval | km        |
//! | `m`    | kerb mass                                  | kg        |
//! | `EC`   | consumption in the same test, at the wall  | kWh/100km |
//! | `D`    | energy per mass of the pack                | Wh/kg     |
//! | `P`    | rated power of the fuel cell               | kW        |
//!
//! The cap binds the standard credit, not the product: a maker's announced total of 2021 needs more than the cap a car.
//! A credit with the factor 0.5 serves its maker alone; that limit is recalled and is not applied to sales.
//! Source: the rows of `data/rules/credits.csv`. Valid for cars whose figures are those of the approval; figures of the
//! model stand in for them with the model's own error.

use minewheel_data::status::Status;
use serde::{Deserialize, Serialize};

use super::rules::{Citation, Curve, Known, RuleBook, RuleError, System, Used};

/// Step of a slope, relative to the quantity.
const STEP: f64 = 1e-6;

/// What the rule counts a car as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CreditPowertrain {
    /// Battery car.
    Bev,
    /// Plug-in hybrid, range extenders included.
    Phev,
    /// Fuel-cell car.
    Fcev,
}

impl CreditPowertrain {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bev => "bev",
            Self::Phev => "phev",
            Self::Fcev => "fcev",
        }
    }
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Bev, Self::Phev, Self::Fcev];
}

/// What the rule asks of a car.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CarFacts {
    /// What it is.
    pub powertrain: CreditPowertrain,
    /// Kerb mass in kg.
    pub kerb_mass_kg: f64,
    /// Electric range in km.
    pub range_km: Option<f64>,
    /// Consumption in kWh/100 km.
    pub consumption_kwh_per_100km: Option<f64>,
    /// Energy per mass of the pack in Wh/kg.
    pub density_wh_per_kg: Option<f64>,
    /// Rated power of a fuel cell in kW.
    pub fuel_cell_kw: Option<f64>,
    /// Whether a plug-in hybrid meets the conditions of energy and fuel.
    pub meets_conditions: Option<bool>,
}

/// A car has no credit, because something of it or of the rule is not known.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CreditError {
    /// A figure is missing.
    #[error("car `{car}` has no {field}, which the credit of {year} needs")]
    Missing {
        /// The car.
        car: String,
        /// The figure.
        field: &'static str,
        /// The year.
        year: i32,
    },
    /// A figure cannot be.
    #[error("car `{car}`: {field} is {seen}, wanted more than nought and less than {below}")]
    Implausible {
        /// The car.
        car: String,
        /// The figure.
        field: &'static str,
        /// The value seen.
        seen: f64,
        /// The limit.
        below: f64,
    },
    /// The car has no plug and no fuel cell.
    #[error("car `{car}` is of powertrain {seen}; credits are earned by battery, plug-in and fuel-cell cars")]
    NoCredit {
        /// The car.
        car: String,
        /// What it is.
        seen: &'static str,
    },
    /// The rule has no constant for the year.
    #[error(transparent)]
    Rule(#[from] RuleError),
}

/// How the energy factor of a battery car is found.
#[derive(Debug, Clone, PartialEq)]
enum EnergyRule {
    /// Two lines and three factors.
    Steps { line: Curve, strict: Curve, best: Known, met: Known, missed: Known },
    /// Ratio to a line, capped.
    Ratio { line: Curve, cap: Known, missed: Known },
}

/// The rules of battery cars in one year.
#[derive(Debug, Clone, PartialEq)]
struct BatteryRules {
    standard: Curve,
    cap: Known,
    range_factor: Option<Curve>,
    density_factor: Option<Curve>,
    energy: EnergyRule,
}

/// The rules of one powertrain in one year.
#[derive(Debug, Clone, PartialEq)]
enum Rules {
    Battery(Box<BatteryRules>),
    PlugIn { standard: Known, range: Known, missed: Known },
    FuelCell { standard: Box<Curve>, cap: Known, range: Known },
}

/// The rules by which a car is counted in a year.
#[derive(Debug, Clone, PartialEq)]
pub struct CarRules {
    year: i32,
    edition: String,
    rules: Rules,
}

/// Factors on the standard credit; 1 where the edition has none.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Factors {
    /// By range.
    pub range: f64,
    /// By energy per mass of the pack.
    pub density: f64,
    /// By consumption.
    pub energy: f64,
}

/// Change of the credit per unit of one figure, the others held.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Slopes {
    /// Per kg of kerb mass (the energy line moves with mass).
    pub per_kg: f64,
    /// Per km of range.
    pub per_km: f64,
    /// Per kWh/100 km of consumption.
    pub per_kwh_per_100km: f64,
    /// Per Wh/kg of the pack.
    pub per_wh_per_kg: f64,
}

/// A boundary at which the credit jumps.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Cliff {
    /// The figure that crosses it: `range_km`, `density_wh_per_kg` or `consumption_kwh_per_100km`.
    pub quantity: &'static str,
    /// Where it lies.
    pub at: f64,
    /// How far the car is from it: boundary less figure.
    pub distance: f64,
    /// The credit on its other side, the other figures held.
    pub credit_across: f64,
    /// That credit less the car's own.
    pub gain: f64,
}

/// The credit of a car.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CarCredit {
    /// The accounting year.
    pub year: i32,
    /// The credit.
    pub credit: f64,
    /// The standard credit, capped.
    pub standard: f64,
    /// Whether the cap binds it.
    pub standard_is_capped: bool,
    /// Factors on it.
    pub factors: Factors,
    /// The act.
    pub edition: String,
    /// How well the weakest constant is known.
    pub weakest_status: Status,
    /// Greatest consumption at which the energy condition is met, in kWh/100 km.
    pub energy_line_kwh_per_100km: Option<f64>,
    /// Slopes.
    pub slopes: Slopes,
    /// Boundaries, by figure and place.
    pub cliffs: Vec<Cliff>,
    /// The rows used.
    pub rules: Vec<Citation>,
}

/// A credit and how it came about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parts {
    /// The standard credit, capped.
    pub standard: f64,
    /// Whether the cap binds it.
    pub is_capped: bool,
    /// Factors.
    pub factors: Factors,
    /// The energy line, if the car has one.
    pub line: Option<f64>,
}

impl Parts {
    /// The credit.
    pub fn credit(&self) -> f64 {
        self.standard * self.factors.range * self.factors.density * self.factors.energy
    }
}

const NO_FACTOR: Factors = Factors { range: 1.0, density: 1.0, energy: 1.0 };

impl CarRules {
    /// The rules of a powertrain in a year.
    ///
    /// # Errors
    /// The year lacks a constant.
    pub fn of(book: &RuleBook, powertrain: CreditPowertrain, year: i32) -> Result<Self, RuleError> {
        let constant = |item: &str| book.constant(System::Cn, item, year);
        let curve = |item: &str| book.curve(System::Cn, item, year);
        let (rules, edition) = match powertrain {
            CreditPowertrain::Bev => {
                let (line, missed) = (curve("bev-energy-line")?, constant("bev-energy-factor-missed")?);
                let energy = match curve("bev-energy-line-strict") {
                    Ok(strict) => EnergyRule::Steps {
                        line,
                        strict,
                        best: constant("bev-energy-factor-strict")?,
                        met: constant("bev-energy-factor-met")?,
                        missed,
                    },
                    Err(_) => EnergyRule::Ratio { line, cap: constant("bev-energy-factor-cap")?, missed },
                };
                // The edition with two lines has neither factor; the others have both.
                let has_factors = matches!(energy, EnergyRule::Ratio { .. });
                let factor = |item: &str| if has_factors { curve(item).map(Some) } else { Ok(None) };
                let (range_factor, density_factor) = (factor("bev-range-factor")?, factor("bev-density-factor")?);
                let battery =
                    BatteryRules { standard: curve("bev-standard")?, cap: constant("bev-standard-cap")?, range_factor, density_factor, energy };
                (Rules::Battery(Box::new(battery)), "bev-standard")
            }
            CreditPowertrain::Phev => {
                let (standard, range, missed) = (constant("phev-standard")?, constant("phev-range-minimum")?, constant("phev-factor-missed")?);
                (Rules::PlugIn { standard, range, missed }, "phev-standard")
            }
            CreditPowertrain::Fcev => {
                let standard = Box::new(curve("fcv-standard")?);
                let (cap, range) = (constant("fcv-standard-cap")?, constant("fcv-range-minimum")?);
                (Rules::FuelCell { standard, cap, range }, "fcv-standard")
            }
        };
        Ok(Self { year, edition: book.edition(System::Cn, edition, year)?.to_owned(), rules })
    }

    /// The year.
    pub const fn year(&self) -> i32 {
        self.year
    }

    /// Standard credit and factors of a car.
    ///
    /// # Errors
    /// A figure is missing or cannot be.
    pub fn parts(&self, car: &str, facts: &CarFacts, used: &mut Used) -> Result<Parts, CreditError> {
        let need = |field: &'static str, value: Option<f64>, below: f64| -> Result<f64, CreditError> {
            let seen = value.ok_or_else(|| CreditError::Missing { car: car.to_owned(), field, year: self.year })?;
            if seen > 0.0 && seen < below { Ok(seen) } else { Err(CreditError::Implausible { car: car.to_owned(), field, seen, below }) }
        };
        let mass = need("kerb mass in kg", Some(facts.kerb_mass_kg), LARGEST_MASS_KG)?;
        match &self.rules {
            Rules::Battery(rules) => {
                let range = need("range in km", facts.range_km, LARGEST_RANGE_KM)?;
                let consumption = need("consumption in kWh/100 km", facts.consumption_kwh_per_100km, LARGEST_CONSUMPTION)?;
                let (uncapped, cap) = (used.take(rules.standard.at(range)?), used.take(rules.cap));
                let (standard, is_capped) = (uncapped.min(cap), uncapped > cap);
                let range_factor = match &rules.range_factor {
                    Some(curve) => used.take(curve.at(range)?),
                    None => 1.0,
                };
                let density = match &rules.density_factor {
                    Some(curve) => used.take(curve.at(need("energy per mass of the pack in Wh/kg", facts.density_wh_per_kg, LARGEST_DENSITY)?)?),
                    None => 1.0,
                };
                let (energy, line) = match &rules.energy {
                    EnergyRule::Steps { line, strict, best, met, missed } => {
                        let (loose, tight) = (used.take(line.at(mass)?), used.take(strict.at(mass)?));
                        let factor = if consumption <= tight {
                            best
                        } else if consumption <= loose {
                            met
                        } else {
                            missed
                        };
                        (used.take(*factor), loose)
                    }
                    EnergyRule::Ratio { line, cap, missed } => {
                        let line = used.take(line.at(mass)?);
                        let factor = if consumption <= line { (line / consumption).min(used.take(*cap)) } else { used.take(*missed) };
                        (factor, line)
                    }
                };
                Ok(Parts { standard, is_capped, factors: Factors { range: range_factor, density, energy }, line: Some(line) })
            }
            Rules::PlugIn { standard, range, missed } => {
                let seen = need("electric range in km", facts.range_km, LARGEST_RANGE_KM)?;
                let missing = CreditError::Missing { car: car.to_owned(), field: "meets_conditions", year: self.year };
                let meets = facts.meets_conditions.ok_or(missing)?;
                let standard = if seen >= used.take(*range) { used.take(*standard) } else { 0.0 };
                let energy = if meets { 1.0 } else { used.take(*missed) };
                Ok(Parts { standard, is_capped: false, factors: Factors { energy, ..NO_FACTOR }, line: None })
            }
            Rules::FuelCell { standard, cap, range } => {
                let power = need("power of the fuel cell in kW", facts.fuel_cell_kw, LARGEST_POWER_KW)?;
                let seen = need("range in km", facts.range_km, LARGEST_RANGE_KM)?;
                let (uncapped, cap) = (used.take(standard.at(power)?), used.take(*cap));
                let reaches = seen >= used.take(*range);
                let standard = if reaches { uncapped.min(cap) } else { 0.0 };
                Ok(Parts { standard, is_capped: reaches && uncapped > cap, factors: NO_FACTOR, line: None })
            }
        }
    }

    /// The credit of a car with slopes, cliffs and the rows it rests on.
    ///
    /// # Errors
    /// A figure is missing or cannot be.
    pub fn credit(&self, book: &RuleBook, car: &str, facts: &CarFacts) -> Result<CarCredit, CreditError> {
        let mut used = Used::default();
        let parts = self.parts(car, facts, &mut used)?;
        Ok(CarCredit {
            year: self.year,
            credit: parts.credit(),
            standard: parts.standard,
            standard_is_capped: parts.is_capped,
            factors: parts.factors,
            edition: self.edition.clone(),
            weakest_status: used.weakest(),
            energy_line_kwh_per_100km: parts.line,
            slopes: self.slopes(car, facts, parts.credit())?,
            cliffs: self.cliffs(car, facts, &parts)?,
            rules: book.citations(used.rows().iter().copied()),
        })
    }

    /// The credit alone.
    ///
    /// # Errors
    /// A figure is missing or cannot be.
    pub fn value(&self, car: &str, facts: &CarFacts) -> Result<f64, CreditError> {
        Ok(self.parts(car, facts, &mut Used::default())?.credit())
    }

    fn slopes(&self, car: &str, facts: &CarFacts, here: f64) -> Result<Slopes, CreditError> {
        // Steps lead away from the end that belongs to a piece: upwards, and downwards for consumption.
        let slope = |figure: Option<f64>, sign: f64, with: &dyn Fn(f64) -> CarFacts| -> Result<f64, CreditError> {
            let Some(figure) = figure else { return Ok(0.0) };
            let step = sign * STEP * figure;
            Ok((self.value(car, &with(figure + step))? - here) / step)
        };
        Ok(Slopes {
            per_kg: slope(Some(facts.kerb_mass_kg), 1.0, &|x| CarFacts { kerb_mass_kg: x, ..*facts })?,
            per_km: slope(facts.range_km, 1.0, &|x| CarFacts { range_km: Some(x), ..*facts })?,
            per_kwh_per_100km: slope(facts.consumption_kwh_per_100km, -1.0, &|x| CarFacts { consumption_kwh_per_100km: Some(x), ..*facts })?,
            per_wh_per_kg: slope(facts.density_wh_per_kg, 1.0, &|x| CarFacts { density_wh_per_kg: Some(x), ..*facts })?,
        })
    }

    /// Places at which the credit jumps with the range.
    pub fn range_jumps(&self) -> Vec<f64> {
        match &self.rules {
            Rules::Battery(rules) => {
                let curves = [Some(&rules.standard), rules.range_factor.as_ref()];
                let mut at: Vec<f64> = curves.into_iter().flatten().flat_map(Curve::jumps).map(|j| j.at).collect();
                at.sort_by(f64::total_cmp);
                at.dedup();
                at
            }
            Rules::PlugIn { range, .. } | Rules::FuelCell { range, .. } => vec![range.value],
        }
    }

    /// Places at which the credit jumps with the energy per mass of the pack.
    pub fn density_jumps(&self) -> Vec<f64> {
        match &self.rules {
            Rules::Battery(rules) => rules.density_factor.iter().flat_map(Curve::jumps).map(|j| j.at).collect(),
            _ => Vec::new(),
        }
    }

    /// Consumptions at which the credit jumps for a mass.
    ///
    /// # Errors
    /// The lines leave the mass out.
    pub fn energy_jumps(&self, kerb_mass_kg: f64) -> Result<Vec<f64>, RuleError> {
        Ok(match &self.rules {
            Rules::Battery(rules) => match &rules.energy {
                EnergyRule::Steps { line, strict, .. } => vec![strict.at(kerb_mass_kg)?.value, line.at(kerb_mass_kg)?.value],
                EnergyRule::Ratio { line, .. } => vec![line.at(kerb_mass_kg)?.value],
            },
            _ => Vec::new(),
        })
    }

    fn cliffs(&self, car: &str, facts: &CarFacts, parts: &Parts) -> Result<Vec<Cliff>, CreditError> {
        let here = parts.credit();
        let mut cliffs = Vec::new();
        let mut add = |quantity: &'static str, at: f64, seen: f64, across: CarFacts| -> Result<(), CreditError> {
            let credit_across = self.value(car, &across)?;
            cliffs.push(Cliff { quantity, at, distance: at - seen, credit_across, gain: credit_across - here });
            Ok(())
        };
        if let Some(seen) = facts.range_km {
            for at in self.range_jumps() {
                let to = if seen < at { at } else { at.next_down() };
                add("range_km", at, seen, CarFacts { range_km: Some(to), ..*facts })?;
            }
        }
        if let Some(seen) = facts.density_wh_per_kg {
            for at in self.density_jumps() {
                let to = if seen < at { at } else { at.next_down() };
                add("density_wh_per_kg", at, seen, CarFacts { density_wh_per_kg: Some(to), ..*facts })?;
            }
        }
        if let Some(seen) = facts.consumption_kwh_per_100km {
            for at in self.energy_jumps(facts.kerb_mass_kg)? {
                let to = if seen > at { at } else { at.next_up() };
                add("consumption_kwh_per_100km", at, seen, CarFacts { consumption_kwh_per_100km: Some(to), ..*facts })?;
            }
        }
        Ok(cliffs)
    }
}

/// Limits of what a passenger car can have; beyond them a unit is wrong.
const LARGEST_MASS_KG: f64 = 10_000.0;
const LARGEST_RANGE_KM: f64 = 3_000.0;
const LARGEST_CONSUMPTION: f64 = 100.0;
const LARGEST_DENSITY: f64 = 1_000.0;
const LARGEST_POWER_KW: f64 = 2_000.0;
