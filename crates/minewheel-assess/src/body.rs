//! A body with its choices beside the body that its class has: mass, material, scrap, joints, footprint over life.
//!
//! ```text
//! change = life(chosen) − life(base)       life = production + use + end of life
//! ```
//!
//! Three cars are assessed in one network: the base without choices, the car with its choices and every other part as it was, and the
//! car whose structure follows the new mass (`body.resizing`). Mass acts through the cycle model: inertia and rolling resistance.
//! A car that is built up from its size always follows; then there is no second of the three.

use minewheel_data::car::{BodyDesign, CarDesign, Resizing, ScrapGrade};
use minewheel_data::row::Draw;
use minewheel_data::units::EnergyPerLength;
use minewheel_model::bill::{BillLine, Stage};
use minewheel_model::body::Family;
use minewheel_model::vehicle::{BodyLine, Component, DEFAULT_SCRAP, aluminium_bought, body_lines};
use serde::Serialize;

use crate::AssessError;
use crate::assessment::{CarCase, prepare};
use crate::footprint::{SolvedNetwork, phase_index};
use crate::inventory::Traces;
use crate::plant::direct_energy;
use crate::scenario::{Preset, Scenario};
use crate::tables::Tables;

/// One group of parts in one material.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PartLine {
    /// `body-in-white` or `closures`.
    pub component: String,
    /// The group, or the part that replaces others.
    pub part: String,
    /// The material bought.
    pub material: String,
    /// In the car, in kg.
    pub contained_kg: f64,
    /// Bought, in kg.
    pub bought_kg: f64,
    /// Bought and not in the car, in kg.
    pub scrap_kg: f64,
    /// In the car over bought.
    pub material_yield: f64,
    /// Pieces.
    pub pieces: f64,
    /// Footprint of the material bought in kg CO2e.
    pub kg_co2e: f64,
}

/// One step of forming or joining, with what its own card takes.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct StepLine {
    /// The step.
    pub step: String,
    /// How much goes through it, in the unit of its product.
    pub amount: f64,
    /// That unit.
    pub unit: String,
    /// Electricity in kWh.
    pub electricity_kwh: f64,
    /// Heat in MJ.
    pub heat_mj: f64,
}

/// One alloy family of the car without its traction battery.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct AlloyLine {
    /// The family.
    pub alloy: String,
    /// Metal bought in kg.
    pub bought_kg: f64,
    /// Share of secondary metal that the market delivers in the family.
    pub market_share: f64,
    /// Share of secondary metal that the design asks for; `None`: the market's.
    pub share: Option<f64>,
    /// Highest share of the scrap that the alloy takes.
    pub highest_share: f64,
    /// The element that sets it.
    pub limiting_element: Option<String>,
}

/// One of the cars compared.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct BodyVariant {
    /// `base`, `chosen`, or `resized`.
    pub variant: &'static str,
    /// Kerb mass.
    pub kerb_mass_kg: f64,
    /// Body structure.
    pub body_kg: f64,
    /// Doors, lids, wings.
    pub closures_kg: f64,
    /// Material bought for both.
    pub bought_kg: f64,
    /// Of that: in the car.
    pub contained_kg: f64,
    /// Of that: scrap, sold for remelting.
    pub scrap_kg: f64,
    /// In the car over bought.
    pub material_yield: f64,
    /// Runners that return to the melt beside the machine.
    pub melt_returns_kg: f64,
    /// Metal burnt in melting castings.
    pub melt_loss_kg: f64,
    /// Pieces of both.
    pub pieces: f64,
    /// Joints of both.
    pub joints: f64,
    /// Footprint of the material of both, and of the metal that a recycled share swaps, in kg CO2e.
    pub material_kg_co2e: f64,
    /// Footprint of forming both and of welding, painting and assembly at the plant, in kg CO2e.
    pub plant_kg_co2e: f64,
    /// Footprint of making the car in kg CO2e.
    pub production_kg_co2e: f64,
    /// Footprint of driving and keeping it in kg CO2e.
    pub use_kg_co2e: f64,
    /// Footprint of its end in kg CO2e.
    pub end_of_life_kg_co2e: f64,
    /// All of it in kg CO2e.
    pub life_kg_co2e: f64,
    /// Energy at the wall.
    pub consumption_kwh_per_100km: Option<f64>,
    /// Fuel.
    pub fuel_l_per_100km: Option<f64>,
    /// Electric range.
    pub range_km: Option<f64>,
    /// By group of parts and material.
    pub parts: Vec<PartLine>,
    /// Energy of forming and joining.
    pub steps: Vec<StepLine>,
    /// Aluminium by alloy family.
    pub alloys: Vec<AlloyLine>,
}

