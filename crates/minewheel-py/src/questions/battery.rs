//! `battery`: a pack from its cell: design, footprint by stage and place, price by block, life.

use std::sync::Arc;

use minewheel_assess::battery::{BatteryQuestion, battery_report};
use minewheel_assess::tables::Tables as AssessTables;
use minewheel_data::car::CarDesign;
use minewheel_data::row::Value;
use minewheel_data::units::{Energy, Mass, convert};
use minewheel_model::battery::{CellChoices, CellFormat, PackLayout, PackSpec};
use pyo3::prelude::*;

use super::one_of;
use super::scenario::sampling;
use crate::answer;
use crate::cars::Car;
use crate::failure::Failure;
use crate::tables::Tables;

/// What is asked of a pack; each key is an argument of the Python function.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct BatteryOptions {
    chemistry: Option<String>,
    energy_kwh: Option<f64>,
    cell_format: Option<String>,
    silicon_share: Option<f64>,
    areal_capacity_mah_cm2: Option<f64>,
    porosity: Option<f64>,
    np_ratio: Option<f64>,
    anode_foil_um: Option<f64>,
    cathode_foil_um: Option<f64>,
    electrolyte_g_ah: Option<f64>,
    cathode_capacity_mah_g: Option<f64>,
    pack: Option<String>,
    made_in: Option<String>,
    year: i32,
    stages: Vec<(String, String)>,
    routes: Vec<(String, String)>,
    recycled_content: Vec<(String, f64)>,
    prices_usd_per_t: Vec<(String, f64)>,
    price_factors: Vec<(String, f64)>,
    method: String,
    samples: i64,
    seed: u64,
    resample: String,
}

/// Energy of a pack that nobody gave, in kWh.
const DEFAULT_KWH: f64 = 60.0;
/// Where packs are made if nobody says.
const DEFAULT_PLACE: &str = "CN";

impl BatteryOptions {
    fn choices(&self) -> Result<CellChoices, Failure> {
        let si = |name: &str, value: Option<f64>, from: &str, to: &str| {
            value.map(|v| convert(v, from, to).map_err(|e| Failure::argument(name, v, e))).transpose()
        };
        let format = self.cell_format.as_deref();
        Ok(CellChoices {
            format: format.map(|word| one_of("case of a cell", word, &CellFormat::ALL, CellFormat::word)).transpose()?,
            silicon_share: self.silicon_share,
            natural_share: None,
            areal_capacity_ah_per_m2: si("areal_capacity_mah_cm2", self.areal_capacity_mah_cm2, "mAh/cm2", "Ah/m2")?,
            porosity: self.porosity,
            n_to_p: self.np_ratio,
            anode_foil_m: si("anode_foil_um", self.anode_foil_um, "um", "m")?,
            cathode_foil_m: si("cathode_foil_um", self.cathode_foil_um, "um", "m")?,
            electrolyte_kg_per_ah: si("electrolyte_g_ah", self.electrolyte_g_ah, "g/Ah", "kg/Ah")?,
            cathode_capacity_ah_per_kg: si("cathode_capacity_mah_g", self.cathode_capacity_mah_g, "mAh/g", "Ah/kg")?,
        })
    }

    fn question(self, tables: &AssessTables, mut car: Option<CarDesign>) -> Result<BatteryQuestion, Failure> {
        let battery = car.as_ref().and_then(|c| c.battery.as_ref());
        if let (Some(car), None) = (&car, battery) {
            return Err(Failure::argument("car", &car.id, "a car with a traction battery"));
        }
        let Some(chemistry) = self.chemistry.clone().or_else(|| battery.map(|b| b.chemistry.clone())) else {
            return Err(Failure::argument("chemistry", "not given", "a chemistry, or a car"));
        };
        let has_choices = self.energy_kwh.is_some() || self.chemistry.is_some();
        let mut spec = PackSpec::new(&chemistry, Energy::from_kwh(DEFAULT_KWH));
        let energy = self.energy_kwh.map(Value::given).or_else(|| battery.map(|b| b.gross_energy_kwh));
        spec.gross_energy_kwh = energy.unwrap_or(spec.gross_energy_kwh);
        spec.choices = self.choices()?;
        let layouts = [PackLayout::Modules, PackLayout::CellToPack];
        let word = |l: PackLayout| if l == PackLayout::Modules { "ctm" } else { "ctp" };
        spec.layout = self.pack.as_deref().map(|seen| one_of("kind of pack", seen, &layouts, word)).transpose()?;
        let mut routes = self.routes;
        for (_, route) in routes.iter().filter(|(stage, _)| stage == "graphite") {
            let natural = one_of("route of graphite", route, &[true, false], |natural| if natural { "natural" } else { "synthetic" })?;
            spec.choices.natural_share = Some(f64::from(u8::from(natural)));
        }
        routes.retain(|(stage, _)| stage != "graphite");
        // A catalogued mass belongs to the pack of the catalogue, not to one that was changed.
        if !has_choices && spec.choices.is_default() && spec.layout.is_none() {
            spec.pack_mass_kg = battery.and_then(|b| b.pack_mass_kg);
        }
        let of_car = car.as_ref().and_then(|c| c.battery.as_ref().and_then(|b| b.made_in.clone()).or_else(|| c.made_in.clone()));
        let made_in = self.made_in.or(of_car).unwrap_or_else(|| DEFAULT_PLACE.to_owned());
        tables.places.id(&made_in)?;
        spec.made_in = Some(made_in.as_str().into());
        if has_choices && let Some(battery) = car.as_mut().and_then(|c| c.battery.as_mut()) {
            battery.chemistry.clone_from(&chemistry);
            battery.gross_energy_kwh = spec.gross_energy_kwh;
            battery.usable_energy_kwh = None;
            battery.pack_mass_kg = None;
        }
        let per_kg = |(name, usd): (String, f64)| (name, Mass::from_kg(usd).t());
        Ok(BatteryQuestion {
            spec,
            made_in,
            year: self.year,
            method: self.method,
            stages: self.stages,
            routes,
            recycled: self.recycled_content,
            prices: self.prices_usd_per_t.into_iter().map(per_kg).collect(),
            shocks: self.price_factors,
            sampling: sampling(self.samples, self.seed, &self.resample, "pack")?,
            car,
            sold_in: None,
            warranty_years: None,
            per_year: None,
        })
    }
}

/// The report on a pack, as JSON.
#[pyfunction]
pub fn battery(py: Python<'_>, tables: &Tables, car: Option<PyRef<'_, Car>>, options: BatteryOptions) -> PyResult<String> {
    let (shared, car) = (Arc::clone(&tables.shared), car.map(|c| (*c.design).clone()));
    answer::json(py, move |_| {
        let question = options.question(&shared.assess, car)?;
        Ok(battery_report(&question, &shared.assess)?)
    })
}
