//! The car plant by shop: electricity and heat a car, and what measures save of them.
//!
//! ```text
//! E(V) = E_ref·(φ·V_ref/V + 1 − φ)
//! saved       E ← E·(1 − s)                    heat pumped   H ← H·(1 − p),  E ← E + p·H/COP
//! on site     solar ← min(solar + S, ΣE)       contract      c ← c + k·(1 − c)
//! bought = (ΣE − solar)·(1 − c)
//! ```
//!
//! | symbol | meaning                                         | unit  | from           |
//! |--------|-------------------------------------------------|-------|----------------|
//! | `E, H` | electricity, heat of a shop for one car         | kWh, MJ | `stages.csv` |
//! | `φ`    | share that the shop needs whether or not it works | –   | `stages.csv`   |
//! | `V`    | cars a year                                     | 1/year | `stages.csv`, or asked for |
//! | `s, p, COP, S, k` | what a measure does                  | –, kWh | `measures.csv` |
//!
//! Measures act one after the other on what is left, so that nothing is saved twice. The shops from the body to the last test
//! are the services of a car's bill, and their energies add up to the cards of these services, which a test holds; the press
//! shop is counted there with the sheet of each part. Valid for plants of 20,000 to 500,000 compact cars a year. Left out: paint
//! and other materials, foundry, logistics, the making of the measures' own equipment.

use std::sync::Arc;

use minewheel_data::loader::Loader;
use minewheel_data::parameters::{ParameterError, Parameters};
use minewheel_data::row::{Draw, Value};
use minewheel_data::table::Fault;

/// The shop whose energy a car's bill counts with the sheet of each part.
pub const PRESS_SHOP: &str = "press-shop";

/// One shop, or one kind of consumer.
#[derive(Debug, Clone)]
pub struct Shop {
    /// Its name.
    pub name: Arc<str>,
    /// Electricity in kWh a car.
    pub electricity_kwh: Value,
    /// Heat in MJ a car; `None`: it takes none.
    pub heat_mj: Option<Value>,
    /// Share of both that does not follow the output.
    pub fixed_share: Value,
}

/// What a measure does.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Saves a share of a shop's electricity.
    ElectricitySaved(Arc<str>, Value),
    /// Saves a share of a shop's heat.
    HeatSaved(Arc<str>, Value),
    /// Heats a share of a shop's heat with a heat pump.
    HeatPumped(Arc<str>, Value),
    /// Puts solar electricity in the place of bought electricity, in kWh a car.
    Solar(Value),
    /// Takes a share of what is bought from wind by contract.
    Contract(Value),
}

/// A measure with its cost.
#[derive(Debug, Clone)]
pub struct Measure {
    /// Its name.
    pub name: Arc<str>,
    /// What it does.
    pub effects: Vec<Effect>,
    /// Capital and upkeep in USD a car.
    pub cost_usd: Option<Value>,
    /// Premium on contracted electricity in USD per kWh.
    pub premium_usd_per_kwh: Option<Value>,
    /// Heat over electricity of its heat pump.
    pub cop: Option<Value>,
}

/// The tables of `data/plant`.
#[derive(Debug, Clone)]
pub struct PlantTables {
    /// Shops, in table order.
    pub shops: Vec<Shop>,
    /// Measures, in table order.
    pub measures: Vec<Measure>,
    /// Cars a year at which the energies hold.
    pub reference_volume: Value,
    /// Price of bought electricity in USD per kWh.
    pub electricity_usd_per_kwh: Value,
    /// Price of heat in USD per MJ.
    pub heat_usd_per_mj: Value,
}