/// A body with its choices.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct BodyReport {
    /// The car.
    pub car: String,
    /// Its choices, as keys of the car file and their values.
    pub choices: Vec<String>,
    /// The scrap that limits are those of.
    pub scrap: String,
    /// Where the plant stands.
    pub plant: String,
    /// Where the car drives.
    pub country: String,
    /// The year of its making.
    pub year: i32,
    /// Distance over life.
    pub lifetime_km: f64,
    /// Base first.
    pub variants: Vec<BodyVariant>,
    /// What the reader must know of stand-ins.
    pub notices: Vec<String>,
}

/// The choices of a design in words.
fn choices(body: &BodyDesign) -> Vec<String> {
    let mut list = Vec::new();
    let mut say = |key: &str, value: Option<String>| list.extend(value.map(|v| format!("{key} = {v}")));
    say("door_ring", body.door_ring.map(|v| v.to_string()));
    say("castings", body.castings.map(|v| v.to_string()));
    say("closures", body.closures.map(|v| v.to_string()));
    say("resizing", body.resizing.map(|v| v.to_string()));
    say("aluminium_scrap", body.aluminium_scrap.map(|v| v.to_string()));
    say("recycled_aluminium_share", body.recycled_aluminium_share.map(|v| v.best.to_string()));
    say("recycled_steel_share", body.recycled_steel_share.map(|v| v.best.to_string()));
    for (family, share) in Family::ALL.into_iter().zip(body.recycled_by_family()) {
        say(family.field().trim_start_matches("body."), share.map(|v| v.best.to_string()));
    }
    list
}

/// Assesses a car's body: the base, the choices, and the choices with the structure following.
///
/// # Errors
/// A choice that cannot be, or whatever an assessment refuses.
pub fn body_report(design: &CarDesign, tables: &Tables, scenario: &Scenario) -> Result<BodyReport, AssessError> {
    let with = |body: BodyDesign| CarDesign { body, ..design.clone() };
    let mut names = vec!["base"];
    let mut designs = vec![with(BodyDesign::default())];
    let is_built_up = design.kerb_mass_kg.is_none() && design.road_load.test_mass_kg.is_none();
    if design.body != BodyDesign::default() {
        if !is_built_up {
            names.push("chosen");
            designs.push(with(BodyDesign { resizing: Some(Resizing::None), ..design.body.clone() }));
        }
        if is_built_up || design.body.changes_mass() {
            names.push("resized");
            designs.push(with(BodyDesign { resizing: Some(Resizing::Structure), ..design.body.clone() }));
        }
    }
    let traces = Traces::new(tables, scenario.cycle.as_deref())?;
    let mut prepared = prepare(tables, &designs, scenario, &traces)?;
    if scenario.preset != Preset::CutOff {
        crate::recovery::add_credits(tables, scenario, &mut prepared)?;
    }
    let solved = prepared.networks.iter().map(|n| SolvedNetwork::new(tables, n, &scenario.method)).collect::<Result<Vec<_>, _>>()?;
    let scrap = design.body.aluminium_scrap.unwrap_or(DEFAULT_SCRAP);
    let mut variants = Vec::new();
    for (name, case) in names.into_iter().zip(&prepared.cases) {
        variants.push(variant(name, case, &solved[case.network], tables, scrap)?);
    }
    let first = prepared.cases.first();
    let mut notices = prepared.notices.clone();
    notices.extend(first.into_iter().flat_map(|c| solved[c.network].placed.notices.clone()));
    notices.sort();
    notices.dedup();
    Ok(BodyReport {
        car: design.id.clone(),
        choices: choices(&design.body),
        scrap: scrap.word().to_owned(),
        plant: plant_code(design).to_owned(),
        country: tables.places.code(scenario.country).to_owned(),
        year: scenario.year,
        lifetime_km: first.map_or(0.0, |c| c.inventory.lifetime_km),
        variants,
        notices,
    })
}

fn plant_code(design: &CarDesign) -> &str {
    design.plant.country.as_deref().or(design.made_in.as_deref()).unwrap_or("WORLD")
}

/// Whether a line belongs to body or closures, of any choice.
fn is_of_body(line: &BillLine, lines: &[BodyLine]) -> bool {
    let is_part = |part: &str| part == Component::Body.word() || part == Component::Closures.word() || lines.iter().any(|l| *l.group == *part);
    line.stage == Stage::Glider && is_part(&line.part)
}

