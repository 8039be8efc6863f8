//! What a door ring saves: mass, material and footprint of a car, and of a year's fleet.
//!
//! ```text
//! share = Δ / m_frames        fleet = n·(life(base) − life(ring))
//! ```

use minewheel_assess::AssessError;
use minewheel_assess::body::{BodyVariant, body_report};
use minewheel_assess::scenario::{GridChoice, Scenario};
use minewheel_assess::tables::Tables;
use minewheel_data::car::{BodyDesign, DoorRing};
use serde::{Deserialize, Serialize};

use super::{CaseError, Statement, Verdict, preset_of};

/// The cars of a case.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Compute {
    #[serde(rename = "quantity")]
    _quantity: super::Quantity,
    preset: String,
    year: i32,
    plant_place: String,
    use_place: String,
    cars: Vec<String>,
    fleet_cars: u32,
}

/// The rule of the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RingRule {
    /// The saving that was said, in kg.
    pub claimed_saving_kg: f64,
    /// The most that a ring saves of the parts it replaces.
    pub highest_saved_share: f64,
    /// The rule in words.
    pub rule: String,
    not_decidable_words: String,
    depends_words: String,
    false_words: String,
}

/// One car with and without the ring: changes are with less without.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RingCell {
    /// The car.
    pub car: String,
    /// Mass of its door frames in kg.
    pub frames_kg: f64,
    /// The claimed saving over that.
    pub saved_share: f64,
    /// Whether the statement can hold for it.
    pub holds: bool,
    /// Change of the kerb mass in kg.
    pub mass_kg: f64,
    /// Change of the material bought in kg.
    pub bought_kg: f64,
    /// Change of pieces.
    pub pieces: f64,
    /// Change of the footprint of production in kg CO2e.
    pub production_kg_co2e: f64,
    /// Change of the footprint of use in kg CO2e.
    pub use_kg_co2e: f64,
    /// Change of the footprint of life in kg CO2e.
    pub life_kg_co2e: f64,
    /// The same with the structure following.
    pub resized_life_kg_co2e: f64,
}

/// What the mean car's change is worth over a fleet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FleetChange {
    /// Cars.
    pub cars: u32,
    /// Steel bought, in t.
    pub bought_t: f64,
    /// Footprint of production in t CO2e.
    pub production_t_co2e: f64,
    /// Footprint of use over the life of the fleet in t CO2e.
    pub use_t_co2e: f64,
    /// Footprint of life in t CO2e.
    pub life_t_co2e: f64,
}

/// The statement recomputed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RingJudgement {
    /// What was said.
    pub case: Statement,
    /// How it fares.
    pub verdict: Verdict,
    /// The verdict in words.
    pub words: String,
    /// The rule.
    pub rule: RingRule,
    /// Car by car.
    pub cars: Vec<RingCell>,
    /// The fleet, each car the mean of those tried.
    pub fleet: FleetChange,
}

/// Recomputes the statement.
///
/// # Errors
/// A car is unknown or cannot be assessed.
pub(super) fn judge(tables: &Tables, case: Statement, compute: &Compute, rule: RingRule) -> Result<RingJudgement, CaseError> {
    let scenario = Scenario {
        country: tables.places.id(&compute.use_place).map_err(AssessError::from)?,
        year: compute.year,
        method: "ar6-gwp100".to_owned(),
        preset: preset_of(&case.id, &compute.preset)?,
        is_real_world: false,
        grid: GridChoice::Static,
        cycle: None,
        lifetime_km: None,
        has_national_life: false,
    };
    let mut cars = Vec::new();
    for id in &compute.cars {
        let mut design = tables.catalogue.car(id)?.clone();
        design.plant.country = Some(compute.plant_place.clone());
        design.body = BodyDesign { door_ring: Some(DoorRing::FivePiece), ..BodyDesign::default() };
        let report = body_report(&design, tables, &scenario)?;
        // A car without a kerb mass is built up, and its structure follows in any case.
        let [base, .., resized] = report.variants.as_slice() else { continue };
        let chosen = &report.variants[1];
        let frames_kg: f64 = base.parts.iter().filter(|p| p.part == "door-frame").map(|p| p.contained_kg).sum();
        let saved_share = rule.claimed_saving_kg / frames_kg;
        let change = |pick: fn(&BodyVariant) -> f64| pick(chosen) - pick(base);
        cars.push(RingCell {
            car: id.clone(),
            frames_kg,
            saved_share,
            holds: saved_share <= rule.highest_saved_share,
            mass_kg: change(|v| v.kerb_mass_kg),
            bought_kg: change(|v| v.bought_kg),
            pieces: change(|v| v.pieces),
            production_kg_co2e: change(|v| v.production_kg_co2e),
            use_kg_co2e: change(|v| v.use_kg_co2e),
            life_kg_co2e: change(|v| v.life_kg_co2e),
            resized_life_kg_co2e: resized.life_kg_co2e - base.life_kg_co2e,
        });
    }
    let mean = |pick: fn(&RingCell) -> f64| cars.iter().map(pick).sum::<f64>() / cars.len().max(1) as f64;
    let tonnes = |kg: f64| minewheel_data::units::Mass::from_kg(kg * f64::from(compute.fleet_cars)).t();
    let fleet = FleetChange {
        cars: compute.fleet_cars,
        bought_t: tonnes(mean(|c| c.bought_kg)),
        production_t_co2e: tonnes(mean(|c| c.production_kg_co2e)),
        use_t_co2e: tonnes(mean(|c| c.use_kg_co2e)),
        life_t_co2e: tonnes(mean(|c| c.life_kg_co2e)),
    };
    let holding = cars.iter().filter(|c| c.holds).count();
    let (verdict, template) = match holding {
        0 => (Verdict::False, &rule.false_words),
        all if all == cars.len() => (Verdict::NotDecidable, &rule.not_decidable_words),
        _ => (Verdict::Depends, &rule.depends_words),
    };
    let shares = cars.iter().map(|c| c.saved_share);
    let (lowest, highest) = shares.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), s| (l.min(s), h.max(s)));
    let percent = |share: f64| format!("{:.0} %", 100.0 * share);
    let words = template
        .replace("{lowest}", &percent(lowest))
        .replace("{highest}", &percent(highest))
        .replace("{limit}", &percent(rule.highest_saved_share))
        .replace("{per_car}", &format!("{:.0}", -mean(|c| c.life_kg_co2e)))
        .replace("{fleet}", &compute.fleet_cars.to_string())
        .replace("{fleet_production}", &format!("{:.0}", -fleet.production_t_co2e))
        .replace("{fleet_use}", &format!("{:.0}", -fleet.use_t_co2e))
        .replace("{fleet_steel}", &format!("{:.0}", -fleet.bought_t));
    Ok(RingJudgement { case, verdict, words, rule, cars, fleet })
}