impl PlantTables {
    /// Reads `plant/stages.csv` and `plant/measures.csv`.
    ///
    /// # Errors
    /// A parameter that the model needs is missing.
    pub fn read(loader: &mut Loader<'_>) -> Result<Self, ParameterError> {
        let stages = Parameters::read(loader, "plant/stages.csv");
        let cards = Parameters::read(loader, "plant/measures.csv");
        let mut shops = Vec::new();
        for name in stages.subjects().filter(|s| *s != "plant") {
            let s = stages.subject(name)?;
            shops.push(Shop {
                name: name.into(),
                electricity_kwh: s.value("electricity", "kWh/item")?,
                heat_mj: s.optional("heat", "MJ/item")?,
                fixed_share: s.value("fixed_share", "1")?,
            });
        }
        let mut measures = Vec::new();
        for name in cards.subjects() {
            measures.push(read_measure(loader, &cards, name, &shops)?);
        }
        let plant = stages.subject("plant")?;
        Ok(Self {
            shops,
            measures,
            reference_volume: plant.value("reference_volume", "item/year")?,
            electricity_usd_per_kwh: plant.value("electricity_price", "USD/kWh")?,
            heat_usd_per_mj: plant.value("heat_price", "USD/MJ")?,
        })
    }

    /// The energy of a plant for one car; `volume`: cars a year, else the reference.
    pub fn energy(&self, volume: Option<f64>, draw: &Draw<'_>) -> PlantEnergy {
        let ratio = volume.map_or(1.0, |v| draw.of(&self.reference_volume) / v);
        let shops = self
            .shops
            .iter()
            .map(|s| {
                let fixed = draw.of(&s.fixed_share);
                let factor = fixed * ratio + 1.0 - fixed;
                ShopEnergy {
                    name: Arc::clone(&s.name),
                    electricity_kwh: draw.of(&s.electricity_kwh) * factor,
                    heat_mj: s.heat_mj.as_ref().map_or(0.0, |h| draw.of(h) * factor),
                }
            })
            .collect();
        PlantEnergy { shops, solar_kwh: 0.0, contract_share: 0.0 }
    }

    /// What a measure costs before what it saves, in USD a car, once it is in place in a plant.
    pub fn cost_usd(&self, measure: &Measure, before: &PlantEnergy, after: &PlantEnergy, draw: &Draw<'_>) -> f64 {
        let of = |value: &Option<Value>| value.as_ref().map_or(0.0, |v| draw.of(v));
        of(&measure.cost_usd) + of(&measure.premium_usd_per_kwh) * (after.contract_kwh() - before.contract_kwh())
    }

    /// What a plant pays for its electricity and heat, in USD a car. Contracted electricity is paid as bought; its premium is
    /// the measure's.
    pub fn energy_usd(&self, energy: &PlantEnergy, draw: &Draw<'_>) -> f64 {
        (energy.bought_kwh() + energy.contract_kwh()) * draw.of(&self.electricity_usd_per_kwh) + energy.heat_mj() * draw.of(&self.heat_usd_per_mj)
    }
}

fn read_measure(loader: &mut Loader<'_>, cards: &Parameters, name: &str, shops: &[Shop]) -> Result<Measure, ParameterError> {
    let card = cards.subject(name)?;
    let mut effects = Vec::new();
    for property in card.properties() {
        match property {
            "cost" | "premium" | "cop" => {}
            "solar_electricity" => effects.push(Effect::Solar(card.value(property, "kWh/item")?)),
            "contract_electricity" => effects.push(Effect::Contract(card.value(property, "1")?)),
            other => {
                let value = card.value(other, "1")?;
                let parts =
                    other.split_once('_').and_then(|(shop, what)| shops.iter().find(|s| &*s.name == shop).map(|s| (Arc::clone(&s.name), what)));
                match parts {
                    Some((shop, "electricity_saved")) => effects.push(Effect::ElectricitySaved(shop, value)),
                    Some((shop, "heat_saved")) => effects.push(Effect::HeatSaved(shop, value)),
                    Some((shop, "heat_pumped")) => effects.push(Effect::HeatPumped(shop, value)),
                    _ => loader.fault_at(
                        value.row,
                        "property",
                        Fault::Law {
                            subject: name.to_owned(),
                            rule: "a measure names a shop of stages.csv and electricity_saved, heat_saved or heat_pumped",
                            seen: other.to_owned(),
                        },
                    ),
                }
            }
        }
    }
    let cop = card.optional("cop", "1")?;
    let needs_cop = effects.iter().find_map(|e| if let Effect::HeatPumped(_, v) = e { Some(v.row) } else { None });
    if let (Some(row), None) = (needs_cop, &cop) {
        let fault = Fault::Law { subject: name.to_owned(), rule: "a measure that pumps heat gives its `cop`", seen: "none".to_owned() };
        loader.fault_at(row, "property", fault);
    }
    let (cost_usd, premium_usd_per_kwh) = (card.optional("cost", "USD/item")?, card.optional("premium", "USD/kWh")?);
    Ok(Measure { name: name.into(), effects, cost_usd, premium_usd_per_kwh, cop })
}