fn variant(
    name: &'static str,
    case: &CarCase<'_>,
    network: &SolvedNetwork<'_>,
    tables: &Tables,
    scrap: ScrapGrade,
) -> Result<BodyVariant, AssessError> {
    let (inventory, draw) = (&case.inventory, &Draw::BEST);
    let sized = &inventory.sized;
    let lines = body_lines(sized, &tables.vehicles, draw);
    let scores = network.scores.values();
    let scored: Vec<(&BillLine, f64)> =
        inventory.lines.iter().zip(&case.lines).map(|(line, placed)| (line, placed.amount * scores[placed.column.index()])).collect();
    let mut by_phase = [0.0; 3];
    for placed in &case.lines {
        by_phase[phase_index(placed.stage.phase())] += placed.amount * scores[placed.column.index()];
    }
    let (mut material, mut plant) = (0.0, 0.0);
    for (line, kg) in &scored {
        if is_of_body(line, &lines) && line.contained.kg() > 0.0 || line.part.starts_with("recycled-") {
            material += kg;
        } else if is_of_body(line, &lines) || line.stage == Stage::Assembly {
            plant += kg;
        }
    }
    let per_unit = |product: &str| {
        scored.iter().find(|(l, _)| *l.product == *product && is_of_body(l, &lines) && l.amount != 0.0).map_or(0.0, |(l, kg)| kg / l.amount)
    };
    let parts: Vec<PartLine> = lines
        .iter()
        .map(|l| PartLine {
            component: l.component.to_owned(),
            part: l.group.to_string(),
            material: l.product.to_string(),
            contained_kg: l.contained_kg,
            bought_kg: l.bought_kg,
            scrap_kg: l.bought_kg - l.contained_kg,
            material_yield: l.contained_kg / l.bought_kg,
            pieces: l.pieces,
            kg_co2e: l.bought_kg * per_unit(&l.product),
        })
        .collect();
    let sum = |pick: &dyn Fn(&BodyLine) -> f64| lines.iter().map(pick).sum::<f64>();
    let (bought_kg, contained_kg) = (sum(&|l| l.bought_kg), sum(&|l| l.contained_kg));
    let alloys = Family::ALL
        .into_iter()
        .zip(aluminium_bought(sized, &tables.vehicles, draw))
        .map(|(family, kg)| {
            let limit = tables.vehicles.body.alloys.limit(family, scrap, draw);
            AlloyLine {
                alloy: family.word().to_owned(),
                bought_kg: kg,
                market_share: tables.vehicles.family_share(family).unwrap_or_else(|| tables.vehicles.market_share(family)).best,
                share: sized.recycled.by_family[family as usize],
                highest_share: limit.share,
                limiting_element: limit.element.map(|e| e.0.word().to_owned()),
            }
        })
        .collect();
    let energy = &inventory.energy;
    Ok(BodyVariant {
        variant: name,
        kerb_mass_kg: sized.kerb_mass.kg(),
        body_kg: sized.mass_of(Component::Body).kg(),
        closures_kg: sized.mass_of(Component::Closures).kg(),
        bought_kg,
        contained_kg,
        scrap_kg: bought_kg - contained_kg,
        material_yield: contained_kg / bought_kg,
        melt_returns_kg: sum(&|l| l.returns_kg),
        melt_loss_kg: sum(&|l| l.melt_loss_kg),
        pieces: sized.body.pieces(),
        joints: sized.body.joints(),
        material_kg_co2e: material,
        plant_kg_co2e: plant,
        production_kg_co2e: by_phase[0],
        use_kg_co2e: by_phase[1],
        end_of_life_kg_co2e: by_phase[2],
        life_kg_co2e: by_phase.iter().sum(),
        consumption_kwh_per_100km: energy.wall_wh_per_km.map(|w| EnergyPerLength::from_wh_per_km(w).kwh_per_100km()),
        fuel_l_per_100km: energy.fuel_l_per_100km,
        range_km: energy.range_km,
        parts,
        steps: steps(case, &lines, tables, network.placed.year)?,
        alloys,
    })
}

/// Energy of forming and joining body and closures, by the cards of its steps.
fn steps(case: &CarCase<'_>, lines: &[BodyLine], tables: &Tables, year: i32) -> Result<Vec<StepLine>, AssessError> {
    let place = tables.places.id(plant_code(case.design))?;
    let bought = |product: &str| lines.iter().filter(|l| *l.product == *product).map(|l| l.bought_kg).sum::<f64>();
    let service = |product: &str| -> f64 {
        let is_here = |l: &&BillLine| *l.product == *product && (is_of_body(l, lines) || l.stage == Stage::Assembly);
        case.inventory.lines.iter().filter(is_here).map(|l| l.amount).sum()
    };
    let steps: [(&str, &str, f64); 5] = [
        ("presses", "stamping", service("stamping")),
        ("hot stamping", "steel-press-hardened", bought("steel-press-hardened")),
        ("die casting", "casting-aluminium", bought("aluminium-die-casting")),
        ("machining", "machining", service("machining")),
        ("joining", "body-welding", service("body-welding")),
    ];
    let mut found = Vec::new();
    for (step, product, amount) in steps.into_iter().filter(|s| s.2 > 0.0) {
        let (kwh, mj, _) = direct_energy(tables, product, place, year, &Draw::BEST)?;
        let unit = tables.cards.product_id(product).map(|p| tables.cards.product(p).unit.clone()).unwrap_or_default();
        found.push(StepLine { step: step.to_owned(), amount, unit, electricity_kwh: amount * kwh, heat_mj: amount * mj });
    }
    Ok(found)
}