/// Energy of one shop for one car.
#[derive(Debug, Clone, PartialEq)]
pub struct ShopEnergy {
    /// Its name.
    pub name: Arc<str>,
    /// Electricity in kWh.
    pub electricity_kwh: f64,
    /// Heat in MJ.
    pub heat_mj: f64,
}

/// Energy of a plant for one car, and where its electricity comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct PlantEnergy {
    /// By shop.
    pub shops: Vec<ShopEnergy>,
    /// Solar electricity made on site, in kWh.
    pub solar_kwh: f64,
    /// Share of the rest that comes from wind by contract.
    pub contract_share: f64,
}

impl PlantEnergy {
    /// Electricity of all shops in kWh.
    pub fn electricity_kwh(&self) -> f64 {
        self.shops.iter().map(|s| s.electricity_kwh).sum()
    }
    /// Heat of all shops in MJ.
    pub fn heat_mj(&self) -> f64 {
        self.shops.iter().map(|s| s.heat_mj).sum()
    }
    /// Electricity that is left after the plant's own.
    fn left_kwh(&self) -> f64 {
        self.electricity_kwh() - self.solar_used_kwh()
    }
    /// Solar electricity that the shops use, in kWh.
    pub fn solar_used_kwh(&self) -> f64 {
        self.solar_kwh.min(self.electricity_kwh())
    }
    /// Electricity from wind by contract, in kWh.
    pub fn contract_kwh(&self) -> f64 {
        self.left_kwh() * self.contract_share
    }
    /// Electricity bought without such a contract, in kWh.
    pub fn bought_kwh(&self) -> f64 {
        self.left_kwh() - self.contract_kwh()
    }

    /// The plant with a measure in place.
    #[must_use]
    pub fn with(&self, measure: &Measure, draw: &Draw<'_>) -> Self {
        let mut after = self.clone();
        let share = |v: &Value| draw.of(v).clamp(0.0, 1.0);
        for effect in &measure.effects {
            match effect {
                Effect::ElectricitySaved(shop, saved) => after.at(shop, |s| s.electricity_kwh *= 1.0 - share(saved)),
                Effect::HeatSaved(shop, saved) => after.at(shop, |s| s.heat_mj *= 1.0 - share(saved)),
                Effect::HeatPumped(shop, pumped) => {
                    let cop = measure.cop.as_ref().map_or(1.0, |v| draw.of(v));
                    after.at(shop, |s| {
                        let pumped_mj = share(pumped) * s.heat_mj;
                        s.heat_mj -= pumped_mj;
                        s.electricity_kwh += minewheel_data::units::Energy::from_mj(pumped_mj).kwh() / cop;
                    });
                }
                Effect::Solar(kwh) => after.solar_kwh += draw.of(kwh),
                Effect::Contract(of_rest) => after.contract_share += share(of_rest) * (1.0 - after.contract_share),
            }
        }
        after
    }

    fn at(&mut self, shop: &str, change: impl FnOnce(&mut ShopEnergy)) {
        if let Some(found) = self.shops.iter_mut().find(|s| &*s.name == shop) {
            change(found);
        }
    }
}

#[cfg(test)]
mod tests;
